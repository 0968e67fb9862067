/** The IAM gateway of a real account: AWS's IAM over the AWS SDK for Java. */
@NullMarked
package io.rolesmith.iam.aws;

import org.jspecify.annotations.NullMarked;

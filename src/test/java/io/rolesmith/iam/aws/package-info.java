/** The SDK gateway against what AWS can do to a client. */
@NullMarked
package io.rolesmith.iam.aws;

import org.jspecify.annotations.NullMarked;

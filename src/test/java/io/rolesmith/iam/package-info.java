/** What every IAM gateway is held to. */
@NullMarked
package io.rolesmith.iam;

import org.jspecify.annotations.NullMarked;

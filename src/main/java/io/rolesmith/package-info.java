/** Rolesmith: the service through which an organisation's workloads get their AWS IAM roles. */
@NullMarked
package io.rolesmith;

import org.jspecify.annotations.NullMarked;

/** The IAM gateway of a sandbox account: a strict IAM of our own, its state in PostgreSQL. */
@NullMarked
package io.rolesmith.iam.sandbox;

import org.jspecify.annotations.NullMarked;

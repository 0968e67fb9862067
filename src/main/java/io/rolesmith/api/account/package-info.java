/** Accounts over HTTP. */
@NullMarked
package io.rolesmith.api.account;

import org.jspecify.annotations.NullMarked;

/** What tests stand on: a real PostgreSQL, callers, and the outside of Rolesmith. */
@NullMarked
package io.rolesmith.support;

import org.jspecify.annotations.NullMarked;

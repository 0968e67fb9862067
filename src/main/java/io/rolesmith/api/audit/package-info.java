/** The audit trail over HTTP. */
@NullMarked
package io.rolesmith.api.audit;

import org.jspecify.annotations.NullMarked;

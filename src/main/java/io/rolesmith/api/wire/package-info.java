/** What several resources have in common on the wire: strict JSON, findings, roles, pages. */
@NullMarked
package io.rolesmith.api.wire;

import org.jspecify.annotations.NullMarked;

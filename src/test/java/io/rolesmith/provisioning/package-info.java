/** Roles made, undone and taken up again, over real HTTP on both sides. */
@NullMarked
package io.rolesmith.provisioning;

import org.jspecify.annotations.NullMarked;

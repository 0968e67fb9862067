/** What holds of roles and the trail in all weather. */
@NullMarked
package io.rolesmith.reliability;

import org.jspecify.annotations.NullMarked;

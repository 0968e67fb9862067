@NullMarked
package io.rolesmith.role;

import org.jspecify.annotations.NullMarked;

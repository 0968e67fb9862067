@NullMarked
package io.rolesmith.blueprint;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.rolesmith.caller;

import org.jspecify.annotations.NullMarked;

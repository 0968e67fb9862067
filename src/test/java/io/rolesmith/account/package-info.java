@NullMarked
package io.rolesmith.account;

import org.jspecify.annotations.NullMarked;

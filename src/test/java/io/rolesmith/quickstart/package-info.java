/** The first run: Rolesmith with everything that it needs in one JVM, started by the script {@code quickstart}. */
@NullMarked
package io.rolesmith.quickstart;

import org.jspecify.annotations.NullMarked;

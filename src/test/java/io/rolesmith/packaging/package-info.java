/** What Rolesmith ships in beside its jar: the images, the try-out stack and the chart. */
@NullMarked
package io.rolesmith.packaging;

import org.jspecify.annotations.NullMarked;

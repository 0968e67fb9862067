/** The catalogue of blueprints over HTTP. */
@NullMarked
package io.rolesmith.api.blueprint;

import org.jspecify.annotations.NullMarked;

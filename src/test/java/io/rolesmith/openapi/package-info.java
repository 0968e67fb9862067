/** The OpenAPI document as a product: committed, kept, run, and made into clients. */
@NullMarked
package io.rolesmith.openapi;

import org.jspecify.annotations.NullMarked;

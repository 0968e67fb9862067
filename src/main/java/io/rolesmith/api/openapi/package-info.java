/** The OpenAPI document: what springdoc cannot find out by itself. */
@NullMarked
package io.rolesmith.api.openapi;

import org.jspecify.annotations.NullMarked;

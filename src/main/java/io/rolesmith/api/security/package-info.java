/** Who may come in: bearer tokens of the configured issuers, and what is public. */
@NullMarked
package io.rolesmith.api.security;

import org.jspecify.annotations.NullMarked;

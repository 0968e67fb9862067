/** What operators see of a running Rolesmith: metrics, traces, logs and health, and the documents that speak of them. */
@NullMarked
package io.rolesmith.watching;

import org.jspecify.annotations.NullMarked;

/** What policies allow: IAM's decision on one request, and whether one role can do more than another. */
@NullMarked
@NamedInterface("access")
package io.rolesmith.policy.access;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;

/** What AWS offers: services with their actions, resource types and condition keys, and the policies that AWS manages. */
@NullMarked
@NamedInterface("catalogue")
package io.rolesmith.policy.catalogue;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;

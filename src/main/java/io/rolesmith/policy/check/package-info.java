/** Says what is wrong with a policy before IAM does, and what IAM would take and nobody should want. */
@NullMarked
@NamedInterface("check")
package io.rolesmith.policy.check;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;

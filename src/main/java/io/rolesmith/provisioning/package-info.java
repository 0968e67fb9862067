/** Runs plans against IAM: journal, order, undo, recovery, and the inventory of the roles that are ours. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {
            "policy",
            "policy :: check",
            "policy :: access",
            "policy :: catalogue",
            "role",
            "account",
            "caller",
            "audit",
            "iam"
        })
package io.rolesmith.provisioning;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;

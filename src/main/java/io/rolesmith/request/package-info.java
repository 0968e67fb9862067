/** The life of a role request, from submission to its end. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {
            "policy",
            "policy :: check",
            "policy :: access",
            "policy :: catalogue",
            "caller",
            "account",
            "role",
            "audit",
            "blueprint",
            "iam",
            "provisioning"
        })
package io.rolesmith.request;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;

/** The REST API, version 1: controllers, wire records, problems, security. Nothing below sees HTTP. */
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
            "provisioning",
            "request"
        })
package io.rolesmith.api;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;

/** The one door to AWS IAM: observe a role, make one change; real and sandbox accounts live behind it. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {"policy", "policy :: check", "policy :: access", "policy :: catalogue", "role", "account"
        })
package io.rolesmith.iam;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;

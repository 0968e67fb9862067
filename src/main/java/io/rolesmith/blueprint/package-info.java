/** The catalogue of role recipes, and the roles that they make of parameters. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {"policy", "policy :: check", "policy :: access", "policy :: catalogue", "role"})
package io.rolesmith.blueprint;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;

package io.rolesmith.provisioning;

import io.rolesmith.role.RoleName;
import io.rolesmith.role.RoleSpec;

/** What is to become of a role. */
public sealed interface RoleGoal {

    RoleName name();

    /** The role is there, as the spec says. */
    record Present(RoleSpec spec) implements RoleGoal {

        @Override
        public RoleName name() {
            return spec.name();
        }
    }

    /** The role is gone, with all that hangs on it. */
    record Absent(RoleName name) implements RoleGoal {}
}

package io.rolesmith.api.rolerequest;

import io.rolesmith.provisioning.ChangeStatus;
import io.rolesmith.provisioning.RoleProgress;
import io.rolesmith.request.RequestAction;
import io.rolesmith.role.Change;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a person is to judge of a role that needs attention, and how to look at it. */
@Schema(name = "Attention")
record Attention(
        @Schema(
                description = "What is there that was to be undone, or to be deleted, and what is unknown",
                example = "[\"'Put the inline policy ecs-exec' was done and is not undone\"]")
        List<String> left,

        @Schema(
                description = "Lines for the AWS CLI that show it; none of them writes",
                example = "[\"aws iam get-role --role-name retailStoreEcsTaskRole\"]")
        List<String> commands) {

    /** What a shell takes as it stands. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_+=,.@/:-]+");

    static Attention of(RequestAction action, RoleProgress role) {
        return new Attention(
                role.changes().stream()
                        .flatMap(change -> left(action, change).stream())
                        .toList(),
                List.copyOf(commands(role)));
    }

    private static Optional<String> left(RequestAction action, RoleProgress.ChangeProgress change) {
        String what = "'" + change.change().summary() + "'";
        return switch (action) {
            case PROVISION ->
                switch (change.status()) {
                    case APPLIED -> Optional.of(what + " was done and is not undone");
                    case UNDOING -> Optional.of(what + " was done; whether it was undone is not known");
                    case STARTED, UNKNOWN -> Optional.of(what + ": whether it was done is not known");
                    case PLANNED, MOOT, FAILED, UNDONE -> Optional.empty();
                };
            case DELETE ->
                switch (change.status()) {
                    case PLANNED, FAILED -> Optional.of(what + " was not done");
                    case STARTED, UNKNOWN -> Optional.of(what + ": whether it was done is not known");
                    case APPLIED, MOOT, UNDOING, UNDONE -> Optional.empty();
                };
        };
    }

    private static SequencedSet<String> commands(RoleProgress role) {
        SequencedSet<String> commands = new LinkedHashSet<>();
        String name = option("--role-name", role.name());
        Stream.of("get-role", "list-attached-role-policies", "list-role-policies", "list-instance-profiles-for-role")
                .forEach(command -> commands.add("aws iam " + command + name));
        for (RoleProgress.ChangeProgress row : role.changes()) {
            if (row.status() == ChangeStatus.UNDONE) {
                continue;
            }
            switch (row.change()) {
                case Change.PutRolePolicy put ->
                    commands.add("aws iam get-role-policy" + name
                            + option("--policy-name", put.policy().value()));
                case Change.DeleteRolePolicy delete ->
                    commands.add("aws iam get-role-policy" + name
                            + option("--policy-name", delete.policy().value()));
                case Change.CreateInstanceProfile create ->
                    commands.add("aws iam get-instance-profile"
                            + option("--instance-profile-name", create.role().value()));
                case Change.AddRoleToInstanceProfile add ->
                    commands.add(
                            "aws iam get-instance-profile" + option("--instance-profile-name", add.instanceProfile()));
                case Change.RemoveRoleFromInstanceProfile remove ->
                    commands.add("aws iam get-instance-profile"
                            + option("--instance-profile-name", remove.instanceProfile()));
                case Change.DeleteInstanceProfile delete ->
                    commands.add("aws iam get-instance-profile"
                            + option("--instance-profile-name", delete.instanceProfile()));
                case Change.CreateRole _,
                        Change.DeleteRole _,
                        Change.UpdateAssumeRolePolicy _,
                        Change.UpdateRole _,
                        Change.PutRolePermissionsBoundary _,
                        Change.DeleteRolePermissionsBoundary _,
                        Change.AttachRolePolicy _,
                        Change.DetachRolePolicy _,
                        Change.TagRole _,
                        Change.UntagRole _ -> {}
            }
        }
        return commands;
    }

    /** A value may begin with a dash, which only an equals sign lets pass for a value. */
    private static String option(String option, String value) {
        return " " + option + (value.startsWith("-") ? "=" : " ") + quoted(value);
    }

    private static String quoted(String value) {
        return PLAIN.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
    }
}

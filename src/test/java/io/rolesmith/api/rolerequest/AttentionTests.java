package io.rolesmith.api.rolerequest;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.provisioning.ChangeStatus;
import io.rolesmith.provisioning.RoleProgress;
import io.rolesmith.provisioning.RoleStatus;
import io.rolesmith.request.RequestAction;
import io.rolesmith.role.Change;
import io.rolesmith.role.PolicyName;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RolePath;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttentionTests {

    private static final RoleName ROLE = new RoleName("r");
    private static final Change PUT = new Change.PutRolePolicy(ROLE, new PolicyName("p"), null, "{}");

    private static RoleProgress.ChangeProgress at(Change change, ChangeStatus status) {
        return new RoleProgress.ChangeProgress(change, status, null, null, null);
    }

    private static Attention attention(RequestAction action, String name, RoleProgress.ChangeProgress... changes) {
        return Attention.of(
                action,
                new RoleProgress(
                        "123456789012",
                        name,
                        RoleStatus.NEEDS_ATTENTION,
                        null,
                        null,
                        null,
                        null,
                        List.of(changes),
                        List.of()));
    }

    @ParameterizedTest
    @EnumSource(ChangeStatus.class)
    void ofAChangeIsLeftWhatIsNotUndone(ChangeStatus status) {
        String put = "'Put the inline policy p'";

        assertThat(attention(RequestAction.PROVISION, "r", at(PUT, status)).left())
                .isEqualTo(
                        switch (status) {
                            case APPLIED -> List.of(put + " was done and is not undone");
                            case UNDOING -> List.of(put + " was done; whether it was undone is not known");
                            case STARTED, UNKNOWN -> List.of(put + ": whether it was done is not known");
                            case PLANNED, MOOT, FAILED, UNDONE -> List.of();
                        });
    }

    @ParameterizedTest
    @EnumSource(ChangeStatus.class)
    void ofADeletionIsLeftWhatIsNotGone(ChangeStatus status) {
        String delete = "'Delete the role r'";

        assertThat(attention(RequestAction.DELETE, "r", at(new Change.DeleteRole(ROLE), status))
                        .left())
                .isEqualTo(
                        switch (status) {
                            case PLANNED, FAILED -> List.of(delete + " was not done");
                            case STARTED, UNKNOWN -> List.of(delete + ": whether it was done is not known");
                            case APPLIED, MOOT, UNDOING, UNDONE -> List.of();
                        });
    }

    @Test
    void whatWasUndoneNeedsNoLook() {
        assertThat(attention(RequestAction.PROVISION, "r", at(PUT, ChangeStatus.UNDONE))
                        .commands())
                .hasSize(4)
                .noneMatch(command -> command.contains("get-role-policy"));
    }

    @Test
    void eachProfileIsLookedAtOnce() {
        assertThat(attention(
                                RequestAction.DELETE,
                                "r",
                                at(new Change.RemoveRoleFromInstanceProfile(ROLE, "i"), ChangeStatus.APPLIED),
                                at(new Change.DeleteInstanceProfile(ROLE, "i"), ChangeStatus.FAILED))
                        .commands())
                .containsOnlyOnce("aws iam get-instance-profile --instance-profile-name i");
    }

    @Test
    void aNameIsNeitherAnOptionNorACommand() {
        assertThat(attention(RequestAction.PROVISION, "-r").commands().getFirst())
                .isEqualTo("aws iam get-role --role-name=-r");
        assertThat(attention(RequestAction.PROVISION, "a'; rm -rf ~").commands().getFirst())
                .isEqualTo("aws iam get-role --role-name 'a'\\''; rm -rf ~'");
    }

    @Test
    void noCommandWrites() {
        assertThat(attention(
                                RequestAction.DELETE,
                                "r",
                                at(new Change.DeleteRolePolicy(ROLE, new PolicyName("p"), "{}"), ChangeStatus.FAILED),
                                at(
                                        new Change.CreateInstanceProfile(
                                                ROLE, new RolePath("/"), new LinkedHashMap<>()),
                                        ChangeStatus.UNKNOWN),
                                at(new Change.AddRoleToInstanceProfile(ROLE, "i"), ChangeStatus.UNKNOWN))
                        .commands())
                .hasSize(7)
                .allMatch(command -> command.matches("aws iam (get|list)-.*"));
    }
}

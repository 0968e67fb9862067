package io.rolesmith.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChangeTests {

    private static final RoleName ROLE = new RoleName("App");
    private static final PolicyName POLICY = new PolicyName("logs");
    private static final String ARN = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    private static final String OTHER_ARN = "arn:aws:iam::aws:policy/PowerUserAccess";

    /** One of each case, and of each of its sides. */
    static List<Change> every() {
        return List.of(
                new Change.CreateRole(ROLE, RolePath.ROOT, "d", "{}", 3600, new PolicyArn(ARN), tags("a", "1")),
                new Change.CreateRole(ROLE, RolePath.ROOT, "", "{}", 3600, null, tags()),
                new Change.DeleteRole(ROLE),
                new Change.UpdateAssumeRolePolicy(ROLE, "old", "new"),
                new Change.UpdateRole(ROLE, "old", 3600, "new", 7200),
                new Change.PutRolePermissionsBoundary(ROLE, null, ARN),
                new Change.PutRolePermissionsBoundary(ROLE, OTHER_ARN, ARN),
                new Change.DeleteRolePermissionsBoundary(ROLE, ARN),
                new Change.AttachRolePolicy(ROLE, ARN),
                new Change.DetachRolePolicy(ROLE, ARN),
                new Change.PutRolePolicy(ROLE, POLICY, null, "new"),
                new Change.PutRolePolicy(ROLE, POLICY, "old", "new"),
                new Change.DeleteRolePolicy(ROLE, POLICY, "old"),
                new Change.TagRole(ROLE, tags(), tags("a", "1")),
                new Change.TagRole(ROLE, tags("a", "0"), tags("a", "1")),
                new Change.TagRole(ROLE, tags("a", "0"), tags("a", "1", "b", "2")),
                new Change.UntagRole(ROLE, tags("a", "1")),
                new Change.CreateInstanceProfile(ROLE, RolePath.ROOT, tags("a", "1")),
                new Change.AddRoleToInstanceProfile(ROLE, "App"),
                new Change.RemoveRoleFromInstanceProfile(ROLE, "App"),
                new Change.DeleteInstanceProfile(ROLE, "App"));
    }

    @Test
    void everyCaseIsHere() {
        assertThat(every().stream().map(Object::getClass).distinct())
                .containsExactlyInAnyOrder(
                        Arrays.stream(Change.class.getPermittedSubclasses()).toArray(Class[]::new));
    }

    @ParameterizedTest
    @MethodSource("every")
    void hasTheNameOfTheIamOperationAndSaysWhatItDoes(Change change) {
        assertThat(change.operation()).isEqualTo(change.getClass().getSimpleName());
        assertThat(change.summary()).isNotBlank().doesNotContain("null").doesNotEndWith(".");
        assertThat(change.role()).isEqualTo(ROLE);
    }

    /** Of a write and the one that takes it back, the first one's after is the second one's before, and the reverse. */
    @ParameterizedTest
    @MethodSource("every")
    void isTheMirrorOfItsInverse(Change change) {
        if (change.reversal() instanceof Change.Reversible(Change inverse)
                && !(change instanceof Change.CreateRole || change instanceof Change.CreateInstanceProfile)) {
            assertThat(inverse.before()).isEqualTo(change.after());
            assertThat(inverse.after()).isEqualTo(change.before());
            assertThat(inverse.reversal()).isEqualTo(new Change.Reversible(change));
        }
    }

    @Test
    void deletionsAndMixedTagsHaveNoWayBack() {
        assertThat(every())
                .filteredOn(change -> change.reversal() instanceof Change.Irreversible)
                .containsExactly(
                        new Change.DeleteRole(ROLE),
                        new Change.TagRole(ROLE, tags("a", "0"), tags("a", "1", "b", "2")),
                        new Change.DeleteInstanceProfile(ROLE, "App"));
        assertThat(new Change.DeleteRole(ROLE).reversal())
                .isEqualTo(new Change.Irreversible(
                        "a role made again has another RoleId, which breaks trust that names it"));
        assertThat(new Change.DeleteInstanceProfile(ROLE, "App").reversal())
                .isEqualTo(new Change.Irreversible(
                        "running instances refer to the profile's id, which a new one does not have"));
    }

    @Test
    void whatWasMadeIsDeletedAgain() {
        assertThat(every().getFirst().reversal()).isEqualTo(new Change.Reversible(new Change.DeleteRole(ROLE)));
        assertThat(new Change.CreateInstanceProfile(ROLE, RolePath.ROOT, tags()).reversal())
                .isEqualTo(new Change.Reversible(new Change.DeleteInstanceProfile(ROLE, "App")));
    }

    @Test
    void aBoundaryThatReplacedAnotherGivesWayToItAgain() {
        assertThat(new Change.PutRolePermissionsBoundary(ROLE, OTHER_ARN, ARN).reversal())
                .isEqualTo(new Change.Reversible(new Change.PutRolePermissionsBoundary(ROLE, ARN, OTHER_ARN)));
        assertThat(new Change.PutRolePermissionsBoundary(ROLE, null, ARN).reversal())
                .isEqualTo(new Change.Reversible(new Change.DeleteRolePermissionsBoundary(ROLE, ARN)));
    }

    @Test
    void showsWhatItReplacesAndWhatItPuts() {
        Change put = new Change.PutRolePolicy(ROLE, POLICY, "old", "new");

        assertThat(put.before()).containsExactly(Map.entry("policyName", "logs"), Map.entry("document", "old"));
        assertThat(put.after()).containsExactly(Map.entry("policyName", "logs"), Map.entry("document", "new"));
        assertThat(put.summary()).isEqualTo("Replace the inline policy logs");
        assertThat(new Change.PutRolePolicy(ROLE, POLICY, null, "new").before()).isEmpty();
        assertThat(new Change.PutRolePolicy(ROLE, POLICY, null, "new").summary())
                .isEqualTo("Put the inline policy logs");
    }

    @Test
    void showsAllOfARoleThatIsMade() {
        Change create = every().getFirst();

        assertThat(create.before()).isEmpty();
        assertThat(create.after())
                .containsExactly(
                        Map.entry("path", "/"),
                        Map.entry("description", "d"),
                        Map.entry("trustPolicy", "{}"),
                        Map.entry("maxSessionSeconds", 3600),
                        Map.entry("permissionsBoundaryArn", ARN),
                        Map.entry("tags", tags("a", "1")));
        assertThat(create.summary()).isEqualTo("Create the role App with the permissions boundary " + ARN);
        assertThat(every().get(1).after()).doesNotContainKey("permissionsBoundaryArn");
        assertThat(every().get(1).summary()).isEqualTo("Create the role App");
    }

    @Test
    void areTakenBackLastFirstWithoutThoseThatCannotBe() {
        List<Change> applied = new ArrayList<>(List.of(
                new Change.AttachRolePolicy(ROLE, ARN),
                new Change.DeleteInstanceProfile(ROLE, "App"),
                new Change.UpdateRole(ROLE, "old", 3600, "new", 7200)));

        assertThat(Change.inverses(applied))
                .containsExactly(
                        new Change.UpdateRole(ROLE, "new", 7200, "old", 3600), new Change.DetachRolePolicy(ROLE, ARN));
    }

    private static SequencedMap<String, String> tags(String... keysAndValues) {
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            tags.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return tags;
    }
}

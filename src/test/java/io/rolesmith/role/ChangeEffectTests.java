package io.rolesmith.role;

import static io.rolesmith.role.ChangeEffect.INVISIBLE;
import static io.rolesmith.role.ChangeEffect.NOT_THERE;
import static io.rolesmith.role.ChangeEffect.OTHER;
import static io.rolesmith.role.ChangeEffect.THERE;
import static io.rolesmith.role.RoleDraftBuilder.INLINE;
import static io.rolesmith.role.RoleDraftBuilder.TRUST;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is seen before and after a change is proven in {@link RolePlannerPropertyTests} for random ones. */
class ChangeEffectTests {

    private static final RoleName ROLE = new RoleName("App");
    private static final PolicyName POLICY = new PolicyName("logs");
    private static final String OTHER_TRUST = TRUST.replace("ecs-tasks", "ec2");
    private static final String THIRD_TRUST = TRUST.replace("ecs-tasks", "lambda");
    private static final String OTHER_INLINE = INLINE.replace("Get", "Put");
    private static final String THIRD_INLINE = INLINE.replace("Get", "Delete");

    @Test
    void isSeenOfATrustPolicy() {
        Change change = new Change.UpdateAssumeRolePolicy(ROLE, TRUST, OTHER_TRUST);

        assertThat(effect(change, live().trust(TRUST))).isEqualTo(NOT_THERE);
        assertThat(effect(change, live().trust(OTHER_TRUST.replace(",", " ,\n"))))
                .isEqualTo(THERE);
        assertThat(effect(change, live().trust(THIRD_TRUST))).isEqualTo(OTHER);
        assertThat(effect(change, live().trust("{unreadable"))).isEqualTo(OTHER);
    }

    @Test
    void isSeenOfATrustPolicyThatReplacesAnUnreadableOne() {
        Change change = new Change.UpdateAssumeRolePolicy(ROLE, "{unreadable", TRUST);

        assertThat(effect(change, live().trust("{unreadable"))).isEqualTo(NOT_THERE);
        assertThat(effect(change, live().trust("{unreadable "))).isEqualTo(OTHER);
    }

    @Test
    void isSeenOfDescriptionAndSessionTogether() {
        Change change = new Change.UpdateRole(ROLE, "old", 3600, "new", 7200);

        assertThat(effect(change, live().description("old").session(3600))).isEqualTo(NOT_THERE);
        assertThat(effect(change, live().description("new").session(7200))).isEqualTo(THERE);
        assertThat(effect(change, live().description("third").session(7200))).isEqualTo(OTHER);
        assertThat(effect(change, live().description("new").session(3600))).isEqualTo(OTHER);
    }

    @Test
    void isSeenOfABoundary() {
        Change change = new Change.PutRolePermissionsBoundary(ROLE, "old", "new");

        assertThat(effect(change, live().boundary("old"))).isEqualTo(NOT_THERE);
        assertThat(effect(change, live().boundary("new"))).isEqualTo(THERE);
        assertThat(effect(change, live().boundary("third"))).isEqualTo(OTHER);
        assertThat(effect(change, live())).isEqualTo(OTHER);
        assertThat(effect(new Change.PutRolePermissionsBoundary(ROLE, null, "new"), live()))
                .isEqualTo(NOT_THERE);
    }

    @Test
    void isSeenOfABoundaryThatGoes() {
        Change change = new Change.DeleteRolePermissionsBoundary(ROLE, "old");

        assertThat(effect(change, live().boundary("old"))).isEqualTo(NOT_THERE);
        assertThat(effect(change, live())).isEqualTo(THERE);
        assertThat(effect(change, live().boundary("third"))).isEqualTo(OTHER);
    }

    @Test
    void isSeenOfAnInlinePolicyWhateverTheCaseOfItsName() {
        Change change = new Change.PutRolePolicy(ROLE, POLICY, INLINE, OTHER_INLINE);

        assertThat(effect(change, live().inline("LOGS", INLINE))).isEqualTo(NOT_THERE);
        assertThat(effect(change, live().inline("LOGS", OTHER_INLINE.replace("\":", "\" : "))))
                .isEqualTo(THERE);
        assertThat(effect(change, live().inline("LOGS", THIRD_INLINE))).isEqualTo(OTHER);
        assertThat(effect(change, live())).isEqualTo(OTHER);
    }

    @Test
    void isSeenOfANewInlinePolicy() {
        Change change = new Change.PutRolePolicy(ROLE, POLICY, null, INLINE);

        assertThat(effect(change, live())).isEqualTo(NOT_THERE);
        assertThat(effect(change, live().inline("other", INLINE))).isEqualTo(NOT_THERE);
        assertThat(effect(change, live().inline("logs", OTHER_INLINE))).isEqualTo(OTHER);
    }

    @Test
    void isSeenOfAnInlinePolicyThatGoes() {
        Change change = new Change.DeleteRolePolicy(ROLE, POLICY, INLINE);

        assertThat(effect(change, live().inline("Logs", INLINE))).isEqualTo(NOT_THERE);
        assertThat(effect(change, live())).isEqualTo(THERE);
        assertThat(effect(change, live().inline("logs", OTHER_INLINE))).isEqualTo(OTHER);
    }

    /** Deletions are planned without documents where there is nothing to order. */
    @Test
    void isSeenOfAnInlinePolicyThatGoesWhateverItSaid() {
        Change change = new Change.DeleteRolePolicy(ROLE, POLICY, "");

        assertThat(effect(change, live().inline("Logs", INLINE))).isEqualTo(NOT_THERE);
        assertThat(effect(change, live())).isEqualTo(THERE);
    }

    /** A variable's value may hold such text, which is not replaced once more. */
    @Test
    void isSeenOfADocumentWithTextThatLooksLikeAVariableOfOurs() {
        String sent = INLINE.replace("bucket", "${var.bucket}");
        Change change = new Change.PutRolePolicy(ROLE, POLICY, null, sent);

        assertThat(effect(change, live().inline("logs", sent.replace("\":", "\" : "))))
                .isEqualTo(THERE);
    }

    @Test
    void isSeenOfManagedPolicies() {
        Change attach = new Change.AttachRolePolicy(ROLE, "arn");
        Change detach = new Change.DetachRolePolicy(ROLE, "arn");

        assertThat(effect(attach, live())).isEqualTo(NOT_THERE);
        assertThat(effect(attach, live().attached("arn"))).isEqualTo(THERE);
        assertThat(effect(detach, live().attached("arn"))).isEqualTo(NOT_THERE);
        assertThat(effect(detach, live().attached("other"))).isEqualTo(THERE);
    }

    @Test
    void isSeenOfTagsWhateverTheCaseOfTheirKeys() {
        Change change = new Change.TagRole(ROLE, tags("a", "0"), tags("a", "1", "b", "2"));

        assertThat(effect(change, live().tag("A", "0"))).isEqualTo(NOT_THERE);
        assertThat(effect(change, live().tag("A", "1").tag("B", "2").tag("c", "3")))
                .isEqualTo(THERE);
        assertThat(effect(change, live().tag("a", "third").tag("b", "2"))).isEqualTo(OTHER);
        assertThat(effect(change, live().tag("a", "1"))).isEqualTo(OTHER);
        assertThat(effect(change, live())).isEqualTo(OTHER);
    }

    @Test
    void isSeenOfTagsThatGo() {
        Change change = new Change.UntagRole(ROLE, tags("a", "1", "b", "2"));

        assertThat(effect(change, live().tag("A", "1").tag("b", "2"))).isEqualTo(NOT_THERE);
        assertThat(effect(change, live().tag("c", "3"))).isEqualTo(THERE);
        assertThat(effect(change, live().tag("a", "third").tag("b", "2"))).isEqualTo(OTHER);
        assertThat(effect(change, live().tag("a", "1"))).isEqualTo(OTHER);
    }

    @Test
    void isSeenOfInstanceProfilesWhateverTheCaseOfTheirNames() {
        Change add = new Change.AddRoleToInstanceProfile(ROLE, "App");
        Change removal = new Change.RemoveRoleFromInstanceProfile(ROLE, "App");

        assertThat(effect(add, live().profiles("other"))).isEqualTo(NOT_THERE);
        assertThat(effect(add, live().profiles("APP"))).isEqualTo(THERE);
        assertThat(effect(removal, live().profiles("APP"))).isEqualTo(NOT_THERE);
        assertThat(effect(removal, live().profiles("other"))).isEqualTo(THERE);
    }

    @Test
    void isSeenOfTheRoleItself() {
        Change create = new Change.CreateRole(ROLE, RolePath.ROOT, "", TRUST, 3600, null, tags());

        assertThat(effect(create, live())).isEqualTo(THERE);
        assertThat(ChangeEffect.of(create, Optional.empty())).isEqualTo(NOT_THERE);
        assertThat(effect(new Change.DeleteRole(ROLE), live())).isEqualTo(NOT_THERE);
        assertThat(ChangeEffect.of(new Change.DeleteRole(ROLE), Optional.empty()))
                .isEqualTo(THERE);
    }

    @Test
    void isNotSeenOfAnInstanceProfileItself() {
        Change create = new Change.CreateInstanceProfile(ROLE, RolePath.ROOT, tags());
        Change removal = new Change.DeleteInstanceProfile(ROLE, "App");

        assertThat(effect(create, live().profiles("App"))).isEqualTo(INVISIBLE);
        assertThat(effect(removal, live())).isEqualTo(INVISIBLE);
        assertThat(ChangeEffect.of(create, Optional.empty())).isEqualTo(INVISIBLE);
        assertThat(ChangeEffect.of(removal, Optional.empty())).isEqualTo(INVISIBLE);
    }

    /** What removes leaves nothing, and with a role that is gone nothing is left; what puts has put nothing. */
    @ParameterizedTest
    @MethodSource("io.rolesmith.role.ChangeTests#every")
    void isThatOfARemovalOnceTheRoleIsGone(Change change) {
        boolean profile =
                change instanceof Change.CreateInstanceProfile || change instanceof Change.DeleteInstanceProfile;

        assertThat(ChangeEffect.of(change, Optional.empty()))
                .isEqualTo(profile ? INVISIBLE : change.after().isEmpty() ? THERE : NOT_THERE);
    }

    private static ChangeEffect effect(Change change, LiveRole live) {
        return ChangeEffect.of(change, Optional.of(live.state()));
    }

    private static LiveRole live() {
        return LiveRole.of("App");
    }

    private static SequencedMap<String, String> tags(String... keysAndValues) {
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            tags.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return tags;
    }
}

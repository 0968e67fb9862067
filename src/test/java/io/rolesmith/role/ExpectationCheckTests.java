package io.rolesmith.role;

import static io.rolesmith.policy.FindingAssert.assertThatOnly;
import static io.rolesmith.role.RoleDraftBuilder.ACCOUNT;
import static io.rolesmith.role.RoleDraftBuilder.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpectationCheckTests {

    private static final String OBJECT = "arn:aws:s3:::bucket/logo.png";
    private static final String MANAGED = "arn:aws:iam::aws:policy/Managed";
    private static final String BOUNDARY = "arn:aws:iam::" + ACCOUNT + ":policy/team-boundary";
    private static final String ALLOW_READING = """
            {"Version": "2012-10-17", "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*",
             "Resource": "arn:aws:s3:::bucket/*"}]}""";
    private static final String DENY_DELETING = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"}]}""";

    @ParameterizedTest
    @CsvSource({
        "s3:GetObject, allowed",
        "s3:PutObject, implicitDeny",
        "s3:DeleteObject, explicitDeny",
        "s3:DeleteObject, implicitDeny"
    })
    void whatHoldsIsNotSpokenOf(String action, String decision) {
        assertThat(check(role().expect(action, OBJECT, decision))).isEmpty();
    }

    @Test
    void whatNothingAllowsIsSaidSo() {
        assertThatOnly(check(role().expect("s3:PutObject", OBJECT, "allowed")))
                .isError("EXPECTATION_FAILED")
                .isAt("/expect/0")
                .says(
                        "s3:PutObject on 'arn:aws:s3:::bucket/logo.png' by the role 'retailStoreEcsTaskRole' is expected to"
                                + " be allowed and is denied implicitly: No statement of the identity policies allows it.")
                .advises("Change the policies, or what is expected of them.");
    }

    @Test
    void theStatementThatAllowsIsNamed() {
        assertThatOnly(check(role().expect("s3:GetObject", OBJECT, "allowed")
                        .expect("s3:GetObject", OBJECT, "implicitDeny")))
                .isAt("/expect/1")
                .says(
                        "s3:GetObject on 'arn:aws:s3:::bucket/logo.png' by the role 'retailStoreEcsTaskRole' is expected to"
                                + " be denied implicitly and is allowed: Allowed by /Statement/0 (Read) of 'read'.");
    }

    @Test
    void theStatementThatDeniesIsNamed() {
        assertThatOnly(check(role().expect("s3:DeleteObject", OBJECT, "allowed")))
                .says(
                        "s3:DeleteObject on 'arn:aws:s3:::bucket/logo.png' by the role 'retailStoreEcsTaskRole' is expected"
                                + " to be allowed and is denied explicitly: Denied by /Statement/0 of '" + MANAGED
                                + "'.");
    }

    @Test
    void theBoundaryCounts() {
        assertThatOnly(check(role().boundary(BOUNDARY).expect("s3:GetObject", OBJECT, "allowed")))
                .says(
                        "s3:GetObject on 'arn:aws:s3:::bucket/logo.png' by the role 'retailStoreEcsTaskRole' is expected to"
                                + " be allowed and is undetermined: The policy \"" + BOUNDARY + "\" could not be read.")
                .advises("Say in its context what is not known, or leave the expectation out.");
        assertThat(check(
                        role().boundary(BOUNDARY).expect("s3:GetObject", OBJECT, "implicitDeny"),
                        Map.of(MANAGED, DENY_DELETING, BOUNDARY, DENY_DELETING)))
                .isEmpty();
    }

    @Test
    void whoAsksIsKnownUnlessSaidOtherwise() {
        String own = """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:PutObject",
                 "Resource": "arn:aws:s3:::bucket/*", "Condition": {
                   "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::%1$s:role/retail/store/retailStoreEcsTaskRole"},
                   "StringEquals": {"aws:PrincipalAccount": "%1$s", "aws:PrincipalType": "AssumedRole"}}}]}""".formatted(ACCOUNT);
        LinkedHashMap<String, List<String>> stranger = new LinkedHashMap<>();
        stranger.put("AWS:PrincipalAccount", List.of("999999999999"));

        assertThat(check(draft().inline("own", own)
                        .expect("s3:PutObject", OBJECT, "allowed")
                        .expect(new ExpectationDraft("s3:PutObject", OBJECT, stranger, "implicitDeny"))))
                .isEmpty();
    }

    private static RoleDraftBuilder role() {
        return draft().managed(MANAGED).inline("read", ALLOW_READING);
    }

    private static List<Finding> check(RoleDraftBuilder draft) {
        return check(draft, Map.of(MANAGED, DENY_DELETING));
    }

    private static List<Finding> check(RoleDraftBuilder draft, Map<String, String> documents) {
        RoleDraft.RoleReading reading = draft.read();
        assertThat(reading.findings()).isEmpty();
        RoleSpec spec = reading.spec().orElseThrow();
        Optional<PolicyArn> boundary =
                spec.boundary() instanceof Boundary.Policy(PolicyArn arn) ? Optional.of(arn) : Optional.empty();
        return ExpectationCheck.check(
                spec,
                "aws",
                ACCOUNT,
                reading.expectations(),
                SpecPermissions.of(
                        spec,
                        boundary,
                        arn -> Optional.ofNullable(documents.get(arn.value())).map(PolicyDocument::parse)));
    }
}

package io.rolesmith.policy.access;

import static io.rolesmith.policy.access.AccessDelta.Verdict.EQUAL;
import static io.rolesmith.policy.access.AccessDelta.Verdict.INCOMPARABLE;
import static io.rolesmith.policy.access.AccessDelta.Verdict.NARROWS;
import static io.rolesmith.policy.access.AccessDelta.Verdict.UNDETERMINED;
import static io.rolesmith.policy.access.AccessDelta.Verdict.WIDENS;
import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.access.AccessDelta.Verdict;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessDeltaTests {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final String ANY = "\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"";
    private static final NamedPolicy UNREAD = NamedPolicy.unread("arn:aws:iam::123456789012:policy/unread");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            s3:GetObject             | s3:GetObject              | EQUAL
            s3:GetObject             | S3:getobject              | EQUAL
            s3:GetObject             | s3:Get*                   | WIDENS
            s3:Get*                  | s3:GetObject              | NARROWS
            s3:Get*                  | s3:*Object                | INCOMPARABLE
            s3:Get*,s3:GetObject     | s3:Get*                   | EQUAL
            s3:GetObjec?             | s3:GetObject              | NARROWS
            s3:?etObject,s3:GetAcl   | s3:GetObject,s3:?et*      | WIDENS
            s3:**                    | s3:*                      | EQUAL
            *                        | *:*                       | NARROWS
            """)
    void comparesActions(String before, String after, Verdict verdict) {
        assertThat(verdict(allow(before, "*"), allow(after, "*"))).isEqualTo(verdict);
        assertThat(verdict(not(before), not(after))).isEqualTo(opposite(verdict));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            arn:aws:s3:::b/*                  | arn:aws:s3:::b/*                     | EQUAL
            arn:aws:s3:::b/*                  | arn:aws:s3:::B/*                     | INCOMPARABLE
            arn:aws:s3:::b/x                  | arn:aws:s3:::b/?                     | WIDENS
            arn:aws:s3:::b/*                  | *                                    | WIDENS
            arn:aws:ec2:*:1:instance/*        | arn:aws:ec2:eu:1:instance/*          | NARROWS
            arn:aws:ec2:*:*:instance/*        | arn:aws:ec2:*:1:instance/*           | NARROWS
            arn:aws:ec2:*:*:i/a,arn:aws:ec2:*:1:i/* | arn:aws:ec2:*:*:i/*            | WIDENS
            arn:aws:s3:::b/${aws:username}    | arn:aws:s3:::b/${aws:username}       | EQUAL
            arn:aws:s3:::b/${aws:username}    | arn:aws:s3:::b/*                     | WIDENS
            arn:aws:s3:::b/${aws:username}    | arn:aws:s3:::b/${aws:userid}         | INCOMPARABLE
            arn:aws:s3:::b/${aws:username}    | arn:aws:s3:::c/${aws:username}       | INCOMPARABLE
            """)
    void comparesResources(String before, String after, Verdict verdict) {
        assertThat(verdict(allow("s3:GetObject", before), allow("s3:GetObject", after)))
                .isEqualTo(verdict);
        String deny = "{\"Effect\":\"Deny\",\"Action\":\"s3:GetObject\",\"NotResource\":";
        assertThat(verdict(
                        permissions("{" + ANY + "}", deny + array(before) + "}"),
                        permissions("{" + ANY + "}", deny + array(after) + "}")))
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @ValueSource(strings = {"StringEquals", "ForAllValues:StringEquals", "ForAnyValue:StringNotEquals", "ArnLike"})
    void takesAVariableForAnotherConditionThanTheSamePlainText(String operator) {
        String statement = "{" + ANY + ",\"Condition\":{\"" + operator
                + "\":{\"aws:TagKeys\":\"arn:aws:iam::1:user/${aws:username}\"}}}";
        PolicyDocument replaced = PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":" + statement + "}");
        PolicyDocument plain = PolicyDocument.parse("{\"Version\":\"2008-10-17\",\"Statement\":" + statement + "}");

        assertThat(verdict(
                        new Permissions(List.of(NamedPolicy.of("p", replaced)), Optional.empty()),
                        new Permissions(List.of(NamedPolicy.of("p", plain)), Optional.empty())))
                .isEqualTo(INCOMPARABLE);
    }

    /** {@code arn:aws:s3:*:*:b/*} may or may not match {@code arn:aws:s3:e:1:c:1:b/z}: AWS's words allow both. */
    @Test
    void countsOnNoWayOfReadingAWildcardBeforeTheFifthColon() {
        assertThat(verdict(
                        allow("s3:*", "arn:aws:s3:*:*:b/*"),
                        allow("s3:*", "arn:aws:s3:*:*:b/*,arn:aws:s3:e:1:c:1:b/z")))
                .isEqualTo(WIDENS);
        assertThat(verdict(allow("s3:*", "arn:aws:s3:e:1:c:1:b/z"), allow("s3:*", "arn:aws:s3:*:*:b/*")))
                .isEqualTo(INCOMPARABLE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            "StringEquals":{"k":"a"}            | "StringEquals":{"K":["a"]}                    | EQUAL
            "StringEquals":{"k":"a"}            | "StringEquals":{"k":["b","a"]}                | WIDENS
            "StringEquals":{"k":"a"}            | "StringEquals":{"k":"b"}                      | INCOMPARABLE
            "StringEquals":{"k":"a"}            | "StringLike":{"k":"a"}                        | EQUAL
            "StringEquals":{"k":"ab"}           | "StringLike":{"k":"a*"}                       | WIDENS
            "StringLike":{"k":["a*","b*"]}      | "StringLike":{"k":["abc*","b?"]}              | NARROWS
            "StringEquals":{"k":"a"}            | "StringEqualsIfExists":{"k":"a"}              | WIDENS
            "StringEquals":{"k":"a"}            | "StringEquals":{"k":"a"},"Null":{"k":"false"} | EQUAL
            "StringEqualsIfExists":{"k":"a"}    | "StringEqualsIfExists":{"k":"a"},"Null":{"k":"False"} | NARROWS
            "StringNotEquals":{"k":"a"}         | "StringNotEqualsIfExists":{"k":"a"}           | EQUAL
            "StringNotEquals":{"k":"a"}         | "StringNotEquals":{"k":["a","b"]}             | NARROWS
            "StringNotEquals":{"k":"ab"}        | "StringNotLike":{"k":"a*"}                    | NARROWS
            "Null":{"k":"true"}                 | "Null":{"k":["true","false"]}                 | WIDENS
            "Bool":{"k":"true"}                 | "Bool":{"k":true}                             | EQUAL
            "StringEquals":{"k":"A"}            | "StringEqualsIgnoreCase":{"k":"a"}            | INCOMPARABLE
            "StringEqualsIgnoreCase":{"k":"A"}  | "StringEqualsIgnoreCase":{"k":"a"}            | EQUAL
            "ArnLike":{"k":"arn:aws:iam::1:role/*"} | "ArnEquals":{"k":"arn:aws:iam::*:role/*"} | WIDENS
            "ArnLike":{"k":"arn:aws:iam::1:x"}  | "ArnLike":{"k":"arn:aws:*:1:x"}               | INCOMPARABLE
            "ArnLike":{"k":"arn:aws:iam::1:x"}  | "ArnLike":{"k":"arn:aws:*:x"}                 | INCOMPARABLE
            "ArnLike":{"k":"arn:aws:iam::1:x"}  | "ArnLike":{"k":"*"}                           | WIDENS
            "ForAnyValue:StringEquals":{"k":"a"} | "ForAnyValue:StringEquals":{"k":["a","b"]}   | WIDENS
            "ForAllValues:StringEquals":{"k":"a"} | "ForAllValues:StringEquals":{"k":["a","a"]} | EQUAL
            "ForAllValues:StringEquals":{"k":"a"} | "ForAllValues:StringEquals":{"k":["a","b"]} | INCOMPARABLE
            "ForAnyValue:StringNotEquals":{"k":"a"} | "StringNotEquals":{"k":"a"}               | INCOMPARABLE
            "StringEquals":{"k":"${aws:x}"}     | "StringEquals":{"k":"${aws:x}"}               | EQUAL
            "StringNotEquals":{"k":"${aws:x}"}  | "StringNotEqualsIfExists":{"k":"${aws:x}"}    | INCOMPARABLE
            "NumericLessThan":{"k":"1"}         | "NumericLessThan":{"k":"2"}                   | INCOMPARABLE
            "StringFoo":{"k":"1"}               | "StringFoo":{"k":"1"}                         | EQUAL
            "StringEquals":{"k":[]}             | "StringNotEquals":{"k":[]}                    | INCOMPARABLE
            """)
    void comparesConditions(String before, String after, Verdict verdict) {
        assertThat(verdict(conditional("Allow", before), conditional("Allow", after)))
                .isEqualTo(verdict);
        assertThat(verdict(conditional("Deny", before), conditional("Deny", after)))
                .isEqualTo(opposite(verdict));
    }

    @Test
    void seesThatADollarIsPlainTextInTheOlderVersion() {
        NamedPolicy older = NamedPolicy.of(
                "p",
                PolicyDocument.parse(
                        "{\"Version\":\"2008-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"s3:*\","
                                + "\"Resource\":\"arn:aws:s3:::b/${aws:username}\"}}"));

        assertThat(verdict(
                        new Permissions(List.of(older), Optional.empty()),
                        allow("s3:*", "arn:aws:s3:::b/${aws:username}")))
                .isEqualTo(INCOMPARABLE);
    }

    @Test
    void movesBetweenPoliciesAndStatementsChangeNothing() {
        Permissions one = permissions(
                "{\"Effect\":\"Allow\",\"Action\":[\"s3:Get*\",\"s3:Put*\"],\"Resource\":[\"arn:aws:s3:::a/*\",\"arn:aws:s3:::b/*\"]}");
        List<NamedPolicy> split = new ArrayList<>();
        for (String action : List.of("s3:Get*", "s3:Put*")) {
            for (String bucket : List.of("a", "b")) {
                split.addAll(allow(action, "arn:aws:s3:::" + bucket + "/*").identityPolicies());
            }
        }

        assertThat(verdict(one, new Permissions(split, Optional.empty()))).isEqualTo(EQUAL);
        assertThat(verdict(one, new Permissions(split.subList(0, 3), Optional.empty())))
                .isEqualTo(NARROWS);
    }

    @Test
    void whatIsDeniedAnywayIsNeitherGainedNorLost() {
        String deny = "{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}";
        String allow = "{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::b/*\"}";

        assertThat(verdict(permissions(deny), permissions(deny, allow))).isEqualTo(EQUAL);
        assertThat(verdict(permissions(allow), permissions(allow, deny))).isEqualTo(NARROWS);
    }

    @Test
    void aBoundaryGrantsNothingAndHidesWhatIsBeyond() {
        Permissions nothing = new Permissions(List.of(), Optional.of(policy("{" + ANY + "}")));
        assertThat(verdict(new Permissions(List.of(), Optional.empty()), nothing))
                .isEqualTo(EQUAL);

        Optional<NamedPolicy> onlyS3 =
                Optional.of(policy("{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}"));
        Permissions bounded = new Permissions(allow("s3:Get*", "*").identityPolicies(), onlyS3);
        assertThat(verdict(bounded, new Permissions(allow("s3:Get*,iam:*", "*").identityPolicies(), onlyS3)))
                .isEqualTo(EQUAL);
        assertThat(verdict(bounded, allow("s3:Get*,iam:*", "*"))).isEqualTo(WIDENS);
        assertThat(verdict(allow("s3:Get*,iam:*", "*"), bounded)).isEqualTo(NARROWS);
    }

    @Test
    void aPolicyThatCouldNotBeReadMakesUndeterminedOnlyWhatHangsOnIt() {
        Permissions read = allow("s3:GetObject", "*");
        Permissions more = allow("s3:Get*", "*");
        String denial = "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}";

        assertThat(AccessDelta.between(read, with(read, UNREAD)))
                .satisfies(delta -> assertThat(delta.verdict()).isEqualTo(UNDETERMINED))
                .satisfies(delta -> assertThat(delta.doubt())
                        .contains("The document of arn:aws:iam::123456789012:policy/unread could not be read."));
        assertThat(verdict(with(read, UNREAD), with(read, UNREAD))).isEqualTo(EQUAL);
        assertThat(verdict(with(read, UNREAD), with(more, UNREAD))).isEqualTo(WIDENS);
        assertThat(verdict(permissions(denial), with(permissions(denial), UNREAD)))
                .isEqualTo(EQUAL);
        assertThat(verdict(read, new Permissions(read.identityPolicies(), Optional.of(UNREAD))))
                .isEqualTo(UNDETERMINED);
        assertThat(verdict(
                        new Permissions(read.identityPolicies(), Optional.of(UNREAD)),
                        new Permissions(more.identityPolicies(), Optional.of(UNREAD))))
                .isEqualTo(WIDENS);
    }

    @Test
    void anUnreadPolicyThatBecomesTheBoundaryIsAnotherMatter() {
        Permissions identity = new Permissions(List.of(UNREAD), Optional.empty());
        Permissions both = new Permissions(List.of(UNREAD), Optional.of(UNREAD));

        assertThat(verdict(identity, both)).isEqualTo(EQUAL);
        assertThat(verdict(both, new Permissions(List.of(), Optional.of(UNREAD))))
                .isEqualTo(UNDETERMINED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            "AWS":"111122223333"                   | "AWS":"arn:aws:iam::111122223333:root"         | EQUAL
            "AWS":"111122223333"                   | "AWS":"arn:aws:iam::111122223333:role/p/App"   | NARROWS
            "AWS":"111122223333"                   | "AWS":"*"                                      | WIDENS
            "AWS":"111122223333"                   | "AWS":"arn:aws:iam::444455556666:role/App"     | INCOMPARABLE
            "AWS":"arn:aws:iam::111122223333:role/p/App" | "AWS":"arn:aws:sts::111122223333:assumed-role/App/me" | NARROWS
            "AWS":"arn:aws:iam::111122223333:role/App" | "AWS":"arn:aws:sts::111122223333:assumed-role/Apple/me" | INCOMPARABLE
            "AWS":"arn:aws:iam::111122223333:role/a" | "AWS":["arn:aws:iam::111122223333:role/a","arn:aws:iam::111122223333:user/b"] | WIDENS
            "Service":"ec2.amazonaws.com"          | "Service":["ec2.amazonaws.com","ecs.amazonaws.com"] | WIDENS
            "Service":"ec2.amazonaws.com"          | "Service":"ecs.amazonaws.com"                  | INCOMPARABLE
            "Service":"ec2.amazonaws.com"          | "AWS":"*"                                      | INCOMPARABLE
            "Federated":"arn:aws:iam::111122223333:saml-provider/x" | "Service":"ecs.amazonaws.com" | INCOMPARABLE
            "AWS":"AROAEXAMPLEEXAMPLE123"          | "AWS":"AROAEXAMPLEEXAMPLE123"                  | EQUAL
            "AWS":"AROAEXAMPLEEXAMPLE123"          | "AWS":["111122223333","AROAEXAMPLEEXAMPLE123"] | WIDENS
            """)
    void comparesPrincipals(String before, String after, Verdict verdict) {
        String allow = "{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{%s}}";
        String deny = "{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":\"*\"},"
                + "{\"Effect\":\"Deny\",\"Action\":\"sts:AssumeRole\",\"Principal\":{%s}}";

        assertThat(trustVerdict(allow.formatted(before), allow.formatted(after)))
                .isEqualTo(verdict);
        assertThat(trustVerdict(deny.formatted(before), deny.formatted(after))).isEqualTo(opposite(verdict));
    }

    @ParameterizedTest
    @ValueSource(strings = {"AROAEXAMPLEEXAMPLE123", "arn:aws:sts::111122223333:federated-user/me"})
    void doesNotCountOnWhereAPrincipalBelongsOfWhomThatCannotBeSeen(String principal) {
        String allow =
                "{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"AWS\":\"" + principal + "\"}}";
        String deny = "{\"Effect\":\"Deny\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"AWS\":"
                + "\"arn:aws:iam::111122223333:user/me\"}}";

        assertThat(trustVerdict(allow, allow + "," + deny)).isEqualTo(NARROWS);
        assertThat(trustVerdict(deny, allow + "," + deny)).isEqualTo(WIDENS);
    }

    @Test
    void comparesActionsAndConditionsOfTrust() {
        String statement = "{\"Effect\":\"Allow\",\"Action\":%s,\"Principal\":{\"AWS\":\"111122223333\"}%s}";
        String assume = statement.formatted("\"sts:AssumeRole\"", "");
        String externalId = statement.formatted(
                "\"sts:AssumeRole\"", ",\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"x\"}}");

        assertThat(trustVerdict(assume, statement.formatted("[\"sts:AssumeRole\",\"sts:TagSession\"]", "")))
                .isEqualTo(WIDENS);
        assertThat(trustVerdict(assume, externalId)).isEqualTo(NARROWS);
        assertThat(trustVerdict(externalId, externalId.replace("\"x\"", "\"y\"")))
                .isEqualTo(INCOMPARABLE);
        assertThat(AccessDelta.betweenTrust(trust(assume), NamedPolicy.unread("the trust policy"))
                        .verdict())
                .isEqualTo(UNDETERMINED);
    }

    @Test
    void whatTakesBothIsGainedOnlyWhereBothAllowIt() {
        AccessDelta widens = AccessDelta.known(true, false);
        AccessDelta narrows = AccessDelta.known(false, true);
        AccessDelta nothing = AccessDelta.between(permissions(), permissions());
        AccessDelta undetermined = AccessDelta.between(permissions(), with(permissions(), UNREAD));

        assertThat(widens.and(widens).verdict()).isEqualTo(WIDENS);
        assertThat(widens.and(narrows).verdict()).isEqualTo(INCOMPARABLE);
        assertThat(widens.and(nothing).verdict()).isEqualTo(EQUAL);
        assertThat(widens.and(undetermined).verdict()).isEqualTo(UNDETERMINED);
    }

    /** What is not understood in time is undetermined; patterns that cannot be told apart count as independent. */
    @ParameterizedTest
    @ValueSource(strings = {"*a*a*a*a*a*a*a*a*a*b%s*", "*a*b*c*d*e*f*%s*", "?*?*?*?*?*?*%s", "*%s*", "%s*"})
    void answersAboutHostilePatternsInTime(String pattern) {
        Permissions before = allow(hostile("s3:" + pattern, 0), hostile("arn:aws:s3:::" + pattern, 0));
        Permissions after = allow(hostile("s3:" + pattern, 1), hostile("arn:aws:s3:::" + pattern, 1));
        Duration best = Duration.ofDays(1);
        for (int i = 0; i < 12; i++) {
            // Processor time, since other builds may run beside this one.
            long start = THREADS.getCurrentThreadCpuTime();
            Verdict verdict = AccessDelta.between(before, after).verdict();
            best = Duration.ofNanos(Math.min(best.toNanos(), THREADS.getCurrentThreadCpuTime() - start));
            assertThat(verdict).isIn(INCOMPARABLE, UNDETERMINED);
        }
        System.out.printf("%s: %d ms%n", pattern, best.toMillis());
        assertThat(best).isLessThan(Duration.ofMillis(500));
    }

    private static String hostile(String pattern, int from) {
        return IntStream.range(from, from + 56_000 / (pattern.length() + 2))
                .mapToObj(i -> pattern.formatted(Integer.toString(i, 36)))
                .collect(Collectors.joining(","));
    }

    private static Verdict verdict(Permissions before, Permissions after) {
        Verdict verdict = AccessDelta.between(before, after).verdict();
        assertThat(AccessDelta.between(after, before).verdict()).isEqualTo(opposite(verdict));
        return verdict;
    }

    private static Verdict trustVerdict(String before, String after) {
        return AccessDelta.betweenTrust(trust(before), trust(after)).verdict();
    }

    private static NamedPolicy trust(String statements) {
        return policy(statements);
    }

    private static Verdict opposite(Verdict verdict) {
        return switch (verdict) {
            case WIDENS -> NARROWS;
            case NARROWS -> WIDENS;
            case EQUAL, INCOMPARABLE, UNDETERMINED -> verdict;
        };
    }

    private static Permissions allow(String actions, String resources) {
        return permissions(
                "{\"Effect\":\"Allow\",\"Action\":" + array(actions) + ",\"Resource\":" + array(resources) + "}");
    }

    private static Permissions not(String actions) {
        return permissions("{\"Effect\":\"Allow\",\"NotAction\":" + array(actions) + ",\"Resource\":\"*\"}");
    }

    private static Permissions conditional(String effect, String condition) {
        return permissions(
                "{" + ANY + (effect.equals("Allow") ? ",\"Condition\":{" + condition + "}}" : "}"),
                "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{"
                        + (effect.equals("Deny") ? condition : "\"Null\":{\"never\":[\"x\"]}") + "}}");
    }

    private static String array(String values) {
        return Arrays.stream(values.split(",")).collect(Collectors.joining("\",\"", "[\"", "\"]"));
    }

    private static Permissions permissions(String... statements) {
        return new Permissions(
                statements.length == 0 ? List.of() : List.of(policy(String.join(",", statements))), Optional.empty());
    }

    private static NamedPolicy policy(String statements) {
        return NamedPolicy.of(
                "p", PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":[" + statements + "]}"));
    }

    private static Permissions with(Permissions permissions, NamedPolicy more) {
        List<NamedPolicy> policies = new ArrayList<>(permissions.identityPolicies());
        policies.add(more);
        return new Permissions(policies, permissions.boundary());
    }
}

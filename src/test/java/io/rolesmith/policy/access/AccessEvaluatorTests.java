package io.rolesmith.policy.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.Effect;
import io.rolesmith.policy.PolicyDocument;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessEvaluatorTests {

    private static final String OBJECT = "arn:aws:s3:::b/k";
    private static final String ALLOW_ALL = statement("Allow", "`Action`: `*`, `Resource`: `*`");
    private static final String DENY_ALL = statement("Deny", "`Action`: `*`, `Resource`: `*`");
    private static final String UNKNOWN_ALLOW =
            statement("Allow", "`Action`: `*`, `Resource`: `arn:aws:s3:::b/${aws:PrincipalTag/team}`");
    private static final String UNKNOWN_DENY =
            statement("Deny", "`Action`: `*`, `Resource`: `arn:aws:s3:::b/${aws:PrincipalTag/team}`");
    private static final String OTHER = statement("Allow", "`Action`: `ec2:*`, `Resource`: `*`");

    @ParameterizedTest(name = "{0} covers {1}: {2}")
    @CsvSource({
        "s3:GetObject, s3:GetObject, true",
        "S3:getobject, s3:GetObject, true",
        "s3:GetObject, S3:GETOBJECT, true",
        "s3:Get*, s3:GetObject, true",
        "s3:Get?bject, s3:GetObject, true",
        "*, s3:GetObject, true",
        "s3:Get*, s3:PutObject, false",
        "s3:GetObject, s3:GetObjectAcl, false",
        "s3:${aws:x}, s3:GetObject, false"
    })
    void comparesActionsWithoutCase(String pattern, String action, boolean covers) {
        PolicyDocument listed = policy(statement("Allow", "`Action`: `" + pattern + "`, `Resource`: `*`"));
        PolicyDocument excepted = policy(statement("Allow", "`NotAction`: `" + pattern + "`, `Resource`: `*`"));

        assertThat(decide(listed, action, OBJECT).decision())
                .isEqualTo(covers ? Decision.ALLOWED : Decision.IMPLICIT_DENY);
        assertThat(decide(excepted, action, OBJECT).decision())
                .isEqualTo(covers ? Decision.IMPLICIT_DENY : Decision.ALLOWED);
    }

    @ParameterizedTest(name = "{0} covers {1}: {2}")
    @CsvSource({
        "arn:aws:s3:::b/k, arn:aws:s3:::b/k, true",
        "arn:aws:s3:::b/k, arn:aws:s3:::b/K, false",
        "arn:aws:s3:::b/*, arn:aws:s3:::b/k/l, true",
        "arn:aws:s3:::b/*/l, arn:aws:s3:::b/k/m/l, true",
        "arn:aws:s3:::b/?, arn:aws:s3:::b/kk, false",
        "arn:aws:s3:*, arn:aws:s3:::b/k, true",
        "arn:aws:sqs:*:q, arn:aws:sqs:eu-west-1:123456789012:q, true",
        "arn:aws:sqs:*:123456789012:q, arn:aws:sqs:eu-west-1:123456789012:q, true",
        "*, *, true",
        "**, *, true",
        "arn:aws:s3:::b/k, *, false",
        "arn:*, *, false"
    })
    void comparesResourcesWithCase(String pattern, String resource, boolean covers) {
        PolicyDocument listed = policy(statement("Allow", "`Action`: `*`, `Resource`: `" + pattern + "`"));
        PolicyDocument excepted = policy(statement("Allow", "`Action`: `*`, `NotResource`: `" + pattern + "`"));

        assertThat(decide(listed, "s3:GetObject", resource).decision())
                .isEqualTo(covers ? Decision.ALLOWED : Decision.IMPLICIT_DENY);
        assertThat(decide(excepted, "s3:GetObject", resource).decision())
                .isEqualTo(covers ? Decision.IMPLICIT_DENY : Decision.ALLOWED);
    }

    @Test
    void exceptsAllOfSeveralNotActionsAndNotResources() {
        PolicyDocument document = policy(statement(
                "Allow", "`NotAction`: [`iam:*`, `s3:Put*`], `NotResource`: [`arn:aws:s3:::a/*`, `arn:aws:s3:::b/*`]"));

        assertThat(decide(document, "s3:GetObject", "arn:aws:s3:::c/k").decision())
                .isEqualTo(Decision.ALLOWED);
        assertThat(decide(document, "s3:PutObject", "arn:aws:s3:::c/k").decision())
                .isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(decide(document, "s3:GetObject", "arn:aws:s3:::b/k").decision())
                .isEqualTo(Decision.IMPLICIT_DENY);
    }

    @Test
    void statementsWithoutActionOrResourceSpeakOfNothing() {
        assertThat(decide(policy(statement("Allow", "`Resource`: `*`")), "s3:GetObject", OBJECT)
                        .decision())
                .isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(decide(policy(statement("Allow", "`Action`: `*`")), "s3:GetObject", OBJECT)
                        .decision())
                .isEqualTo(Decision.IMPLICIT_DENY);
    }

    /** A, D: certain; a, d: hangs on a variable; o: of something else; u: unread. */
    @ParameterizedTest(name = "identity {0}, boundary {1}: {2}, by {3}")
    @CsvSource({
        "'', none, IMPLICIT_DENY, ''",
        "o, none, IMPLICIT_DENY, ''",
        "A, none, ALLOWED, identity/Statement/0",
        "oAA, none, ALLOWED, identity/Statement/1 identity/Statement/2",
        "D, none, EXPLICIT_DENY, identity/Statement/0",
        "AD, none, EXPLICIT_DENY, identity/Statement/1",
        "a, none, UNDETERMINED, identity/Statement/0",
        "aA, none, ALLOWED, identity/Statement/1",
        "aD, none, EXPLICIT_DENY, identity/Statement/1",
        "d, none, UNDETERMINED, identity/Statement/0",
        "Ad, none, UNDETERMINED, identity/Statement/1",
        "aAd, none, UNDETERMINED, identity/Statement/2",
        "ad, none, UNDETERMINED, identity/Statement/0 identity/Statement/1",
        "dD, none, EXPLICIT_DENY, identity/Statement/1",
        "u, none, UNDETERMINED, ''",
        "uA, none, UNDETERMINED, ''",
        "uD, none, EXPLICIT_DENY, identity/Statement/0",
        "A, '', IMPLICIT_DENY, ''",
        "A, o, IMPLICIT_DENY, ''",
        "A, A, ALLOWED, identity/Statement/0 boundary/Statement/0",
        "'', A, IMPLICIT_DENY, ''",
        "A, AD, EXPLICIT_DENY, boundary/Statement/1",
        "AD, AD, EXPLICIT_DENY, identity/Statement/1 boundary/Statement/1",
        "o, D, EXPLICIT_DENY, boundary/Statement/0",
        "A, a, UNDETERMINED, boundary/Statement/0",
        "a, A, UNDETERMINED, identity/Statement/0",
        "a, a, UNDETERMINED, identity/Statement/0 boundary/Statement/0",
        "a, o, IMPLICIT_DENY, ''",
        "o, a, IMPLICIT_DENY, ''",
        "a, d, UNDETERMINED, boundary/Statement/0",
        "A, Ad, UNDETERMINED, boundary/Statement/1",
        "aD, d, EXPLICIT_DENY, identity/Statement/1",
        "A, u, UNDETERMINED, ''",
        "o, u, UNDETERMINED, ''",
        "u, o, UNDETERMINED, ''",
        "u, D, EXPLICIT_DENY, boundary/Statement/0",
        "D, u, EXPLICIT_DENY, identity/Statement/0"
    })
    void decides(String identity, String boundary, Decision decision, String by) {
        Permissions permissions = new Permissions(
                policies("identity", identity),
                boundary.equals("none")
                        ? Optional.empty()
                        : policies("boundary", boundary).stream().findFirst());

        AccessAnswer answer = AccessEvaluator.decide(permissions, request("s3:GetObject", OBJECT, Map.of()));

        assertThat(answer.decision()).isEqualTo(decision);
        assertThat(answer.matchedStatements().stream()
                        .map(matched -> matched.policy() + matched.pointer())
                        .toList())
                .isEqualTo(by.isEmpty() ? List.of() : List.of(by.split(" ")));
    }

    @Test
    void saysWhyNot() {
        Permissions none = permissions(policy(OTHER));
        assertThat(AccessEvaluator.decide(none, request("s3:GetObject", OBJECT, Map.of())))
                .isEqualTo(new AccessAnswer(
                        Decision.IMPLICIT_DENY,
                        List.of(),
                        Optional.of("No statement of the identity policies allows it.")));

        Permissions bounded =
                new Permissions(policies("identity", "A"), Optional.of(NamedPolicy.of("boundary", policy(OTHER))));
        assertThat(AccessEvaluator.decide(bounded, request("s3:GetObject", OBJECT, Map.of()))
                        .reason())
                .contains("No statement of the permissions boundary allows it.");

        Permissions unread = new Permissions(
                List.of(NamedPolicy.of("p", policy(ALLOW_ALL)), NamedPolicy.unread("arn:aws:iam::aws:policy/X")),
                Optional.empty());
        assertThat(AccessEvaluator.decide(unread, request("s3:GetObject", OBJECT, Map.of()))
                        .reason())
                .contains("The policy \"arn:aws:iam::aws:policy/X\" could not be read.");
    }

    @Test
    void namesTheStatementThatDecides() {
        PolicyDocument document =
                policy(ALLOW_ALL, statement("Deny", "`Sid`: `NoReading`, `Action`: `s3:Get*`, `Resource`: `*`"));

        assertThat(decide(document, "s3:GetObject", OBJECT).matchedStatements())
                .containsExactly(new MatchedStatement("p", "/Statement/1", Optional.of("NoReading"), Effect.DENY));
    }

    @Test
    void unitesIdentityPolicies() {
        Permissions permissions = new Permissions(
                List.of(
                        NamedPolicy.of("one", policy(OTHER)),
                        NamedPolicy.of("two", policy(ALLOW_ALL)),
                        NamedPolicy.of("three", policy(ALLOW_ALL))),
                Optional.empty());

        assertThat(AccessEvaluator.decide(permissions, request("s3:GetObject", OBJECT, Map.of()))
                        .matchedStatements())
                .extracting(MatchedStatement::policy)
                .containsExactly("two", "three");
    }

    /** The key ex:v is absent (-), has no value (0), an empty one (e), or the one or several that stand here. */
    @ParameterizedTest(name = "{0} with {1} covers {2}: {3}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '§',
            value = {
                "b/${ex:v}; k; b/k; ALLOWED",
                "b/${EX:V}; k; b/k; ALLOWED",
                "b/${ex:v}; k; b/l; IMPLICIT_DENY",
                "b/${ex:v}/${ex:v}; k; b/k/k; ALLOWED",
                "b/${ex:v}; -; b/k; UNDETERMINED",
                "b/${ex:v}; -; c/k; IMPLICIT_DENY",
                "b/${ex:v}/x; -; b/k/y; IMPLICIT_DENY",
                "b/${ex:v}; 0; b/k; IMPLICIT_DENY",
                "b/${ex:v}; 0; b/; IMPLICIT_DENY",
                "b/${ex:v}; e; b/k; UNDETERMINED",
                "b/${ex:v}; k|l; b/k; UNDETERMINED",
                "b/${ex:v, 'x'}; -; b/x; ALLOWED",
                "b/${ex:v, 'x'}; 0; b/x; ALLOWED",
                "b/${ex:v,'x'}; -; b/x; ALLOWED",
                "b/${ex:v, 'x'}; -; b/k; IMPLICIT_DENY",
                "b/${ex:v, 'x'}; k; b/x; IMPLICIT_DENY",
                "b/${ex:v, 'x'}; k; b/k; ALLOWED",
                "b/${ex:v, ''}; -; b/; ALLOWED",
                "b/${ex:v, '*'}; -; b/k; IMPLICIT_DENY",
                "b/${ex:v, '*'}; -; b/*; ALLOWED",
                "b/${ex:v, x}; -; b/x; UNDETERMINED",
                "b/${ex:v }; k; b/k; UNDETERMINED",
                "b/${}; k; b/k; UNDETERMINED",
                "b/${ex:v; k; b/${ex:v; ALLOWED",
                "b/${ex:v}; *; b/k; IMPLICIT_DENY",
                "b/${ex:v}; *; b/*; ALLOWED",
                "b/${ex:v}/*; ?; b/?/k; ALLOWED",
                "b/${ex:v}/*; ?; b/x/k; IMPLICIT_DENY",
                "b/${ex:v}; ${ex:v}; b/${ex:v}; ALLOWED",
                "b/${*}; -; b/*; ALLOWED",
                "b/${*}; -; b/k; IMPLICIT_DENY",
                "b/${?}; -; b/?; ALLOWED",
                "b/${?}; -; b/k; IMPLICIT_DENY",
                "b/${$}{ex:v}; -; b/${ex:v}; ALLOWED",
                "b/*/${*}; -; b/k/*; ALLOWED"
            })
    void replacesVariablesInResources(String resource, String value, String requested, Decision decision) {
        PolicyDocument document =
                policy(statement("Allow", "`Action`: `*`, `Resource`: `arn:aws:s3:::" + resource + "`"));
        PolicyDocument denying = policy(
                statement("Allow", "`Action`: `*`, `Resource`: `*`"),
                statement("Deny", "`Action`: `*`, `NotResource`: `arn:aws:s3:::" + resource + "`"));
        AccessRequest request = request("s3:GetObject", "arn:aws:s3:::" + requested, context(value));

        assertThat(AccessEvaluator.decide(permissions(document), request).decision())
                .isEqualTo(decision);
        assertThat(AccessEvaluator.decide(permissions(denying), request).decision())
                .isEqualTo(decision == Decision.IMPLICIT_DENY ? Decision.EXPLICIT_DENY : decision);
    }

    @ParameterizedTest(name = "{0} {1} with {2} against {3}: {4}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '§',
            value = {
                "StringEquals; ${ex:v}; k; k; ALLOWED",
                "StringEquals; ${ex:v}; k; l; IMPLICIT_DENY",
                "StringEquals; ${ex:v}; -; k; UNDETERMINED",
                "StringEquals; ${ex:v}; -; -; IMPLICIT_DENY",
                "StringEquals; ${ex:v}; 0; k; IMPLICIT_DENY",
                "StringEquals; x${ex:v}; -; k; IMPLICIT_DENY",
                "StringEquals; x*${ex:v}; -; xyz; IMPLICIT_DENY",
                "StringEquals; ${ex:v}; *; k; IMPLICIT_DENY",
                "StringEquals; ${ex:v}; *; *; ALLOWED",
                "StringEquals; ${*}; -; *; ALLOWED",
                "StringEquals; ${ex:v, 'd'}; -; d; ALLOWED",
                "StringNotEquals; ${ex:v}; k; k; IMPLICIT_DENY",
                "StringNotEquals; ${ex:v}; 0; k; ALLOWED",
                "StringNotEquals; ${ex:v}; -; k; UNDETERMINED",
                "StringNotEquals; x${ex:v}; -; k; ALLOWED",
                "StringNotEquals; ${ex:v}; -; -; ALLOWED",
                "StringEqualsIgnoreCase; a-${ex:v}; K; A-k; ALLOWED",
                "StringEqualsIgnoreCase; a-${ex:v}; -; A-k; UNDETERMINED",
                "StringEqualsIgnoreCase; a-${ex:v}; -; B-k; IMPLICIT_DENY",
                "StringNotEqualsIgnoreCase; ${ex:v}; K; k; IMPLICIT_DENY",
                "StringLike; ${ex:v}/*; k; k/l; ALLOWED",
                "StringLike; ${ex:v}/*; *; k/l; IMPLICIT_DENY",
                "StringLike; ${ex:v}/*; *; */l; ALLOWED",
                "StringLike; ${ex:v}/*; -; k/l; UNDETERMINED",
                "StringLike; ${*}*; -; *a; ALLOWED",
                "StringLike; ${*}*; -; a; IMPLICIT_DENY",
                "StringNotLike; ${ex:v}/*; 0; k/l; ALLOWED",
                "ArnLike; arn:aws:s3:::${ex:v}/*; k; arn:aws:s3:::k/l; ALLOWED",
                "ArnLike; arn:aws:s3:::${ex:v}/*; *; arn:aws:s3:::k/l; IMPLICIT_DENY",
                "ArnLike; ${ex:v}; arn:aws:s3:::k; arn:aws:s3:::k; ALLOWED",
                "ArnLike; ${ex:v}; -; arn:aws:s3:::k; UNDETERMINED",
                "ArnLike; arn:aws:sqs:::${ex:v}; -; arn:aws:s3:::k; IMPLICIT_DENY",
                "ArnEquals; arn:aws:iam::${ex:v}:role/r; 1; arn:aws:iam::1:role/r; ALLOWED",
                "ArnNotEquals; arn:aws:s3:::${ex:v}; 0; arn:aws:s3:::k; ALLOWED",
                "ForAllValues:StringEquals; ${ex:v}; k; k; ALLOWED",
                "ForAnyValue:StringLike; ${ex:v}*; -; k; UNDETERMINED",
                "NumericEquals; ${ex:v}; 1; 1; UNDETERMINED",
                "Bool; ${ex:v}; true; true; UNDETERMINED",
                "IpAddress; ${ex:v}; 10.0.0.1; 10.0.0.1; UNDETERMINED"
            })
    void replacesVariablesInConditions(
            String operator, String value, String variable, String requested, Decision decision) {
        PolicyDocument document = policy(statement(
                "Allow",
                "`Action`: `*`, `Resource`: `*`, `Condition`: {`" + operator + "`: {`ex:key`: `" + value + "`}}"));
        Map<String, List<String>> context = new HashMap<>(context(variable));
        if (!requested.equals("-")) {
            context.put("ex:key", List.of(requested));
        }

        assertThat(AccessEvaluator.decide(permissions(document), request("s3:GetObject", OBJECT, context))
                        .decision())
                .isEqualTo(decision);
    }

    @Test
    void takesVariablesForTextUnderTheOlderVersion() {
        String json = policy(UNKNOWN_ALLOW).json();
        Map<String, List<String>> context = Map.of("aws:PrincipalTag/team", List.of("k"));
        for (PolicyDocument document : List.of(
                PolicyDocument.parse(json.replace("2012-10-17", "2008-10-17")),
                PolicyDocument.parse(json.replace("\"Version\":\"2012-10-17\",", "")))) {
            assertThat(AccessEvaluator.decide(permissions(document), request("s3:GetObject", OBJECT, context))
                            .decision())
                    .isEqualTo(Decision.IMPLICIT_DENY);
            assertThat(AccessEvaluator.decide(
                                    permissions(document),
                                    request("s3:GetObject", "arn:aws:s3:::b/${aws:PrincipalTag/team}", Map.of()))
                            .decision())
                    .isEqualTo(Decision.ALLOWED);
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '§',
            value = {
                "arn:aws:s3:::b/${ex:v}; -; The variable ${ex:v} has no value in the context.",
                "arn:aws:s3:::b/${ex:v}; k|l; The variable ${ex:v} may have several values, and IAM replaces only"
                        + " variables that have one.",
                "arn:aws:s3:::b/${ex:v}; e; The variable ${ex:v} has an empty value in the context, and AWS does not say"
                        + " what stands in its place then.",
                "arn:aws:s3:::b/${ex:v, k}; -; The variable ${ex:v, k} is not written as IAM reads variables.",
                "arn:aws:${ex:v}:::b/k; s3; The resource \"arn:aws:${ex:v}:::b/k\" has a variable before its fifth colon,"
                        + " where IAM replaces none."
            })
    void saysWhatTheAnswerHangsOn(String resource, String value, String reason) {
        PolicyDocument document = policy(statement("Allow", "`Action`: `*`, `Resource`: `" + resource + "`"));

        AccessAnswer answer =
                AccessEvaluator.decide(permissions(document), request("s3:GetObject", OBJECT, context(value)));

        assertThat(answer.decision()).isEqualTo(Decision.UNDETERMINED);
        assertThat(answer.reason()).contains(reason);
    }

    @Test
    void doesNotReplaceVariablesOfKeysOfSeveralValues() {
        PolicyDocument document =
                policy(statement("Allow", "`Action`: `*`, `Resource`: `arn:aws:s3:::b/${aws:TagKeys}`"));

        assertThat(AccessEvaluator.decide(
                                permissions(document),
                                request("s3:GetObject", OBJECT, Map.of("aws:TagKeys", List.of("k"))))
                        .decision())
                .isEqualTo(Decision.UNDETERMINED);
    }

    @Test
    void aVariableBeforeTheFifthColonThatCouldNotMatchIsNoMatter() {
        PolicyDocument document =
                policy(statement("Allow", "`Action`: `*`, `Resource`: `arn:aws:sqs:${ex:v, 'x'}:1:q`"));

        assertThat(decide(document, "s3:GetObject", OBJECT).decision()).isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(decide(document, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:1:q")
                        .decision())
                .isEqualTo(Decision.UNDETERMINED);
    }

    /**
     * A determined answer must stay the same whatever the variables turn out to be, and whatever the unread policy says.
     */
    @Test
    void determinedAnswersHoldForEveryValueOfWhatIsNotKnown() {
        long seed = System.nanoTime();
        System.out.println("AccessEvaluatorTests, seed " + seed);
        Random random = new Random(seed);
        int determined = 0;
        int undetermined = 0;
        for (int round = 0; round < 4_000; round++) {
            List<NamedPolicy> policies = new ArrayList<>(List.of(NamedPolicy.of("p", random(random))));
            boolean unread = random.nextInt(5) == 0;
            Optional<NamedPolicy> boundary =
                    random.nextBoolean() ? Optional.empty() : Optional.of(NamedPolicy.of("b", random(random)));
            List<NamedPolicy> known = List.copyOf(policies);
            if (unread) {
                policies.add(NamedPolicy.unread("u"));
            }
            Map<String, List<String>> context =
                    random.nextBoolean() ? Map.of() : Map.of("ex:key", List.of(pick(random, "k", "l", "*")));
            AccessAnswer answer = AccessEvaluator.decide(
                    new Permissions(policies, boundary), request("s3:GetObject", OBJECT, context));
            if (answer.decision() == Decision.UNDETERMINED) {
                undetermined++;
                assertThat(answer.reason()).isPresent();
                continue;
            }
            determined++;
            List<PolicyDocument> completions =
                    unread ? List.of(policy(ALLOW_ALL), policy(DENY_ALL), policy(OTHER)) : List.of(policy(OTHER));
            for (PolicyDocument completion : completions) {
                List<NamedPolicy> completed = new ArrayList<>(known);
                completed.add(NamedPolicy.of("u", completion));
                for (List<String> a : List.of(List.<String>of(), List.of("k"), List.of("*"), List.of("b/k"))) {
                    for (List<String> b : List.of(List.<String>of(), List.of("k"), List.of("l"))) {
                        Map<String, List<String>> more = new HashMap<>(context);
                        more.put("ex:a", a);
                        more.put("ex:b", b);
                        assertThat(AccessEvaluator.decide(
                                                new Permissions(completed, boundary),
                                                request("s3:GetObject", OBJECT, more))
                                        .decision())
                                .as("%s within %s, %s, seed %d", policies, boundary, more, seed)
                                .isEqualTo(answer.decision());
                    }
                }
            }
        }
        assertThat(determined).isGreaterThan(1_000);
        assertThat(undetermined).isGreaterThan(200);
    }

    /** Of the thread's own time the best of several runs, since builds share their machines. */
    @ParameterizedTest(name = "{0} times {1}")
    @CsvSource({
        "1, *a, 30000",
        "1, *a*?, 15000",
        "1, ${ex:v}a, 8000",
        "9000, *a*b*, 1",
        "5500, *aaaaaaaaaaaab*, 1",
        "5500, *aaaaaa?aaaaab*, 1",
        "100, a, 1000",
        "100, a?, 500"
    })
    void answersInTimeForDocumentsMadeToHurt(int patterns, String piece, int times) {
        String pattern = "*" + piece.repeat(times) + "b*";
        PolicyDocument document = policy(statement(
                "Allow",
                "`Action`: [`" + pattern + "`, `*`], `Resource`: [`x`" + (", `" + pattern + "`").repeat(patterns)
                        + "]"));
        AccessRequest request = request("s3:" + "a".repeat(100), "arn:aws:s3:::" + "a".repeat(2_000), Map.of());
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 12; i++) {
            long start = threads.getCurrentThreadCpuTime();
            assertThat(AccessEvaluator.decide(permissions(document), request).decision())
                    .isEqualTo(Decision.IMPLICIT_DENY);
            best = Math.min(best, threads.getCurrentThreadCpuTime() - start);
        }
        assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(500));
    }

    @Test
    void comparesNumbersOfAnySizeInTime() {
        PolicyDocument document = policy(statement(
                "Allow",
                "`Action`: `*`, `Resource`: `*`, `Condition`: {`NumericLessThan`: {`ex:v`: [`1e999999999`"
                        + (", `1" + "0".repeat(20) + "e99999999`").repeat(3_000) + "]}}"));

        assertThat(AccessEvaluator.decide(
                                permissions(document), request("s3:GetObject", OBJECT, context("9e999999999")))
                        .decision())
                .isEqualTo(Decision.IMPLICIT_DENY);
    }

    private static PolicyDocument random(Random random) {
        List<String> statements = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            String condition = random.nextBoolean()
                    ? ""
                    : ", `Condition`: {`%s`: {`%s`: `%s`}}"
                            .formatted(
                                    pick(random, "StringEquals", "StringNotEquals", "StringLike", "Null"),
                                    pick(random, "ex:key", "ex:other"),
                                    pick(random, "k", "${ex:a}", "x${ex:b}", "true", "*"));
            statements.add(statement(
                    pick(random, "Allow", "Allow", "Deny"),
                    "`Action`: `%s`, `%s`: `%s`"
                                    .formatted(
                                            pick(random, "*", "s3:*", "ec2:*"),
                                            pick(random, "Resource", "NotResource"),
                                            pick(
                                                    random,
                                                    "*",
                                                    "arn:aws:s3:::b/${ex:a}",
                                                    "arn:aws:s3:::${ex:a}",
                                                    "arn:aws:s3:::b/${ex:b}*",
                                                    "arn:aws:s3:::c/*"))
                            + condition));
        }
        return policy(statements.toArray(String[]::new));
    }

    private static String pick(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static List<NamedPolicy> policies(String name, String kinds) {
        List<String> statements = new ArrayList<>();
        boolean unread = false;
        for (char kind : kinds.toCharArray()) {
            switch (kind) {
                case 'A' -> statements.add(ALLOW_ALL);
                case 'D' -> statements.add(DENY_ALL);
                case 'a' -> statements.add(UNKNOWN_ALLOW);
                case 'd' -> statements.add(UNKNOWN_DENY);
                case 'o' -> statements.add(OTHER);
                default -> unread = true;
            }
        }
        List<NamedPolicy> policies = new ArrayList<>();
        if (!statements.isEmpty()) {
            policies.add(NamedPolicy.of(name, policy(statements.toArray(String[]::new))));
        } else if (!unread) {
            policies.add(NamedPolicy.of(name, policy(OTHER)));
        }
        if (unread) {
            policies.add(NamedPolicy.unread(name + "-unread"));
        }
        return policies;
    }

    private static Map<String, List<String>> context(String value) {
        return switch (value) {
            case "-" -> Map.of();
            case "0" -> Map.of("ex:v", List.of());
            case "e" -> Map.of("ex:v", List.of(""));
            default -> Map.of("ex:v", List.of(value.split("\\|")));
        };
    }

    private static AccessAnswer decide(PolicyDocument document, String action, String resource) {
        return AccessEvaluator.decide(permissions(document), request(action, resource, Map.of()));
    }

    private static AccessRequest request(String action, String resource, Map<String, List<String>> context) {
        return new AccessRequest(action, resource, context);
    }

    private static Permissions permissions(PolicyDocument document) {
        return new Permissions(List.of(NamedPolicy.of("p", document)), Optional.empty());
    }

    private static String statement(String effect, String rest) {
        return "{`Effect`: `" + effect + "`, " + rest + "}";
    }

    /** The document of these statements, in which backquotes stand for double ones. */
    private static PolicyDocument policy(String... statements) {
        return PolicyDocument.parse("{\"Version\": \"2012-10-17\", \"Statement\": ["
                + String.join(", ", statements).replace('`', '"') + "]}");
    }
}

package io.rolesmith.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.PolicyDifference.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyComparisonTests {

    private static final String READ =
            "{\"Sid\":\"Read\",\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:ListBucket\"],\"Resource\":\"arn:aws:s3:::b/*\"}";
    private static final String WRITE =
            "{\"Effect\":\"Allow\",\"Action\":\"s3:PutObject\",\"Resource\":\"arn:aws:s3:::b/*\"}";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            READ | [READ, WRITE] | ADDED Statement - /Statement/1 [] [] | The statement "Allow s3:PutObject" is only on the right.
            [READ, WRITE] | WRITE | REMOVED Statement /Statement/0 - [] [] | The statement "Read" (Allow s3:GetObject, s3:ListBucket) is only on the left.
            READ | READ(GetObject=PutObject) | CHANGED Action /Statement/Action /Statement/Action [s3:GetObject] [s3:PutObject] | Action loses "s3:GetObject" and gains "s3:PutObject".
            [WRITE, READ] | [READ(Allow=Deny), WRITE] | CHANGED Effect /Statement/1/Effect /Statement/0/Effect [Allow] [Deny] | Effect loses "Allow" and gains "Deny".
            READ | READ("Resource":"arn:aws:s3:::b/*"="Resource":["arn:aws:s3:::b/*","*"]) | CHANGED Resource /Statement/Resource /Statement/Resource [] [*] | Resource gains "*".
            READ | READ("Sid":"Read",=) | REMOVED Sid /Statement/Sid - [Read] [] | Sid loses "Read".
            READ | READ("Sid":"Read"="Sid":"Other") | CHANGED Sid /Statement/Sid /Statement/Sid [Read] [Other] | Sid loses "Read" and gains "Other".
            WRITE | WRITE("Action"="NotAction") | ADDED NotAction - /Statement/NotAction [] [s3:PutObject] | NotAction gains "s3:PutObject".
            """)
    void saysWhatIsDifferentAndWhere(String left, String right, String expected, String message) {
        List<PolicyDifference> differences = PolicyComparison.differences(document(left), document(right));

        assertThat(differences).extracting(PolicyComparisonTests::shown).contains(expected);
        assertThat(differences).extracting(PolicyDifference::message).contains(message);
    }

    @Test
    void comparesConditionsLineByLine() {
        assertThat(PolicyComparison.differences(
                        withCondition("{\"StringEquals\":{\"aws:A\":[\"x\",\"y\"]},\"Bool\":{\"aws:B\":\"true\"}}"),
                        withCondition("{\"StringEquals\":{\"AWS:a\":[\"y\",\"z\"]},\"Null\":{\"aws:C\":\"true\"}}")))
                .extracting(PolicyComparisonTests::shown)
                .containsExactly(
                        "CHANGED Condition /Statement/Condition/StringEquals/aws:A"
                                + " /Statement/Condition/StringEquals/AWS:a [x] [z]",
                        "REMOVED Condition /Statement/Condition/Bool/aws:B - [Bool aws:B true] []",
                        "ADDED Condition - /Statement/Condition/Null/aws:C [] [Null aws:C true]");
    }

    @Test
    void comparesPrincipalsByWhatTheyStandFor() {
        PolicyDocument left = trust("{\"AWS\":[\"123456789012\",\"210987654321\"]}");
        PolicyDocument right =
                trust("{\"AWS\":[\"arn:aws:iam::123456789012:root\"],\"Service\":\"ec2.amazonaws.com\"}");

        assertThat(PolicyComparison.differences(left, right))
                .extracting(PolicyComparisonTests::shown)
                .containsExactly("CHANGED Principal /Statement/Principal /Statement/Principal [AWS: 210987654321]"
                        + " [Service: ec2.amazonaws.com]");
    }

    @Test
    void anyoneIsNotAnyoneOfAws() {
        assertThat(PolicyComparison.differences(trust("\"*\""), trust("{\"AWS\":\"*\"}")))
                .extracting(PolicyComparisonTests::shown)
                .containsExactly("CHANGED Principal /Statement/Principal /Statement/Principal [*] [AWS: *]");
    }

    @Test
    void comparesVersionAndId() {
        assertThat(PolicyComparison.differences(
                        PolicyDocument.parse("{\"Statement\":[" + WRITE + "]}"),
                        PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Id\":\"x\",\"Statement\":" + WRITE + "}")))
                .extracting(PolicyComparisonTests::shown)
                .containsExactly(
                        "CHANGED Version /Version /Version [2008-10-17] [2012-10-17]", "ADDED Id - /Id [] [x]");
    }

    @Test
    void takesStatementsForTheSameThatShareAllButOneElement() {
        assertThat(PolicyComparison.differences(
                        document("[WRITE, READ]"),
                        PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":["
                                + READ.replace("b/*", "c/*") + ","
                                + WRITE.replace("b/*", "d/*") + "]}")))
                .extracting(PolicyComparisonTests::shown)
                .containsExactly(
                        "CHANGED Resource /Statement/0/Resource /Statement/1/Resource [arn:aws:s3:::b/*] [arn:aws:s3:::d/*]",
                        "CHANGED Resource /Statement/1/Resource /Statement/0/Resource [arn:aws:s3:::b/*] [arn:aws:s3:::c/*]");
    }

    @Test
    void findsNothingBetweenSpellingsAndSomethingBetweenMeanings() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            RandomPolicy policy = RandomPolicy.of(random);
            PolicyDocument left = PolicyDocument.parse(policy.write(random, true));
            PolicyDocument same = PolicyDocument.parse(policy.write(random, true));
            PolicyDocument changed = PolicyDocument.parse(policy.changed(random).write(random, true));
            PolicyDocument other = PolicyDocument.parse(RandomPolicy.of(random).write(random, true));

            assertThat(PolicyComparison.differences(left, same))
                    .as("seed %d", seed)
                    .isEmpty();
            for (PolicyDocument right : List.of(changed, other)) {
                List<PolicyDifference> there = PolicyComparison.differences(left, right);
                assertThat(there.isEmpty())
                        .as("seed %d%n%s%n%s", seed, left, right)
                        .isEqualTo(left.isEquivalentTo(right));
                assertThat(there).allSatisfy(PolicyComparisonTests::isConsistent);
                assertThat(there.stream()
                                .mapToInt(PolicyComparisonTests::values)
                                .sum())
                        .as("as much on the way back, seed %d", seed)
                        .isEqualTo(PolicyComparison.differences(right, left).stream()
                                .mapToInt(PolicyComparisonTests::values)
                                .sum());
            }
        }
    }

    @Test
    void comparesLargeDocumentsWithNothingInCommon() {
        String left = IntStream.range(0, 1_000)
                .mapToObj(i -> WRITE.replace("b/*", "left" + i).replace("PutObject", "Put" + i))
                .collect(Collectors.joining(",", "{\"Statement\":[", "]}"));

        assertThat(PolicyComparison.differences(
                        PolicyDocument.parse(left), PolicyDocument.parse(left.replace("left", "right"))))
                .hasSize(1_000)
                .allSatisfy(difference -> assertThat(difference.element()).isEqualTo("Resource"));
    }

    private static void isConsistent(PolicyDifference difference) {
        assertThat(difference.left().isPresent()).isEqualTo(difference.kind() != Kind.ADDED);
        assertThat(difference.right().isPresent()).isEqualTo(difference.kind() != Kind.REMOVED);
        assertThat(difference.message()).endsWith(".");
    }

    private static int values(PolicyDifference difference) {
        return difference.removed().size() + difference.added().size();
    }

    /** {@code READ}, {@code WRITE} or a list of them, each perhaps with {@code (this=that)} replaced. */
    private static PolicyDocument document(String spec) {
        List<String> statements = new ArrayList<>();
        String list = spec.startsWith("[") ? spec.substring(1, spec.length() - 1) : spec;
        for (String one : spec.startsWith("[") ? list.split(", ") : new String[] {list}) {
            String json = one.startsWith("READ") ? READ : WRITE;
            if (one.endsWith(")")) {
                String[] change =
                        one.substring(one.indexOf('(') + 1, one.length() - 1).split("=", 2);
                assertThat(json).contains(change[0]);
                json = json.replace(change[0], change[1]);
            }
            statements.add(json);
        }
        String body = spec.startsWith("[") ? statements.toString() : statements.getFirst();
        return PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":" + body + "}");
    }

    private static PolicyDocument withCondition(String condition) {
        return PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":"
                + WRITE.replace("\"Effect\"", "\"Condition\":" + condition + ",\"Effect\"") + "}");
    }

    private static PolicyDocument trust(String principal) {
        return PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":"
                + principal + ",\"Action\":\"sts:AssumeRole\"}}");
    }

    private static String shown(PolicyDifference difference) {
        return String.join(
                " ",
                difference.kind().name(),
                difference.element(),
                shown(difference.left()),
                shown(difference.right()),
                difference.removed().toString(),
                difference.added().toString());
    }

    private static String shown(Optional<String> pointer) {
        return pointer.orElse("-");
    }
}

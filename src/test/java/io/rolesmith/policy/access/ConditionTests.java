package io.rolesmith.policy.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.PolicyDocument;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One line of a condition block against one key of the request: met, not met, or unknown. */
class ConditionTests {

    @ParameterizedTest(name = "{0} {1} against {2}: {3}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '§',
            value = {
                "StringEquals; 'a'; a; met",
                "StringEquals; 'a'; A; not met",
                "StringEquals; 'a','b'; b; met",
                "StringEquals; 'a'; b; not met",
                "StringEquals; 'a*'; ab; not met",
                "StringEquals; 'a*'; a*; met",
                "StringEquals; ''; EMPTY; met",
                "StringEquals; 'a'; EMPTY; not met",
                "StringEquals; 'a'; ABSENT; not met",
                "StringEquals; 'a'; NONE; not met",
                "StringEquals; NO; a; not met",
                "StringNotEquals; 'a'; b; met",
                "StringNotEquals; 'a'; a; not met",
                "StringNotEquals; 'a','b'; b; not met",
                "StringNotEquals; 'a','b'; c; met",
                "StringNotEquals; 'a'; ABSENT; met",
                "StringNotEquals; 'a'; NONE; met",
                "StringNotEquals; NO; a; met",
                "StringEqualsIgnoreCase; 'Team-A'; tEAM-a; met",
                "StringEqualsIgnoreCase; 'a'; b; not met",
                "StringEqualsIgnoreCase; 'a*'; ab; not met",
                "StringEqualsIgnoreCase; 'a'; ABSENT; not met",
                "StringNotEqualsIgnoreCase; 'A'; a; not met",
                "StringNotEqualsIgnoreCase; 'A'; b; met",
                "StringNotEqualsIgnoreCase; 'A'; ABSENT; met",
                "StringLike; 'a*'; abc; met",
                "StringLike; 'a?c'; abc; met",
                "StringLike; 'a?c'; ac; not met",
                "StringLike; 'A*'; abc; not met",
                "StringLike; '*'; EMPTY; met",
                "StringLike; '*'; ABSENT; not met",
                "StringLike; 'arn:aws:x:*:111122223333:f/*'; arn:aws:x:r:9:s/a:111122223333:f/d; met",
                "StringNotLike; 'a*'; abc; not met",
                "StringNotLike; 'a*'; b; met",
                "StringNotLike; 'a*'; ABSENT; met",
                "NumericEquals; '10'; 10.0; met",
                "NumericEquals; 10; 10; met",
                "NumericEquals; '1e3'; 1000; met",
                "NumericEquals; '9007199254740993'; 9007199254740992; not met",
                "NumericEquals; '10'; 11; not met",
                "NumericEquals; '10'; ten; not met",
                "NumericEquals; '10'; ' 10'; not met",
                "NumericEquals; '10'; 0x0a; not met",
                "NumericEquals; 'ten'; 10; unknown",
                "NumericEquals; 'ten','10'; 10; met",
                "NumericEquals; '10'; ABSENT; not met",
                "NumericNotEquals; '10'; 11; met",
                "NumericNotEquals; '10'; 10.00; not met",
                "NumericNotEquals; '10'; ten; met",
                "NumericNotEquals; 'ten'; 10; unknown",
                "NumericNotEquals; '10'; ABSENT; met",
                "NumericLessThan; '10'; 9.99; met",
                "NumericLessThan; '10'; 10; not met",
                "NumericLessThan; '10'; -1e2; met",
                "NumericLessThan; '10'; ten; not met",
                "NumericLessThan; '10'; ABSENT; not met",
                "NumericLessThan; '5','10'; 7; met",
                "NumericLessThanEquals; '10'; 10; met",
                "NumericLessThanEquals; '10'; 10.01; not met",
                "NumericGreaterThan; '10'; 10.01; met",
                "NumericGreaterThan; '10'; 10; not met",
                "NumericGreaterThanEquals; '10'; 10; met",
                "NumericGreaterThanEquals; '10'; 9; not met",
                "DateEquals; '2026-01-01T00:00:00Z'; 2026; met",
                "DateEquals; '2026-01'; 2026-01-01; met",
                "DateEquals; '2026-01-01T01:00+01:00'; 2026-01-01T00:00Z; met",
                "DateEquals; '2025-12-31T22:30:00.0-01:30'; 2026-01-01T00:00:00Z; met",
                "DateEquals; '1767225600'; 2026-01-01T00:00:00Z; met",
                "DateEquals; 1767225600; 2026; met",
                "DateEquals; '2026-01-01T00:00:00.5Z'; 2026-01-01T00:00:00.500Z; met",
                "DateEquals; '2026-01-01T00:00:00.5Z'; 2026-01-01T00:00:00Z; not met",
                "DateEquals; '2026'; yesterday; not met",
                "DateEquals; '2026'; 2026-1-1; not met",
                "DateEquals; '2026'; 2026-01-01T00:00:00; not met",
                "DateEquals; '2026'; 2026-01-01T00:00:00Zx; not met",
                "DateEquals; '2026-13'; 2026; unknown",
                "DateEquals; '2026-02-30'; 2026; unknown",
                "DateEquals; '2026'; ABSENT; not met",
                "DateNotEquals; '2026'; 2027; met",
                "DateNotEquals; '2026'; 2026-01-01; not met",
                "DateNotEquals; '2026'; yesterday; met",
                "DateNotEquals; '2026'; ABSENT; met",
                "DateLessThan; '2026'; 2025-12-31T23:59:59.999Z; met",
                "DateLessThan; '2026'; 2026; not met",
                "DateLessThan; '2026'; -1; met",
                "DateLessThanEquals; '2026'; 2026; met",
                "DateLessThanEquals; '2026'; 2026-01-01T00:00:01Z; not met",
                "DateGreaterThan; '2026'; 2026-01-01T00:00:01Z; met",
                "DateGreaterThan; '2026'; 2026; not met",
                "DateGreaterThanEquals; '2026'; 2026; met",
                "DateGreaterThanEquals; '2026'; 2025; not met",
                "Bool; 'true'; true; met",
                "Bool; true; TRUE; met",
                "Bool; 'True'; false; not met",
                "Bool; 'false'; false; met",
                "Bool; 'true'; yes; not met",
                "Bool; 'yes'; true; unknown",
                "Bool; 'true'; ABSENT; not met",
                "Bool; 'false'; ABSENT; not met",
                "BinaryEquals; 'QUI='; QUI=; met",
                "BinaryEquals; 'QUI='; QUI; met",
                "BinaryEquals; 'QUI='; QUJD; not met",
                "BinaryEquals; 'QUI='; _; not met",
                "BinaryEquals; '_'; QUI=; unknown",
                "BinaryEquals; 'QUI='; ABSENT; not met",
                "IpAddress; '203.0.113.0/24'; 203.0.113.255; met",
                "IpAddress; '203.0.113.0/24'; 203.0.114.0; not met",
                "IpAddress; '203.0.113.128/25'; 203.0.113.127; not met",
                "IpAddress; '203.0.113.7'; 203.0.113.7; met",
                "IpAddress; '203.0.113.7'; 203.0.113.8; not met",
                "IpAddress; '0.0.0.0/0'; 198.51.100.1; met",
                "IpAddress; '0.0.0.0/0'; 2001:db8::1; not met",
                "IpAddress; '::/0'; 198.51.100.1; not met",
                "IpAddress; '::/0'; 2001:db8::1; met",
                "IpAddress; '::ffff:0:0/96'; 198.51.100.1; not met",
                "IpAddress; '2001:DB8:1234:5678::/64'; 2001:db8:1234:5678:ffff::1; met",
                "IpAddress; '2001:DB8:1234:5678::/64'; 2001:db8:1234:5679::1; not met",
                "IpAddress; '2001:db8::1'; 2001:0db8:0:0:0:0:0:1; met",
                "IpAddress; '2001:db8::1'; 2001:db8::2; not met",
                "IpAddress; '2001:db8::/47'; 2001:db8:1:ffff::; met",
                "IpAddress; '2001:db8::/47'; 2001:db8:2::; not met",
                "IpAddress; '203.0.113.0/24'; 203.0.113; not met",
                "IpAddress; '203.0.113.0/24'; 203.0.113.1.1; not met",
                "IpAddress; '203.0.113.0/24'; 203.0.113.0/32; not met",
                "IpAddress; '203.0.113.0/33'; 203.0.113.1; unknown",
                "IpAddress; '1:2:3:4:5:6:7:8::'; 1:2:3:4:5:6:7:8; unknown",
                "IpAddress; '203.0.113.0/24'; ABSENT; not met",
                "NotIpAddress; '203.0.113.0/24'; 203.0.114.1; met",
                "NotIpAddress; '203.0.113.0/24'; 203.0.113.1; not met",
                "NotIpAddress; '203.0.113.0/24'; 2001:db8::1; met",
                "NotIpAddress; '203.0.113.0/24'; elsewhere; met",
                "NotIpAddress; '203.0.113.0/24'; ABSENT; met",
                "ArnEquals; 'arn:aws:sns:*:1:t'; arn:aws:sns:eu-west-1:1:t; met",
                "ArnLike; 'arn:aws:sns:*:1:t*'; arn:aws:sns:eu-west-1:1:t:x; met",
                "ArnLike; 'arn:aws:sns:*:1:t*'; arn:aws:sns:eu-west-1:2:t; not met",
                "ArnLike; 'arn:aws:x:*:111122223333:f/*'; arn:aws:x:r:9:s/a:111122223333:f/d; not met",
                "ArnLike; 'arn:aws:*'; arn:aws:sns:eu-west-1:1:t; not met",
                "ArnLike; '*'; arn:aws:sns:eu-west-1:1:t; met",
                "ArnLike; '*'; no-arn; not met",
                "ArnLike; 'arn:aws:sns:*:1:t'; arn:aws:sns:eu-west-1:1:T; not met",
                "ArnLike; 'arn:aws:s3:::b'; arn:aws:s3:::b; met",
                "ArnLike; 'arn:aws:s3:?::b'; arn:aws:s3:::b; not met",
                "ArnLike; 'arn:aws:sns:*:1:t'; ABSENT; not met",
                "ArnNotEquals; 'arn:aws:sns:*:1:t'; arn:aws:sns:eu-west-1:1:t; not met",
                "ArnNotLike; 'arn:aws:sns:*:1:t'; arn:aws:sns:eu-west-1:2:t; met",
                "ArnNotLike; 'arn:aws:sns:*:1:t'; no-arn; met",
                "ArnNotLike; 'arn:aws:sns:*:1:t'; ABSENT; met",
                "Null; 'true'; ABSENT; met",
                "Null; 'true'; NONE; met",
                "Null; true; ABSENT; met",
                "Null; 'true'; a; not met",
                "Null; 'true'; a|b; not met",
                "Null; 'false'; a; met",
                "Null; 'false'; ABSENT; not met",
                "Null; 'true','false'; a; met",
                "Null; 'true'; EMPTY; unknown",
                "Null; 'perhaps'; a; unknown",
                "ForAnyValue:Null; 'true'; ABSENT; met",
                "StringLikeEquals; 'a'; a; unknown",
                "stringEquals; 'a'; a; unknown"
            })
    void meets(String operator, String values, String request, String expected) {
        assertThat(met(operator, values, request)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} {1} against {2}: {3}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '§',
            value = {
                "StringEqualsIfExists; 'a'; ABSENT; met",
                "StringEqualsIfExists; 'a'; NONE; met",
                "StringEqualsIfExists; 'a'; a; met",
                "StringEqualsIfExists; 'a'; b; not met",
                "StringNotEqualsIfExists; 'a'; ABSENT; met",
                "StringNotEqualsIfExists; 'a'; a; not met",
                "StringEqualsIgnoreCaseIfExists; 'a'; ABSENT; met",
                "StringLikeIfExists; 'a*'; ABSENT; met",
                "StringLikeIfExists; 'a*'; b; not met",
                "NumericLessThanIfExists; '1'; ABSENT; met",
                "NumericLessThanIfExists; '1'; 1; not met",
                "DateGreaterThanIfExists; '2026'; ABSENT; met",
                "BoolIfExists; 'true'; ABSENT; met",
                "BoolIfExists; 'true'; false; not met",
                "BinaryEqualsIfExists; 'QUI='; ABSENT; met",
                "IpAddressIfExists; '10.0.0.0/8'; ABSENT; met",
                "NotIpAddressIfExists; '10.0.0.0/8'; 10.0.0.1; not met",
                "ArnLikeIfExists; 'arn:aws:s3:::b'; ABSENT; met",
                "ArnNotLikeIfExists; 'arn:aws:s3:::b'; arn:aws:s3:::b; not met",
                "NumericEqualsIfExists; 'ten'; ABSENT; met",
                "ForAllValues:StringEqualsIfExists; 'a'; ABSENT; met",
                "ForAnyValue:StringEqualsIfExists; 'a'; ABSENT; met",
                "ForAnyValue:StringEqualsIfExists; 'a'; b|c; not met"
            })
    void meetsIfExists(String operator, String values, String request, String expected) {
        assertThat(met(operator, values, request)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} {1} against {2}: {3}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '§',
            value = {
                "ForAllValues:StringEquals; 'a','b'; a|b; met",
                "ForAllValues:StringEquals; 'a','b'; a|c; not met",
                "ForAllValues:StringEquals; 'a'; a; met",
                "ForAllValues:StringEquals; 'a'; ABSENT; met",
                "ForAllValues:StringEquals; 'a'; NONE; met",
                "ForAllValues:StringEquals; 'a'; EMPTY; met",
                "ForAllValues:StringEquals; 'a'; EMPTY|a; not met",
                "ForAllValues:StringEquals; NO; a; not met",
                "ForAllValues:StringEquals; NO; ABSENT; met",
                "ForAllValues:StringNotEquals; 'a','b'; c|d; met",
                "ForAllValues:StringNotEquals; 'a','b'; c|b; not met",
                "ForAllValues:StringNotEquals; 'a'; ABSENT; met",
                "ForAllValues:StringLike; 'a*','b*'; aa|bb; met",
                "ForAllValues:NumericLessThan; '10'; 1|9; met",
                "ForAllValues:NumericLessThan; '10'; 1|10; not met",
                "ForAllValues:NumericLessThan; 'x'; 1|10; unknown",
                "ForAllValues:NumericLessThan; 'x'; y|10; not met",
                "ForAllValues:DateLessThan; '2026'; 2024|2025; met",
                "ForAllValues:Bool; 'true'; true|false; not met",
                "ForAllValues:BinaryEquals; 'QUI='; QUI=|QUI; met",
                "ForAllValues:IpAddress; '10.0.0.0/8'; 10.1.1.1|10.2.2.2; met",
                "ForAllValues:IpAddress; '10.0.0.0/8'; 10.1.1.1|11.2.2.2; not met",
                "ForAllValues:ArnLike; 'arn:aws:s3:::a*'; arn:aws:s3:::ab|arn:aws:s3:::ac; met",
                "ForAllValues:ArnNotLike; 'arn:aws:s3:::a*'; arn:aws:s3:::b|arn:aws:s3:::ac; not met",
                "ForAnyValue:StringEquals; 'a','b'; c|b; met",
                "ForAnyValue:StringEquals; 'a','b'; c|d; not met",
                "ForAnyValue:StringEquals; 'a'; a; met",
                "ForAnyValue:StringEquals; 'a'; ABSENT; not met",
                "ForAnyValue:StringEquals; 'a'; NONE; not met",
                "ForAnyValue:StringLike; '*'; EMPTY; not met",
                "ForAnyValue:StringLike; '*'; EMPTY|EMPTY; met",
                "ForAnyValue:StringNotEquals; 'a'; a|b; met",
                "ForAnyValue:StringNotEquals; 'a'; a|a; not met",
                "ForAnyValue:StringNotEquals; 'a'; ABSENT; not met",
                "ForAnyValue:NumericGreaterThan; '10'; 1|11; met",
                "ForAnyValue:NumericGreaterThan; '10'; x|y; not met",
                "ForAnyValue:DateEquals; '2026'; 2025|2026; met",
                "ForAnyValue:Bool; 'true'; true|false; met",
                "ForAnyValue:IpAddress; '10.0.0.0/8'; 10.1.1.1|11.2.2.2; met",
                "ForAnyValue:NotIpAddress; '10.0.0.0/8'; 10.1.1.1|10.2.2.2; not met",
                "ForAnyValue:ArnEquals; 'arn:aws:s3:::a'; arn:aws:s3:::b|arn:aws:s3:::a; met",
                "StringEquals; 'a'; a|b; unknown",
                "StringEquals; 'a'; a|a; unknown",
                "StringEquals; 'a'; b|c; not met",
                "StringEqualsIfExists; 'a'; a|b; unknown",
                "StringNotEquals; 'a'; b|c; unknown",
                "StringNotEquals; 'a'; a|a; not met",
                "NumericLessThan; '10'; 11|12; not met",
                "IpAddress; '10.0.0.0/8'; 10.0.0.1|10.0.0.2; unknown"
            })
    void meetsWithSeveralValues(String operator, String values, String request, String expected) {
        assertThat(met(operator, values, request)).isEqualTo(expected);
    }

    @Test
    void findsKeysWithoutRegardToCase() {
        assertThat(decide(document("StringEquals", "'a'"), Map.of("EX:kEy", List.of("a")))
                        .decision())
                .isEqualTo(Decision.ALLOWED);
    }

    @Test
    void takesOneKeyInTwoSpellingsForAKeyOfSeveralValues() {
        PolicyDocument document = document("ForAllValues:StringEquals", "'a'");

        assertThat(decide(document, Map.of("ex:Key", List.of("a"), "EX:KEY", List.of("b")))
                        .decision())
                .isEqualTo(Decision.IMPLICIT_DENY);
    }

    @ParameterizedTest(name = "{0} on {1}: {2}")
    @CsvSource({
        "StringEquals, aws:TagKeys, UNDETERMINED",
        "StringEquals, AWS:CalledVia, UNDETERMINED",
        "StringNotLike, aws:TagKeys, IMPLICIT_DENY",
        "ForAnyValue:StringEquals, aws:TagKeys, ALLOWED",
        "ForAllValues:StringEquals, aws:TagKeys, ALLOWED",
        "StringEquals, aws:PrincipalTag/TagKeys, ALLOWED"
    })
    void asksForASetOperatorOnKeysOfSeveralValuesThoughThereBeOne(String operator, String key, Decision decision) {
        PolicyDocument document =
                PolicyDocument.parse(document(operator, "'a'").json().replace("ex:Key", key));

        assertThat(decide(document, Map.of(key, List.of("a"))).decision()).isEqualTo(decision);
        assertThat(decide(document, Map.of()).decision())
                .isEqualTo(
                        operator.startsWith("ForAll") || operator.contains("Not")
                                ? Decision.ALLOWED
                                : Decision.IMPLICIT_DENY);
    }

    @Test
    void needsAllLinesOfABlock() {
        PolicyDocument document = PolicyDocument.parse("""
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
                 "Condition": {"StringEquals": {"ex:a": "1", "ex:b": "2"}, "Null": {"ex:c": "true"}}}}""");

        assertThat(decide(document, Map.of("ex:a", List.of("1"), "ex:b", List.of("2")))
                        .decision())
                .isEqualTo(Decision.ALLOWED);
        assertThat(decide(document, Map.of("ex:a", List.of("1"), "ex:b", List.of("3")))
                        .decision())
                .isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(decide(document, Map.of("ex:a", List.of("1"), "ex:b", List.of("2"), "ex:c", List.of("3")))
                        .decision())
                .isEqualTo(Decision.IMPLICIT_DENY);
    }

    @Test
    void oneLineThatIsNotMetOutweighsUnknownOnes() {
        PolicyDocument document = PolicyDocument.parse("""
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
                 "Condition": {"StringNearly": {"ex:a": "1"}, "StringEquals": {"ex:a": "2"}}}}""");

        assertThat(decide(document, Map.of("ex:a", List.of("1"))).decision()).isEqualTo(Decision.IMPLICIT_DENY);
        assertThat(decide(document, Map.of("ex:a", List.of("2"))).decision()).isEqualTo(Decision.UNDETERMINED);
    }

    @ParameterizedTest(name = "{0} {1} against {2}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '§',
            value = {
                "StringNearly; 'a'; a; The condition operator \"StringNearly\" is none that IAM knows.",
                "NumericEquals; 'ten'; 1; The value \"ten\" of NumericEquals is not a number, so IAM would refuse the"
                        + " policy.",
                "Bool; 'yes'; true; The value \"yes\" of Bool is not true or false, so IAM would refuse the policy.",
                "StringEquals; 'a'; a|b; The key \"ex:Key\" may have several values, and StringEquals stands without"
                        + " ForAllValues or ForAnyValue.",
                "Null; 'true'; EMPTY; The key \"ex:Key\" has an empty value, and AWS does not say for sure whether that"
                        + " is null."
            })
    void saysWhatIsUnknown(String operator, String values, String request, String reason) {
        assertThat(decide(document(operator, values), context(request)).reason())
                .contains(reason);
    }

    private static String met(String operator, String values, String request) {
        return switch (decide(document(operator, values), context(request)).decision()) {
            case ALLOWED -> "met";
            case IMPLICIT_DENY -> "not met";
            case UNDETERMINED -> "unknown";
            case EXPLICIT_DENY -> throw new AssertionError("Nothing denies");
        };
    }

    private static PolicyDocument document(String operator, String values) {
        String json = values.equals("NO") ? "" : values.replace('\'', '"');
        return PolicyDocument.parse("""
                {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",
                 "Condition": {"%s": {"ex:Key": [%s]}}}}""".formatted(operator, json));
    }

    private static Map<String, List<String>> context(String request) {
        return switch (request) {
            case "ABSENT" -> Map.of();
            case "NONE" -> Map.of("ex:Key", List.of());
            default ->
                Map.of(
                        "ex:Key",
                        Arrays.stream(request.split("\\|", -1))
                                .map(value -> value.equals("EMPTY") ? "" : value)
                                .toList());
        };
    }

    private static AccessAnswer decide(PolicyDocument document, Map<String, List<String>> context) {
        return AccessEvaluator.decide(
                new Permissions(List.of(NamedPolicy.of("p", document)), Optional.empty()),
                new AccessRequest("s3:GetObject", "arn:aws:s3:::b/k", context));
    }
}

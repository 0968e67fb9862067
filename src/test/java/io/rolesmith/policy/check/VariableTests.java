package io.rolesmith.policy.check;

import static io.rolesmith.policy.FindingAssert.assertThatOnly;
import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Severity;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** IAM's own variables, such as <code>${aws:username}</code>. */
class VariableTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${aws:username}",
                "${aws:PrincipalTag/team, 'company-wide'}",
                "${aws:PrincipalTag/team,'company-wide'}",
                "${aws:PrincipalTag/team, ''}",
                "${*}${?}${$}",
                "a$b{c}",
                "${aws:a}/${aws:b}"
            })
    void areWrittenSo(String text) {
        assertThat(resource("arn:aws:s3:::bucket/" + text)).isEmpty();
        assertThat(condition("StringLike", text)).isEmpty();
        assertThat(condition("ArnLike", "arn:aws:s3:::bucket/" + text)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "${aws:username | MISSING_BRACE_IN_VARIABLE | The variable \"${aws:username\" has no closing brace.",
                "${ | MISSING_BRACE_IN_VARIABLE | The variable \"${\" has no closing brace.",
                "${aws:a/${aws:b} | MISSING_BRACE_IN_VARIABLE | The variable \"${aws:a/${aws:b}\" has no closing brace.",
                "${aws:a}/${aws:b | MISSING_BRACE_IN_VARIABLE | The variable \"${aws:b\" has no closing brace.",
                "${} | EMPTY_VARIABLE | The variable \"${}\" names no key.",
                "${ } | EMPTY_VARIABLE | The variable \"${ }\" names no key.",
                "${, 'x'} | EMPTY_VARIABLE | The variable \"${, 'x'}\" names no key.",
                "${ aws:username} | UNSUPPORTED_SPACE_IN_VARIABLE | The variable \"${ aws:username}\" has a space in its key.",
                "${aws:username } | UNSUPPORTED_SPACE_IN_VARIABLE | The variable \"${aws:username }\" has a space in its key.",
                "${aws:user name} | UNSUPPORTED_SPACE_IN_VARIABLE | The variable \"${aws:user name}\" has a space in its key.",
                "${aws:a , 'x'} | UNSUPPORTED_SPACE_IN_VARIABLE | The variable \"${aws:a , 'x'}\" has a space in its key.",
                "${aws:a, x} | MISSING_QUOTE_IN_VARIABLE | The variable \"${aws:a, x}\" has a default value that is not in single quotes.",
                "${aws:a, 'x} | MISSING_QUOTE_IN_VARIABLE | The variable \"${aws:a, 'x}\" has a default value that is not in single quotes.",
                "${aws:a, x'} | MISSING_QUOTE_IN_VARIABLE | The variable \"${aws:a, x'}\" has a default value that is not in single quotes.",
                "${aws:a, '} | MISSING_QUOTE_IN_VARIABLE | The variable \"${aws:a, '}\" has a default value that is not in single quotes.",
                "${aws:a,} | MISSING_QUOTE_IN_VARIABLE | The variable \"${aws:a,}\" has a default value that is not in single quotes."
            },
            quoteCharacter = '`')
    void areRefusedOtherwise(String text, String code, String message) {
        assertThatOnly(resource("arn:aws:s3:::bucket/" + text))
                .isError(code)
                .isAt("/Statement/0/Resource/0")
                .says(message);
        assertThatOnly(condition("StringLike", text))
                .isError(code)
                .isAt("/Statement/0/Condition/StringLike/aws:x")
                .says(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"Version\":\"2008-10-17\",", ""})
    void arePlainTextUnderTheOldVersion(String version) {
        List<Finding> findings = check(version, "\"arn:aws:s3:::bucket/${aws:username\"", "{}");

        assertThatOnly(findings.stream()
                        .filter(finding -> !finding.code().equals("MISSING_VERSION"))
                        .toList())
                .has(Severity.WARNING, "VARIABLE_UNSUPPORTED_IN_VERSION")
                .isAt("/Statement/0/Resource")
                .says(
                        "The value \"arn:aws:s3:::bucket/${aws:username\" holds a variable, which is plain text to IAM under"
                                + " Version 2008-10-17.")
                .advises("Write \"Version\": \"2012-10-17\".");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arn:aws:iam::${aws:PrincipalAccount}:role/app",
                "arn:aws:ec2:${aws:RequestedRegion}:123456789012:instance/*"
            })
    void standForNothingBeforeTheFifthColon(String resource) {
        assertThatOnly(resource(resource))
                .has(Severity.WARNING, "VARIABLE_UNSUPPORTED_IN_ELEMENT")
                .isAt("/Statement/0/Resource/0")
                .says("The resource \"" + resource
                        + "\" holds a variable before its fifth colon, where IAM documents none.");
    }

    @ParameterizedTest
    @CsvSource({
        "arn:${aws:x}:s3:::b, INVALID_PARTITION",
        "arn:aws:${aws:x}:::b, INVALID_SERVICE",
        "${aws:x}, INVALID_ARN_PREFIX",
        "arn:aws:s3:::, ''"
    })
    void cannotBeThePartitionOrTheService(String resource, String code) {
        assertThat(resource(resource).stream().filter(Finding::refuses).map(Finding::code))
                .isEqualTo(code.isEmpty() ? List.of() : List.of(code));
    }

    @Test
    void haveNoPlaceInActions() {
        assertThatOnly(PolicyCheck.refusals(
                        PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\","
                                + "\"Action\":\"s3:${aws:PrincipalTag/verb}\",\"Resource\":\"*\"}}"),
                        PolicyKind.IDENTITY,
                        "aws"))
                .isError("VARIABLE_UNSUPPORTED_IN_ELEMENT")
                .isAt("/Statement/Action")
                .says(
                        "The action \"s3:${aws:PrincipalTag/verb}\" holds a variable, which only Resource, NotResource and"
                                + " Condition can have.");
    }

    @ParameterizedTest
    @CsvSource({
        "AWS, arn:aws:iam::123456789012:role/${aws:x}",
        "Service, ${aws:x}.amazonaws.com",
        "Federated, arn:aws:iam::123456789012:saml-provider/${*}"
    })
    void haveNoPlaceInPrincipals(String type, String principal) {
        assertThatOnly(PolicyCheck.refusals(
                        PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\","
                                + "\"Principal\":{\"" + type + "\":\"" + principal
                                + "\"},\"Action\":\"sts:AssumeRole\"}}"),
                        PolicyKind.TRUST,
                        "aws"))
                .isError("VARIABLE_UNSUPPORTED_IN_ELEMENT")
                .isAt("/Statement/Principal/" + type);
    }

    @ParameterizedTest
    @ValueSource(strings = {"${aws:a}", "${", "${$}", "${a", "}${"})
    void areCheckedFastHoweverMany(String piece) {
        PolicyDocument document = PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\","
                + "\"Action\":\"*\",\"Resource\":\"arn:aws:s3:::" + piece.repeat(120_000 / piece.length()) + "\"}}");
        for (int i = 0; i < 5; i++) {
            PolicyCheck.refusals(document, PolicyKind.IDENTITY, "aws");
        }

        // The thread's own time: the machine may be busy with something else.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        PolicyCheck.refusals(document, PolicyKind.IDENTITY, "aws");
        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - start)).isLessThan(Duration.ofMillis(500));
    }

    private static List<Finding> resource(String resource) {
        return check("\"Version\":\"2012-10-17\",", "[\"" + resource + "\"]", "{}");
    }

    private static List<Finding> condition(String operator, String value) {
        return check("\"Version\":\"2012-10-17\",", "\"*\"", "{\"" + operator + "\":{\"aws:x\":\"" + value + "\"}}");
    }

    private static List<Finding> check(String version, String resource, String condition) {
        return PolicyCheck.refusals(
                PolicyDocument.parse(
                        "{" + version + "\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":" + resource
                                + ",\"Condition\":" + condition + "}]}"),
                PolicyKind.IDENTITY,
                "aws");
    }
}

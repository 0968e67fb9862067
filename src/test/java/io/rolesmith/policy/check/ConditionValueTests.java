package io.rolesmith.policy.check;

import static io.rolesmith.policy.FindingAssert.assertThatOnly;
import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values as real IAM was seen to take and refuse them, and their neighbours. */
class ConditionValueTests {

    @Nested
    class ANumber {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "10",
                    "\"10\"",
                    "\"10.5\"",
                    "\"-1\"",
                    "\"1e3\"",
                    "0",
                    "\"-0.0\"",
                    "1.5E-3",
                    "\"1e+3\"",
                    "[1, \"2\"]"
                })
        void isDigitsWithSignFractionAndExponent(String value) {
            assertThat(check("NumericLessThan", value)).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    " 10",
                    "10 ",
                    "0x10",
                    "abc",
                    "-",
                    "--1",
                    "1.",
                    ".5",
                    "1e",
                    "1e+",
                    "1.5.1",
                    "1,5",
                    "NaN",
                    "Infinity",
                    "1d",
                    "true",
                    "²"
                })
        void isNothingElse(String value) {
            assertThatOnly(check("NumericLessThan", "[\"1\", \"" + value + "\"]"))
                    .isError("TYPE_MISMATCH_NUMBER")
                    .isAt("/Statement/0/Condition/NumericLessThan/aws:x/1")
                    .says("The value \"" + value + "\" of NumericLessThan is not a number.")
                    .advises("Write a number such as 10, -1, 10.5 or 1e3, without white space.");
        }
    }

    @Nested
    class ADate {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "2026",
                    "2026-01",
                    "2026-12",
                    "2026-01-01",
                    "2024-02-29",
                    "2026-12-31",
                    "2026-01-01T00:00Z",
                    "2026-01-01T00:00:00.000Z",
                    "2026-01-01T23:59:59Z",
                    "2026-01-01T00:00:00+09:00",
                    "2026-01-01T00:00:00-18:59",
                    "2026-01-01T00:00:00.123456789Z",
                    "2026-01-01T00:00:00",
                    "1767225600",
                    "0",
                    "-1"
                })
        void isAMomentOrSecondsSince1970(String value) {
            assertThat(check("DateGreaterThan", "\"" + value + "\"")).isEmpty();
        }

        @Test
        void mayBeANumber() {
            assertThat(check("DateGreaterThan", "1767225600")).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "tomorrow",
                    "2026/01/01",
                    "2026-13-45",
                    "Thu, 01 Jan 2026 00:00:00 GMT",
                    "2026-00",
                    "2026-13",
                    "2026-01-00",
                    "2026-01-32",
                    "2025-02-29",
                    "2026-1-1",
                    "2026-01-01T",
                    "2026-01-01T00",
                    "2026-01-01T24:00Z",
                    "2026-01-01T00:60Z",
                    "2026-01-01T00:00:60Z",
                    "2026-01-01T00:00:00.Z",
                    "2026-01-01T00:00:00.1234567890Z",
                    "2026-01-01T00:00z",
                    "2026-01-01T00:00+0900",
                    "2026-01-01T00:00+19:00",
                    "2026-01-01 00:00Z",
                    "2026-01-01T00:00Z ",
                    " 2026",
                    "1.5",
                    "1234567890123456789"
                })
        void isNothingElse(String value) {
            assertThatOnly(check("DateGreaterThan", "\"" + value + "\""))
                    .isError("TYPE_MISMATCH_DATE")
                    .isAt("/Statement/0/Condition/DateGreaterThan/aws:x")
                    .says("The value \"" + value + "\" of DateGreaterThan is not a date.")
                    .advises("Write it as in 2026-01-31T12:00:00Z, or as seconds since 1970.");
        }
    }

    @Nested
    class ABoolean {

        @ParameterizedTest
        @ValueSource(strings = {"true", "\"true\"", "false", "\"false\"", "\"True\"", "[\"true\"]"})
        void isTrueOrFalse(String value) {
            assertThat(check("Bool", value)).isEmpty();
            assertThat(check("Null", value)).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "yes", "1", "true ", "null"})
        void isNothingElse(String value) {
            for (String operator : List.of("Bool", "Null", "BoolIfExists")) {
                assertThatOnly(check(operator, "\"" + value + "\""))
                        .isError("TYPE_MISMATCH_BOOLEAN")
                        .isAt("/Statement/0/Condition/" + operator + "/aws:x")
                        .says("The value \"" + value + "\" of " + operator + " is neither true nor false.")
                        .advises("Write \"true\" or \"false\".");
            }
        }

        @Test
        void standsAlone() {
            assertThatOnly(check("Bool", "[\"true\", false]"))
                    .isError("INVALID_CONDITION_MULTIPLE_BOOLEAN")
                    .isAt("/Statement/0/Condition/Bool/aws:x")
                    .says("The condition key \"aws:x\" is compared with 2 booleans, where only one says anything.");
        }

        @Test
        void hasCompanyWhenTheKeyHasSeveralValues() {
            assertThat(check("ForAnyValue:Bool", "[\"true\", \"false\"]")).isEmpty();
        }
    }

    @Nested
    class AnAddress {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "203.0.113.0/24",
                    "203.0.113.5",
                    "0.0.0.0/0",
                    "255.255.255.255/32",
                    "192.0.2.5/24",
                    "192.000.002.0/24",
                    "192.0.2.0/024",
                    "2001:db8::/32",
                    "2001:db8::1",
                    "::/0",
                    "::",
                    "::1",
                    "1::",
                    "2001:db8::1/128",
                    "2001:db8::4/127",
                    "2001:DB8::/064",
                    "::ffff:c000:200/120",
                    "1:2:3:4:5:6:7:8",
                    "1:2:3:4:5:6:7::",
                    "::2:3:4:5:6:7:8"
                })
        void isIpv4OrIpv6WithAPrefixOrNot(String value) {
            assertThat(check("IpAddress", "\"" + value + "\"")).isEmpty();
            assertThat(check("NotIpAddressIfExists", "\"" + value + "\"")).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "example.com",
                    "1.2.3",
                    "1.2.3.4.5",
                    "203.0.113.999/24",
                    "256.0.0.0",
                    "10.0.0.0/33",
                    "10.0.0.0/",
                    "10.0.0.0/-1",
                    "10.0.0.0/+24",
                    "10.0.0.0/8/8",
                    "10.0.0.0 ",
                    " 10.0.0.0",
                    "10.0.0.*",
                    "0001.2.3.4",
                    "*",
                    "2001:db8::/129",
                    "2001:db8::/",
                    "2001:db8:::1/128",
                    "2001:db8::1:/128",
                    "1::2::3",
                    "1:2:3:4:5:6:7",
                    "1:2:3:4:5:6:7:8:9",
                    "1:2:3:4:5:6:7:8::",
                    "12345::",
                    "g::",
                    "fe80::1%eth0",
                    ":1:2:3:4:5:6:7:8"
                })
        void isNothingElse(String value) {
            assertThatOnly(check("IpAddress", "\"" + value + "\""))
                    .isError("TYPE_MISMATCH_IP_RANGE")
                    .isAt("/Statement/0/Condition/IpAddress/aws:x")
                    .says("The value \"" + value + "\" of IpAddress is no address or CIDR range.")
                    .advises("Write an address or a CIDR range such as 203.0.113.0/24 or 2001:db8::/32.");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "::ffff:192.0.2.0/120",
                    "::ffff:192.0.2.1",
                    "::ffff:192.0.2.0/24",
                    "::192.0.2.0/120",
                    "2001:db8::192.0.2.0/120"
                })
        void ofVersion6HasNoDots(String value) {
            assertThatOnly(check("IpAddress", "\"" + value + "\""))
                    .isError("TYPE_MISMATCH_IP_RANGE")
                    .says("The value \"" + value
                            + "\" of IpAddress ends like an IPv4 address, which IAM does not read in an IPv6 address.");
        }

        @ParameterizedTest
        @CsvSource({"2001:db8::5/64, 64", "2001:db8::5/127, 127", "2001:db8::1/0, 0", "8000::/0, 0", "::1/127, 127"})
        void ofVersion6IsTheFirstOfItsRange(String value, String prefix) {
            assertThatOnly(check("IpAddress", "\"" + value + "\""))
                    .isError("TYPE_MISMATCH_IP_RANGE")
                    .says("The value \"" + value + "\" of IpAddress names an address inside of the IPv6 range /"
                            + prefix + " instead of its first one.");
        }
    }

    @Nested
    class AnArn {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "*",
                    "arn:aws:s3:::b",
                    "arn:*:s3:::b",
                    "arn:aws:*:*:*:*",
                    "arn:aws:sns:us-east-1:123456789012:a:b:c",
                    "*:*:*:*:*:*",
                    "arn:aws:iam::123456789012:user/${aws:username}",
                    "arn:aws:iam::${aws:PrincipalAccount}:user/a"
                })
        void hasSixSegmentsOrIsAStar(String value) {
            for (String operator : List.of("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLikeIfExists")) {
                assertThat(check(operator, "\"" + value + "\"")).isEmpty();
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "nope",
                    "arn:aws:s3:b",
                    "arn:aws:s3::b",
                    "arn:*",
                    "**",
                    "${aws:PrincipalArn}",
                    "123456789012"
                })
        void isNothingShorter(String value) {
            for (String operator : List.of("ArnEquals", "ArnLike", "ArnNotEquals", "ForAnyValue:ArnNotLike")) {
                assertThatOnly(check(operator, "\"" + value + "\""))
                        .isError("MISSING_ARN_FIELD")
                        .isAt("/Statement/0/Condition/" + operator + "/aws:x")
                        .says("The value \"" + value + "\" of " + operator
                                + " is neither \"*\" nor an ARN of at least six segments.");
            }
        }

        @Test
        void isNotAVariableAlone() {
            assertThatOnly(check("ArnEquals", "\"${aws:PrincipalArn}\""))
                    .isError("MISSING_ARN_FIELD")
                    .advises("Write the segments out up to the variable, or compare with StringEquals or StringLike.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"ARN:aws:s3:::b", "urn:aws:s3:::b", ":aws:s3:::b", "a:b:c:d:e:f"})
        void beginsAsOne(String value) {
            assertThatOnly(check("ArnLike", "\"" + value + "\""))
                    .isError("INVALID_ARN_PREFIX")
                    .says("The value \"" + value + "\" of ArnLike does not begin with \"arn:\".");
        }
    }

    @Nested
    class ABinary {

        @ParameterizedTest
        @ValueSource(strings = {"YWJj", "YWJjZA==", "YWI=", "+/+/", "QmluYXJ5VmFsdWVJbkJhc2U2NA=="})
        void isBase64WithItsPadding(String value) {
            assertThat(check("BinaryEquals", "\"" + value + "\"")).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"!!!", "abc", "YWJj==", "====", "Y===", "YW=j", "YWJ j", "_-_-", "YWJj\\n"})
        void isNothingElse(String value) {
            assertThatOnly(check("BinaryEquals", "\"" + value + "\""))
                    .isError("TYPE_MISMATCH_STRING")
                    .isAt("/Statement/0/Condition/BinaryEquals/aws:x");
        }
    }

    @Nested
    class AText {

        @ParameterizedTest
        @ValueSource(strings = {"\"\"", "\"anything at all: é*?\"", "true", "10.50", "[\"a\", 1, false]", "[]"})
        void isWhateverOneLikes(String value) {
            for (String operator : List.of("StringEquals", "StringNotEqualsIgnoreCase", "ForAllValues:StringLike")) {
                assertThat(check(operator, value)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"NumericEquals", "DateEquals", "Bool", "Null", "BinaryEquals", "IpAddress", "NotIpAddress"})
    void aVariableIsNoValueOfOtherOperators(String operator) {
        assertThatOnly(check(operator, "\"${aws:PrincipalTag/x}\""))
                .isError("INVALID_VARIABLE_FOR_OPERATOR")
                .isAt("/Statement/0/Condition/" + operator + "/aws:x")
                .says("The value \"${aws:PrincipalTag/x}\" of " + operator
                        + " holds a variable, which only String and Arn operators can have.")
                .advises("Write the value out, or compare with a String or Arn operator.");
    }

    @Test
    void isAskedInTrustPoliciesToo() {
        assertThatOnly(PolicyCheck.refusals(
                        PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
                                + "\"Principal\":{\"AWS\":\"123456789012\"},\"Action\":\"sts:AssumeRole\","
                                + "\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"everywhere\"}}}}"),
                        PolicyKind.TRUST,
                        "aws"))
                .isError("TYPE_MISMATCH_IP_RANGE")
                .isAt("/Statement/Condition/IpAddress/aws:SourceIp");
    }

    private static List<Finding> check(String operator, String value) {
        return PolicyCheck.refusals(
                        PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\","
                                + "\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"" + operator + "\":{\"aws:x\":"
                                + value + "}}}]}"),
                        PolicyKind.IDENTITY,
                        "aws")
                .stream()
                .filter(Finding::refuses)
                .toList();
    }
}

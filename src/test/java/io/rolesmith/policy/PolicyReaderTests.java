package io.rolesmith.policy;

import static io.rolesmith.policy.FindingAssert.assertThatFinding;
import static io.rolesmith.policy.FindingAssert.assertThatOnly;
import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.check.PolicyCheck;
import io.rolesmith.policy.check.PolicyKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyReaderTests {

    private static final String STATEMENT = "{\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}";
    private static final Variables NONE = Variables.of(Map.of());

    @Nested
    class TheRetailStoresPolicy {

        @Test
        void readsWithItsVariables() {
            Reading reading = pasted(
                    retailStore(), Variables.of(Map.of("aws_region", "us-east-1", "aws_account_id", "123456789012")));

            assertThat(reading.document()).hasValueSatisfying(document -> {
                assertThat(document.json())
                        .isEqualTo("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":["
                                + "\"ssmmessages:CreateControlChannel\",\"ssmmessages:CreateDataChannel\","
                                + "\"ssmmessages:OpenControlChannel\",\"ssmmessages:OpenDataChannel\"],"
                                + "\"Resource\":\"*\"},{\"Effect\":\"Allow\",\"Action\":[\"ecs:ExecuteCommand\","
                                + "\"ecs:DescribeTasks\"],\"Resource\":["
                                + "\"arn:aws:ecs:us-east-1:123456789012:task/retail-store-ecs-cluster/*\","
                                + "\"arn:aws:ecs:us-east-1:123456789012:cluster/*\"]}]}");
                assertThat(PolicyCheck.refusals(document, PolicyKind.IDENTITY, "aws"))
                        .isEmpty();
            });
        }

        @Test
        void saysThatItsCommentsWereRemoved() {
            Reading reading = pasted(
                    retailStore(), Variables.of(Map.of("aws_region", "us-east-1", "aws_account_id", "123456789012")));

            assertThatOnly(reading.findings())
                    .has(Severity.SUGGESTION, "COMMENTS_REMOVED")
                    .isAt("")
                    .isAt(21, 96)
                    .says("2 comments were removed, since IAM takes plain JSON only.");
        }

        @Test
        void namesEachUnresolvedVariableWithItsPlace() {
            Reading reading = pasted(retailStore(), Variables.of(Map.of("aws_account_id", "123456789012")));

            assertThat(reading.document()).isEmpty();
            assertThat(reading.findings())
                    .extracting(Finding::code)
                    .containsExactly("UNRESOLVED_VARIABLE", "COMMENTS_REMOVED", "UNRESOLVED_VARIABLE");
            assertThatFinding(reading.findings().getFirst())
                    .isError("UNRESOLVED_VARIABLE")
                    .isAt("/Statement/1/Resource/0")
                    .isAt(21, 9)
                    .says("The variable ${var.aws_region} has no value.")
                    .advises("Give \"aws_region\" a value in the variables.");
            assertThatFinding(reading.findings().getLast())
                    .isAt("/Statement/1/Resource/1")
                    .isAt(22, 9);
        }

        private static String retailStore() {
            try (InputStream in = Objects.requireNonNull(
                    PolicyReaderTests.class.getResourceAsStream("/retail-store/task-role-inline-policy.txt"))) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Nested
    class Comments {

        @Test
        void areWhiteSpaceInPastedText() {
            Reading reading = pasted("/* who */ {\"Statement\": // what\r\n" + STATEMENT + "} /**/ \n\t // end");

            assertThat(reading.document())
                    .hasValueSatisfying(
                            document -> assertThat(document.json()).isEqualTo("{\"Statement\":" + STATEMENT + "}"));
            assertThatOnly(reading.findings())
                    .isAt(1, 1)
                    .says("4 comments were removed, since IAM takes plain JSON only.");
        }

        @Test
        void areNotSeenInsideOfStrings() {
            String json =
                    policy("{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"arn:aws:s3:::x//y/*z*/\\\"//\"}");

            Reading reading = pasted(json);

            assertThat(reading.findings()).isEmpty();
            assertThat(reading.document().orElseThrow().json()).isEqualTo(json);
        }

        @Test
        void mayHoldAnyCharacter() {
            assertThatOnly(pasted("{\"Statement\":" + STATEMENT + "} // déjà vu – “quoted” \uD83D\uDE00")
                            .findings())
                    .has(Severity.SUGGESTION, "COMMENTS_REMOVED")
                    .says("1 comment was removed, since IAM takes plain JSON only.");
        }

        @Test
        void keepThePlacesOfEverythingElse() {
            assertThatFinding(pasted("{ /* a\n b */ \"Statement\": // c\n  7 }")
                            .findings()
                            .getLast())
                    .isError("DATA_TYPE_MISMATCH")
                    .isAt("/Statement")
                    .isAt(3, 3);
        }

        @Test
        void mustEnd() {
            assertThatOnly(pasted("{\"Statement\":\n /* " + STATEMENT + "}").findings())
                    .isError("JSON_SYNTAX_ERROR")
                    .isAt(2, 2)
                    .says("The comment that begins with /* never ends.");
        }

        @Test
        void doNotExistInAnObject() {
            assertThatOnly(object("{\"Statement\":// no\n" + STATEMENT + "}").findings())
                    .isError("JSON_SYNTAX_ERROR")
                    .isAt("/Statement")
                    .hasNoPlace()
                    .advises("Remove the comment, or give the policy as text in a string, where comments are allowed.");
        }
    }

    @Nested
    class Syntax {

        @Test
        void namesTheCommaThatIsTooMany() {
            assertThatOnly(pasted("{\n \"Statement\": {\"Effect\": \"Allow\",\n }\n}")
                            .findings())
                    .isError("JSON_SYNTAX_ERROR")
                    .isAt("/Statement/Effect")
                    .isAt(3, 2)
                    .says("The policy is not valid JSON: unexpected character ('}'): was expecting"
                            + " double-quote to start property name.")
                    .advises("Remove the comma before it.");
        }

        @Test
        void namesTheCommaThatIsMissing() {
            assertThatOnly(pasted("{\"Version\": \"2012-10-17\"\n\"Statement\": []}")
                            .findings())
                    .isAt(2, 1)
                    .advises("Put a comma before it.");
        }

        @Test
        void namesTheEndThatCameTooSoon() {
            assertThatOnly(pasted("{\"Statement\": [").findings())
                    .isError("JSON_SYNTAX_ERROR")
                    .isAt(1, 16)
                    .says("The policy is not valid JSON: unexpected end-of-input: expected close marker for Array.")
                    .advises("Close what was opened; the text seems to be cut off.");
        }

        @ParameterizedTest(name = "refuses {0}")
        @ValueSource(
                strings = {
                    "{'Statement': []}",
                    "{Statement: []}",
                    "{\"Statement\": [tru]}",
                    "{\"Statement\": [01]}",
                    "{\"Statement\": [1.]}",
                    "{\"Statement\": [+1]}",
                    "{\"Statement\": [NaN]}",
                    "{\"Statement\": [Infinity]}",
                    "{\"Statement\": [1,]}",
                    "{\"Statement\": [,1]}",
                    "{\"Statement\": [1}",
                    "{\"Statement\": \"a\tb\"}",
                    "{\"Statement\": \"a\nb\"}",
                    "{\"Statement\": \"\\q\"}",
                    "{\"Statement\": \"\\u12\"}",
                    "{\"Statement\" []}",
                    "{\"Statement\": \"",
                    "\u00a0{}",
                    "# no\n{}"
                })
        void refuses(String text) {
            assertThatOnly(pasted(text).findings()).isError("JSON_SYNTAX_ERROR");
            assertThatOnly(object(text).findings()).isError("JSON_SYNTAX_ERROR").hasNoPlace();
        }

        @ParameterizedTest(name = "refuses nothing but \"{0}\"")
        @ValueSource(strings = {"", "  \n", "\t"})
        void refusesEmptyText(String text) {
            assertThat(pasted(text).document()).isEmpty();
            assertThatOnly(pasted(text).findings()).isError("JSON_SYNTAX_ERROR").says("The policy is empty.");
        }

        @ParameterizedTest(name = "refuses {0} behind the policy")
        @ValueSource(strings = {"x", "}", "{}", ",", "null", "\"\""})
        void refusesTrailingText(String trailing) {
            assertThatOnly(pasted(policy(STATEMENT) + "\n  " + trailing).findings())
                    .isError("JSON_SYNTAX_ERROR")
                    .isAt(2, 3)
                    .says("There is text after the end of the policy, beginning with '" + trailing.charAt(0) + "'.");
        }

        @Test
        void countsLinesWhateverTheirEndIs() {
            assertThatOnly(pasted("{\r\n\r\n \"Statement\": 1}").findings()).isAt(3, 15);
            assertThatOnly(pasted("{\r\r \"Statement\": 1}").findings()).isAt(3, 15);
            assertThatOnly(pasted("{\n\n \"Statement\": 1}").findings()).isAt(3, 15);
        }
    }

    @Nested
    class Members {

        @Test
        void standOnlyOnce() {
            Reading reading = pasted(policy("{\"Effect\":\"Allow\",\"Action\":\"a:b\",\"Resource\":\"*\",\n"
                    + "\"Condition\":{\"ArnLike\":{\"aws:SourceArn\":\"arn:aws:a:b:c:d\",\n"
                    + "\"aws:SourceArn\":\"arn:aws:a:b:c:e\"}}}"));

            assertThat(reading.document()).isEmpty();
            assertThatOnly(reading.findings())
                    .isError("DUPLICATE_KEY")
                    .isAt("/Statement/0/Condition/ArnLike/aws:SourceArn")
                    .isAt(3, 1)
                    .says("The member \"aws:SourceArn\" stands more than once in the same object, where only one can"
                            + " count.")
                    .advises("Keep one of them; several values of one condition key go into an array.");
        }

        @Test
        void standOnlyOnceHoweverTheyAreEscaped() {
            assertThatOnly(object("{\"Statement\":" + STATEMENT + ",\"Stat\\u0065ment\":" + STATEMENT + "}")
                            .findings())
                    .isError("DUPLICATE_KEY")
                    .isAt("/Statement")
                    .hasNoPlace();
        }

        @Test
        void areAllReportedWhenTheyStandTwice() {
            assertThat(object(
                                    "{\"Version\":\"2012-10-17\",\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\","
                                            + "\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}}")
                            .findings())
                    .extracting(Finding::pointer)
                    .containsExactly("/Version", "/Statement/Effect");
        }

        @Test
        void areEscapedInPointers() {
            assertThatOnly(object("{\"a/b~c\":1,\"Statement\":" + STATEMENT + "}")
                            .findings())
                    .isError("INVALID_POLICY_ELEMENT")
                    .isAt("/a~1b~0c");
        }

        @ParameterizedTest(name = "{0} is no element of a document")
        @CsvSource({
            "version, 'Did you mean \"Version\"?'",
            "Statements, 'Did you mean \"Statement\"?'",
            "ID, 'Did you mean \"Id\"?'",
            "Comment, 'Remove it; known are Version, Id, Statement.'"
        })
        void areKnownToTheDocument(String name, String remedy) {
            assertThatOnly(object("{\"Statement\":" + STATEMENT + ",\"" + name + "\":\"x\"}")
                            .findings())
                    .isError("INVALID_POLICY_ELEMENT")
                    .isAt("/" + name)
                    .says("\"" + name + "\" is not an element of a policy document.")
                    .advises(remedy);
        }

        @ParameterizedTest(name = "{0} is no element of a statement")
        @CsvSource({
            "effect, 'Did you mean \"Effect\"?'",
            "Effects, 'Did you mean \"Effect\"?'",
            "Actions, 'Did you mean \"Action\"?'",
            "Conditions, 'Did you mean \"Condition\"?'",
            "notResource, 'Did you mean \"NotResource\"?'",
            "Comment, 'Remove it; known are Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource,"
                    + " NotResource, Condition.'"
        })
        void areKnownToTheStatement(String name, String remedy) {
            assertThatOnly(object(policy("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"" + name
                                    + "\":\"x\"}"))
                            .findings())
                    .isError("INVALID_POLICY_ELEMENT")
                    .isAt("/Statement/0/" + name)
                    .says("\"" + name + "\" is not an element of a policy statement.")
                    .advises(remedy);
        }

        @Test
        void ofAPrincipalAreItsKinds() {
            assertThatOnly(object(
                                    policy(
                                            "{\"Effect\":\"Allow\",\"Principal\":{\"aws\":\"*\"},\"Action\":\"sts:AssumeRole\"}"))
                            .findings())
                    .isError("INVALID_PRINCIPAL_KEY")
                    .isAt("/Statement/0/Principal/aws")
                    .says("\"aws\" is not a kind of principal.")
                    .advises("Did you mean \"AWS\"?");
        }

        @Test
        void ofAConditionAreToldApartWithoutCase() {
            assertThatOnly(object(condition(
                                    "{\"StringEquals\":{\"aws:SourceAccount\":\"1\",\"AWS:sourceaccount\":\"2\"}}"))
                            .findings())
                    .isError("DUPLICATE_KEYS_WITH_DIFFERENT_CASE")
                    .isAt("/Statement/0/Condition/StringEquals/AWS:sourceaccount")
                    .says("The condition key \"AWS:sourceaccount\" is the same as \"aws:SourceAccount\", since IAM"
                            + " compares key names without case.");
        }

        @ParameterizedTest(name = "{0}")
        @CsvSource({
            "StringEqualz, INVALID_CONDITION_OPERATOR",
            "stringEquals, INVALID_CONDITION_OPERATOR",
            "NullIfExists, NULL_WITH_IF_EXISTS"
        })
        void ofAnEmptyConditionBlockAreOperatorsAllTheSame(String operator, String code) {
            assertThatOnly(object(condition("{\"" + operator + "\":{}}")).findings())
                    .isError(code)
                    .isAt("/Statement/0/Condition/" + operator);
            assertThat(object(condition("{\"StringEquals\":{}}")).findings()).isEmpty();
        }

        @Test
        void mayShareAConditionKeyUnderDifferentOperators() {
            assertThat(object(condition("{\"StringLike\":{\"aws:a\":\"1\"},\"StringNotLike\":{\"AWS:A\":\"2\"}}"))
                            .findings())
                    .isEmpty();
        }
    }

    @Nested
    class Types {

        @ParameterizedTest(name = "{0} at {1}: {2}")
        @CsvSource(
                delimiter = '|',
                value = {
                    "[]                        | ''         | A policy is a JSON object, this is an array.",
                    "\"text\"                  | ''         | A policy is a JSON object, this is a string.",
                    "{\"Statement\":null}      | /Statement | Statement must be an object or an array of objects, this is null.",
                    "{\"Statement\":[[]]}      | /Statement/0 | A statement must be an object, this is an array.",
                    "{\"Version\":2012,\"Statement\":{\"Effect\":\"Deny\"}} | /Version | Version must be a string, this is a number.",
                    "{\"Id\":true,\"Statement\":{\"Effect\":\"Deny\"}} | /Id | Id must be a string, this is a boolean.",
                    "{\"Statement\":{\"Effect\":true}} | /Statement/Effect | Effect must be a string, this is a boolean.",
                    "{\"Statement\":{\"Effect\":\"Deny\",\"Sid\":1}} | /Statement/Sid | Sid must be a string, this is a number.",
                    "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":7}} | /Statement/Action | Action must be a string or an array of strings, this is a number.",
                    "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":[\"a:b\",7]}} | /Statement/Action/1 | A value of Action must be a string, this is a number.",
                    "{\"Statement\":{\"Effect\":\"Deny\",\"Resource\":[[\"*\"]]}} | /Statement/Resource/0 | A value of Resource must be a string, this is an array.",
                    "{\"Statement\":{\"Effect\":\"Deny\",\"Resource\":{}}} | /Statement/Resource | Resource must be a string or an array of strings, this is an object.",
                    "{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":[\"*\"]}} | /Statement/Principal | Principal must be \"*\" or an object, this is an array.",
                    "{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":{\"AWS\":1}}} | /Statement/Principal/AWS | AWS must be a string or an array of strings, this is a number.",
                    "{\"Statement\":{\"Effect\":\"Deny\",\"Condition\":[]}} | /Statement/Condition | Condition must be an object of operators, this is an array.",
                    "{\"Statement\":{\"Effect\":\"Deny\",\"Condition\":{\"Bool\":\"x\"}}} | /Statement/Condition/Bool | The condition operator \"Bool\" must be an object of condition keys, this is a string.",
                    "{\"Statement\":{\"Effect\":\"Deny\",\"Condition\":{\"Bool\":{\"a:b\":{}}}}} | /Statement/Condition/Bool/a:b | A condition value must be a string, number, boolean or an array of them, this is an object.",
                    "{\"Statement\":{\"Effect\":\"Deny\",\"Condition\":{\"Bool\":{\"a:b\":null}}}} | /Statement/Condition/Bool/a:b | A condition value must be a string, number, boolean or an array of them, this is null.",
                    "{\"Statement\":{\"Effect\":\"Deny\",\"Condition\":{\"Bool\":{\"a:b\":[true,[]]}}}} | /Statement/Condition/Bool/a:b/1 | A condition value must be a string, number or boolean, this is an array."
                })
        void mustFit(String json, String pointer, String message) {
            assertThatOnly(object(json).findings())
                    .isError("DATA_TYPE_MISMATCH")
                    .isAt(pointer)
                    .says(message);
        }

        @Test
        void ofABarePrincipalIsStarOnly() {
            assertThatOnly(object("{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"123456789012\"}}")
                            .findings())
                    .isError("INVALID_PRINCIPAL_FORMAT")
                    .isAt("/Statement/Principal")
                    .says("The Principal \"123456789012\" does not say which kind of principal it is.");
        }
    }

    @Nested
    class Elements {

        @Test
        void needAStatement() {
            assertThatOnly(object("{\"Version\":\"2012-10-17\"}").findings())
                    .isError("MISSING_STATEMENT")
                    .isAt("")
                    .says("The policy has no Statement.");
            assertThatOnly(object("{\"Statement\":[]}").findings())
                    .isError("MISSING_STATEMENT")
                    .isAt("/Statement")
                    .says("The list of statements is empty.");
        }

        @Test
        void needAnEffect() {
            assertThatOnly(pasted("{\"Statement\":[\n  {\"Action\":\"*\",\"Resource\":\"*\"}]}")
                            .findings())
                    .isError("MISSING_EFFECT")
                    .isAt("/Statement/0")
                    .isAt(2, 3)
                    .says("The statement has no Effect.");
        }

        @ParameterizedTest(name = "{0} is no effect")
        @ValueSource(strings = {"allow", "ALLOW", "Deny ", ""})
        void knowTwoEffects(String effect) {
            assertThatOnly(object("{\"Statement\":{\"Effect\":\"" + effect + "\"}}")
                            .findings())
                    .isError("INVALID_EFFECT")
                    .isAt("/Statement/Effect")
                    .says("The Effect \"" + effect + "\" is neither \"Allow\" nor \"Deny\".");
        }

        @ParameterizedTest(name = "{0} is no version")
        @ValueSource(strings = {"2012-10-18", "2026-01-01", ""})
        void knowTwoVersions(String version) {
            assertThatOnly(object("{\"Version\":\"" + version + "\",\"Statement\":" + STATEMENT + "}")
                            .findings())
                    .isError("INVALID_VERSION")
                    .isAt("/Version")
                    .says("The Version \"" + version + "\" is neither \"2012-10-17\" nor \"2008-10-17\".");
        }

        @Test
        void areAllReportedInTheOrderOfTheText() {
            assertThat(pasted("{\"version\":\"2012-10-17\",\"Id\":1,\"Statement\":[{\"Effect\":\"allow\",\"Action\":1},"
                                    + "{\"Resource\":\"${var.x}\",\"Foo\":1,\"Foo\":1e999}]}")
                            .findings())
                    .extracting(Finding::code)
                    .containsExactly(
                            "INVALID_POLICY_ELEMENT",
                            "DATA_TYPE_MISMATCH",
                            "INVALID_EFFECT",
                            "DATA_TYPE_MISMATCH",
                            "MISSING_EFFECT",
                            "UNRESOLVED_VARIABLE",
                            "INVALID_POLICY_ELEMENT",
                            "DUPLICATE_KEY",
                            "INEXACT_NUMBER");
        }
    }

    @Nested
    class Numbers {

        @ParameterizedTest(name = "{0} is kept as it is")
        @ValueSource(strings = {"0", "-0", "10", "10.50", "0.1", "1e3", "1E+3", "-1.5e-3", "123456789012", "1e308"})
        void keepTheirLiteral(String number) {
            String json = condition("{\"NumericEquals\":{\"a:b\":" + number + "}}");

            assertThat(object(json).document().orElseThrow().json()).isEqualTo(json);
        }

        @ParameterizedTest(name = "{0} is refused")
        @ValueSource(
                strings = {
                    "1e309",
                    "-1e309",
                    "9007199254740993",
                    "0.1000000000000000055511151231257827",
                    "1e-400",
                    "1e99999999999"
                })
        void mustSurviveADouble(String number) {
            assertThatOnly(object(condition("{\"NumericEquals\":{\"a:b\":[1," + number + "]}}"))
                            .findings())
                    .isError("INEXACT_NUMBER")
                    .isAt("/Statement/0/Condition/NumericEquals/a:b/1")
                    .says("The number " + number + " cannot be carried exactly by a double.");
        }
    }

    @Nested
    class Characters {

        @Test
        void upToLatin1AreTaken() {
            String json =
                    policy("{\"Sid\":\"é\u007F\u0080\u00FF\",\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}");

            assertThat(object(json).document().orElseThrow().json()).isEqualTo(json);
        }

        @Test
        void beyondLatin1AreRefused() {
            assertThat(pasted(
                                    policy(
                                            "{\"Sid\":\"a\",\"Effect\":\"Deny\",\"Action\":[\"*\",\n\"a–b–c\"],\"Resource\":\"“*”\"}"))
                            .findings())
                    .satisfiesExactly(
                            first -> assertThatFinding(first)
                                    .isError("INVALID_CHARACTER")
                                    .isAt("/Statement/0/Action/1")
                                    .isAt(2, 3)
                                    .says("The character U+2013 is none of those that IAM takes in a policy, tab, line"
                                            + " ends and U+0020 to U+00FF."),
                            second -> assertThatFinding(second)
                                    .isError("INVALID_CHARACTER")
                                    .isAt("/Statement/0/Resource"));
        }

        @Test
        void ofAByteOrderMarkAreNamedAsSuch() {
            assertThatOnly(pasted("\uFEFF" + policy(STATEMENT)).findings())
                    .isError("INVALID_CHARACTER")
                    .isAt("")
                    .isAt(1, 1);
        }

        @Test
        void thatControlAreRefused() {
            assertThatOnly(object(policy("{\"Sid\":\"a\u0000b\",\"Effect\":\"Deny\",\"Action\":\"*\"}"))
                            .findings())
                    .isError("INVALID_CHARACTER")
                    .isAt("/Statement/0/Sid");
        }

        @Test
        void asEscapesAreKeptAsEscapes() {
            String json = condition(
                    "{\"StringEquals\":{\"aws:PrincipalTag/team\":\"\\u30c6\\u30b9\\u30c8 \\ud83d\\ude00\"}}");

            assertThat(object(json).document().orElseThrow().json()).isEqualTo(json);
        }

        @ParameterizedTest(name = "{0} is refused")
        @ValueSource(strings = {"\\u0000", "\\u001f", "\\ud800", "\\udc00x", "\\ud83dx"})
        void asEscapesMustStandForSomething(String escape) {
            assertThatOnly(object(policy("{\"Sid\":\"" + escape + "\",\"Effect\":\"Deny\"}"))
                            .findings())
                    .isError("INVALID_CHARACTER")
                    .isAt("/Statement/0/Sid")
                    .says("The escape " + escape.substring(0, 6) + " stands for a character that no policy may hold.");
        }
    }

    @Nested
    class VariablesInDocuments {

        private final Variables variables = Variables.of(Map.of("name", "a\"b\\c", "wide", "–"));

        @Test
        void cannotBreakOutOfTheirString() {
            String json = policy("{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"arn:aws:s3:::${var.name}\"}");

            PolicyDocument document = PolicyReader.read(new PolicySource(json, true), variables)
                    .document()
                    .orElseThrow();

            assertThat(document.statements().getFirst().resources().texts()).containsExactly("arn:aws:s3:::a\"b\\c");
            assertThat(document.json()).contains("\"arn:aws:s3:::a\\\"b\\\\c\"");
        }

        @Test
        void areSeenHoweverTheyAreEscaped() {
            String json = policy("{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"\\u0024{var.x}\"}");

            assertThatOnly(PolicyReader.read(new PolicySource(json, false), variables)
                            .findings())
                    .isError("UNRESOLVED_VARIABLE")
                    .isAt("/Statement/0/Resource")
                    .hasNoPlace();
        }

        @Test
        void ofIamAreLeftAlone() {
            String json = policy("{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":"
                    + "\"arn:aws:s3:::b/${aws:username}/${*}${?}${$}\"}");

            assertThat(object(json).document().orElseThrow().json()).isEqualTo(json);
        }

        @Test
        void areNotReplacedInNames() {
            assertThatOnly(PolicyReader.read(
                                    new PolicySource(
                                            condition("{\"StringEquals\":{\"${var.name}:sub\":\"x\"}}"), false),
                                    variables)
                            .findings())
                    .isError("UNRESOLVED_VARIABLE")
                    .isAt("/Statement/0/Condition/StringEquals/${var.name}:sub")
                    .says("The member name \"${var.name}:sub\" holds a variable, but variables are replaced in values"
                            + " only.");
        }

        @Test
        void cannotBringInWhatIamDoesNotTake() {
            assertThatOnly(PolicyReader.read(
                                    new PolicySource(
                                            policy(
                                                    "{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"${var.wide}\"}"),
                                            false),
                                    variables)
                            .findings())
                    .isError("INVALID_CHARACTER")
                    .isAt("/Statement/0/Resource")
                    .says("A variable brings in the character U+2013, which IAM does not take in a policy.");
        }
    }

    @Nested
    class HostileTexts {

        @Test
        void mayNotBeLongerThanIamTakes() {
            String longest =
                    policy(STATEMENT) + " ".repeat(131_072 - policy(STATEMENT).length());

            assertThat(object(longest).findings()).isEmpty();
            assertThatOnly(object(longest + " ").findings())
                    .isError("POLICY_TOO_LONG")
                    .says("The policy's text has 131073 characters, IAM takes at most 131072.");
        }

        @ParameterizedTest(name = "nested by {0}")
        @ValueSource(strings = {"[", "{\"a\":"})
        void mayNotNestDeeply(String opening) {
            assertThatOnly(pasted(opening.repeat(131_072 / opening.length())).findings())
                    .isError("NESTED_TOO_DEEPLY")
                    .isAt(1, 16 * opening.length() + 1)
                    .says("The policy is nested deeper than 16 levels.");
        }

        @Test
        void mayNotHaveHugeNames() {
            assertThatOnly(object("{\"" + "a".repeat(100_000) + "\":1}").findings())
                    .isError("NAME_TOO_LONG");
        }

        @Test
        void mayNotHaveHugeNumbers() {
            assertThatFinding(object("{\"Statement\":" + "9".repeat(100_000) + "}")
                            .findings()
                            .getFirst())
                    .isError("INEXACT_NUMBER");
        }

        @Test
        void earnNoHugeAnswer() {
            List<Finding> findings = object(
                            "{\"Statement\":[" + String.join(",", Collections.nCopies(60_000, "1")) + "]}")
                    .findings();

            assertThat(findings).hasSize(101);
            assertThatFinding(findings.getLast())
                    .isError("TOO_MANY_FINDINGS")
                    .says("There are more findings than the 100 that are listed.");
        }

        @Test
        void areQuotedInPartOnly() {
            assertThatOnly(object("{\"Statement\":{\"Effect\":\"" + "x".repeat(100_000) + "\"}}")
                            .findings())
                    .says("The Effect \"" + "x".repeat(160) + "…\" is neither \"Allow\" nor \"Deny\".");
        }

        @Test
        void fullOfWildcardsAreRead() {
            String json = policy("{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"" + "*a".repeat(65_000) + "\"}");

            PolicyDocument document = object(json).document().orElseThrow();

            assertThat(PolicyCheck.refusals(document, PolicyKind.IDENTITY, "aws"))
                    .extracting(Finding::code)
                    .contains("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", "INVALID_ARN_PREFIX");
        }
    }

    private static Reading pasted(String text) {
        return pasted(text, NONE);
    }

    private static Reading pasted(String text, Variables variables) {
        return PolicyReader.read(new PolicySource(text, true), variables);
    }

    private static Reading object(String text) {
        return PolicyReader.read(new PolicySource(text, false), NONE);
    }

    private static String policy(String statement) {
        return "{\"Version\":\"2012-10-17\",\"Statement\":[" + statement + "]}";
    }

    private static String condition(String condition) {
        return policy("{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":" + condition + "}");
    }
}

package io.rolesmith.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.util.List;
import org.erdtman.jcs.JsonCanonicalizer;
import org.junit.jupiter.api.Test;

class PolicyDocumentTests {

    private static final String FULL = """
            {
              "Version" : "2012-10-17",
              "Id": "one",
              "Statement": {
                "Sid": "Two", "Effect": "Deny",
                "Principal": {"Service": ["ecs-tasks.amazonaws.com"], "AWS": "123456789012"},
                "NotAction": ["sts:AssumeRole", "sts:TagSession"],
                "NotResource": "arn:aws:s3:::b/\\u0041\\/*",
                "Condition": {"ForAllValues:StringLikeIfExists": {"aws:TagKeys": ["a b", 1.50, true]}, "Null": {"a:b": false}}
              }
            }
            """;

    private final PolicyDocument full = PolicyDocument.parse(FULL);

    @Test
    void isSentMinifiedInTheOrderAndFormItWasWritten() {
        assertThat(full.json())
                .isEqualTo(
                        "{\"Version\":\"2012-10-17\",\"Id\":\"one\",\"Statement\":{\"Sid\":\"Two\",\"Effect\":\"Deny\","
                                + "\"Principal\":{\"Service\":[\"ecs-tasks.amazonaws.com\"],\"AWS\":\"123456789012\"},"
                                + "\"NotAction\":[\"sts:AssumeRole\",\"sts:TagSession\"],\"NotResource\":\"arn:aws:s3:::b/A/*\","
                                + "\"Condition\":{\"ForAllValues:StringLikeIfExists\":{\"aws:TagKeys\":[\"a b\",1.50,true]},"
                                + "\"Null\":{\"a:b\":false}}}}");
    }

    @Test
    void hasTheSizeOfItsMinifiedText() {
        assertThat(PolicyDocument.parse("{ \"Statement\" : { \"Effect\" : \"Deny\", \"Sid\": \"\\u00e9 \\\"\" } }")
                        .size())
                .isEqualTo("{\"Statement\":{\"Effect\":\"Deny\",\"Sid\":\"é \\\"\"}}".length());
    }

    @Test
    void showsItsStatementsTyped() {
        assertThat(full.version()).isEqualTo("2012-10-17");
        assertThat(full.id()).contains("one");
        assertThat(full.statements()).singleElement().satisfies(statement -> {
            assertThat(statement.index()).isZero();
            assertThat(statement.pointer()).isEqualTo("/Statement");
            assertThat(statement.sid()).contains("Two");
            assertThat(statement.effect()).isEqualTo(Effect.DENY);
            assertThat(statement.principals()).isInstanceOfSatisfying(Principals.Listed.class, listed -> {
                assertThat(listed.groups())
                        .extracting(Principals.Group::type)
                        .containsExactly(PrincipalType.SERVICE, PrincipalType.AWS);
                assertThat(listed.groups().getFirst().values().pointerOf(0))
                        .isEqualTo("/Statement/Principal/Service/0");
                assertThat(listed.groups().getLast().values().pointerOf(0)).isEqualTo("/Statement/Principal/AWS");
            });
            assertThat(statement.notPrincipals().isPresent()).isFalse();
            assertThat(statement.actions().isPresent()).isFalse();
            assertThat(statement.notActions().texts()).containsExactly("sts:AssumeRole", "sts:TagSession");
            assertThat(statement.notResources().texts()).containsExactly("arn:aws:s3:::b/A/*");
            assertThat(statement.conditions())
                    .extracting(
                            Condition::operator,
                            Condition::key,
                            condition -> condition.values().texts())
                    .containsExactly(
                            tuple("ForAllValues:StringLikeIfExists", "aws:TagKeys", List.of("a b", "1.50", "true")),
                            tuple("Null", "a:b", List.of("false")));
            assertThat(statement.conditions().getFirst().operatorPointer())
                    .isEqualTo("/Statement/Condition/ForAllValues:StringLikeIfExists");
        });
    }

    @Test
    void hasTheOlderVersionWhenItStatesNone() {
        assertThat(PolicyDocument.parse("{\"Statement\":{\"Effect\":\"Deny\"}}").version())
                .isEqualTo("2008-10-17");
    }

    @Test
    void hasACanonicalTextOfItsMeaning() {
        assertThat(full.canonical())
                .isEqualTo("{\"Id\":\"one\",\"Statement\":[{\"Condition\":["
                        + "[\"ForAllValues:StringLikeIfExists\",\"aws:tagkeys\",[\"1.50\",\"a b\",\"true\"]],"
                        + "[\"Null\",\"a:b\",[\"false\"]]],\"Effect\":\"Deny\","
                        + "\"NotAction\":[\"sts:assumerole\",\"sts:tagsession\"],\"NotResource\":[\"arn:aws:s3:::b/A/*\"],"
                        + "\"Principal\":{\"AWS\":[\"123456789012\"],\"Service\":[\"ecs-tasks.amazonaws.com\"]},"
                        + "\"Sid\":\"Two\"}],\"Version\":\"2012-10-17\"}");
    }

    @Test
    void hasACanonicalTextThatRfc8785LeavesAsItIs() throws IOException {
        String canonical = PolicyDocument.parse(
                        "{\"Statement\":{\"Effect\":\"Deny\",\"Resource\":[\"\\u20ac\",\"\\u007f\","
                                + "\"\\n\",\"\\\"\",\"\\ud83d\\ude00\",\"\\ufb33\"]}}")
                .canonical();

        assertThat(new JsonCanonicalizer(canonical).getEncodedString()).isEqualTo(canonical);
        assertThat(canonical).contains("\"€\"", "\"\u007F\"", "\"\\n\"", "\"\\\"\"", "\"\uD83D\uDE00\"", "\"\uFB33\"");
    }

    @Test
    void hasTheSha256OfItsCanonicalTextAsDigest() {
        // echo -n '{"Statement":[{"Effect":"Deny"}],"Version":"2008-10-17"}' | sha256sum
        PolicyDocument document = PolicyDocument.parse("{\"Statement\":{\"Effect\":\"Deny\"}}");

        assertThat(document.canonical())
                .isEqualTo("{\"Statement\":[{\"Effect\":\"Deny\"}],\"Version\":\"2008-10-17\"}");
        assertThat(document.digest()).isEqualTo("b76d86788d8112dee0d9bef926a29fdb510d690d142d7c407cbbad2dc08812b0");
    }

    @Test
    void isEqualToADocumentOfTheSameText() {
        assertThat(PolicyDocument.parse(full.json()))
                .isEqualTo(full)
                .hasSameHashCodeAs(full)
                .hasToString(full.json())
                .isNotEqualTo(PolicyDocument.parse(full.json().replace("\"123456789012\"", "[\"123456789012\"]")));
    }

    @Test
    void isNotEquivalentToWhatCannotBeRead() {
        assertThat(full.isEquivalentTo("")).isFalse();
        assertThat(full.isEquivalentTo("{")).isFalse();
        assertThat(full.isEquivalentTo(full.json() + "x")).isFalse();
        assertThat(full.isEquivalentTo(full.json().replace("\"Id\"", "\"Comment\"")))
                .isFalse();
        assertThat(full.isEquivalentTo(full.json().replace("\"Sid\":\"Two\"", "\"Sid\":\"Two\",\"Sid\":\"Two\"")))
                .isFalse();
        assertThat(full.isEquivalentTo(FULL)).isTrue();
    }

    @Test
    void takesWhatLooksLikeAVariableAsPlainTextWhenParsed() {
        String json = "{\"Statement\":{\"Effect\":\"Deny\",\"Resource\":\"${var.x}\"}}";

        assertThat(PolicyDocument.parse(json).json()).isEqualTo(json);
        assertThat(PolicyDocument.parse(json).isEquivalentTo(json.replace(":{", ": {")))
                .isTrue();
    }

    @Test
    void saysWhyItCannotBeParsed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PolicyDocument.parse("{\"Statement\":{\"Effect\":\"Permit\"}}"))
                .withMessage("The Effect \"Permit\" is neither \"Allow\" nor \"Deny\".");
    }
}

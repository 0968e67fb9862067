package io.rolesmith.policy.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Variables;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessRequestReaderTests {

    private static final String ARN = "arn:aws:s3:::assets/logo.png";

    private final List<Finding> findings = new ArrayList<>();

    private AccessRequest read(@Nullable String action, @Nullable String resource, Map<String, List<String>> context) {
        return new AccessRequestReader(Variables.of(Map.of("bucket", "assets")), "INVALID", findings)
                .read(action, resource, context, "/requests/0");
    }

    @Test
    void aGoodQuestionIsTakenAsItStandsWithItsVariables() {
        AccessRequest request = read(
                "s3:GetObject",
                "arn:aws:s3:::${var.bucket}/x",
                Map.of("aws:SourceAccount", List.of("1", "${var.bucket}")));

        assertThat(findings).isEmpty();
        assertThat(request)
                .isEqualTo(new AccessRequest(
                        "s3:GetObject", "arn:aws:s3:::assets/x", Map.of("aws:SourceAccount", List.of("1", "assets"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3:GetObject", "iam:PassRole", "execute-api:Invoke", "a:b", "ec2:Describe_X9"})
    void namesOneAction(String action) {
        read(action, "*", Map.of());

        assertThat(findings).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"-", "''", ":GetObject", "s3:", "s3", "s3:Get*", "s3:Get?bject", "s3:a:b", "s3:Gét", "'s3 :x'"})
    void refusesWhatNamesNoAction(@Nullable String action) {
        read(action, "*", Map.of());

        assertThat(findings)
                .containsExactly(Finding.error(
                        "INVALID",
                        "/requests/0/action",
                        "'" + (action == null ? "" : action) + "' does not name one action",
                        "Write it as in s3:GetObject, without wildcards."));
    }

    @Test
    void anActionHasALongestName() {
        read("s3:" + "a".repeat(253), "*", Map.of());
        assertThat(findings).isEmpty();

        read("s3:" + "a".repeat(254), "*", Map.of());
        assertThat(findings).extracting(Finding::pointer).containsExactly("/requests/0/action");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", ARN, "arn:aws:iam::123456789012:role/a:b", "arn:aws:sqs:us-east-1:1:q"})
    void namesOneResource(String resource) {
        assertThat(read("s3:GetObject", resource, Map.of()).resource()).isEqualTo(resource);
        assertThat(findings).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"-", "''", "**", "b", "arn:aws:s3::assets", "aws:arn:s3:::x", "arn:aws:s3:::*", "arn:aws:s3:::a?c"
            })
    void refusesWhatNamesNoResource(@Nullable String resource) {
        read("s3:GetObject", resource, Map.of());

        assertThat(findings)
                .containsExactly(Finding.error(
                        "INVALID",
                        "/requests/0/resource",
                        "'" + (resource == null ? "" : resource) + "' does not name one resource",
                        "Write its ARN without wildcards, or * alone for an action that knows no resource."));
    }

    @Test
    void aResourceHasALongestArnAndNoControlCharacters() {
        String longest = "arn:aws:s3:::" + "a".repeat(2048 - 13);
        read("s3:GetObject", longest, Map.of());
        assertThat(findings).isEmpty();

        read("s3:GetObject", longest + "a", Map.of());
        read("s3:GetObject", "arn:aws:s3:::a\nb", Map.of());
        assertThat(findings)
                .extracting(Finding::pointer)
                .containsExactly("/requests/0/resource", "/requests/0/resource");
    }

    @Test
    void anUnknownVariableIsSaidOnceAndNotAsAWrongArn() {
        read("s3:GetObject", "arn:aws:s3:::${var.nothing}/x", Map.of());

        assertThat(findings).hasSize(1).extracting(Finding::pointer).containsExactly("/requests/0/resource");
        assertThat(findings.getFirst().message()).contains("nothing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SourceAccount", ":x", ""})
    void refusesWhatIsNoConditionKey(String key) {
        read("s3:GetObject", "*", Map.of(key, List.of()));

        assertThat(findings).extracting(Finding::message).containsExactly("'" + key + "' is no condition key");
    }

    @Test
    void aKeyStandsThereOnceWhateverItsLetterCase() {
        Map<String, List<String>> context = new LinkedHashMap<>();
        context.put("aws:SourceAccount", List.of("1"));
        context.put("AWS:sourceaccount", List.of("2"));

        read("s3:GetObject", "*", context);

        assertThat(findings).extracting(Finding::pointer).containsExactly("/requests/0/context/AWS:sourceaccount");
        assertThat(findings.getFirst().message()).contains("twice");
    }

    @Test
    void aKeyHasALongestName() {
        read("s3:GetObject", "*", Map.of("aws:" + "k".repeat(252), List.of()));
        assertThat(findings).isEmpty();

        read("s3:GetObject", "*", Map.of("aws:" + "k".repeat(253), List.of()));
        assertThat(findings).hasSize(1);
    }

    @Test
    void keysAndValuesAreCounted() {
        read("s3:GetObject", "*", keys(50));
        read("s3:GetObject", "*", Map.of("aws:TagKeys", Collections.nCopies(100, "k")));
        assertThat(findings).isEmpty();

        assertThat(read("s3:GetObject", "*", keys(51)).context()).isEmpty();
        assertThat(read("s3:GetObject", "*", Map.of("aws:TagKeys", Collections.nCopies(101, "k")))
                        .context())
                .isEqualTo(Map.of("aws:TagKeys", List.of()));
        assertThat(findings)
                .extracting(Finding::message)
                .containsExactly(
                        "51 condition keys; there may be 50", "101 values of one condition key; there may be 100");
    }

    @Test
    void aValueHasALength() {
        read("s3:GetObject", "*", Map.of("aws:a", List.of("", "v".repeat(2048))));
        assertThat(findings).isEmpty();

        read("s3:GetObject", "*", Map.of("aws:a", List.of("v".repeat(2049))));
        assertThat(findings)
                .containsExactly(Finding.error(
                        "INVALID",
                        "/requests/0/context/aws:a/0",
                        "The value has 2049 characters; there may be 2048",
                        "Shorten it."));
    }

    private static Map<String, List<String>> keys(int count) {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            keys.put("aws:key" + i, List.of());
        }
        return keys;
    }
}

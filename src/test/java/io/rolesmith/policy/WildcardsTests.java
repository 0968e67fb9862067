package io.rolesmith.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WildcardsTests {

    private static final int ROUNDS = 20_000;

    @ParameterizedTest(name = "{0} covers {1}")
    @CsvSource({
        "'', ''",
        "*, ''",
        "*, anything",
        "**, anything",
        "s3:GetObject, s3:GetObject",
        "s3:Get*, s3:GetObject",
        "s3:*Object, s3:GetObject",
        "s3:G*t*t, s3:GetObject",
        "s3:?etObject, s3:GetObject",
        "*a*b*c, xaxxbxbxc",
        "a*a, aa",
        "a*, a"
    })
    void covers(String pattern, String text) {
        assertThat(Wildcards.matches(pattern, text)).isTrue();
    }

    @ParameterizedTest(name = "{0} does not cover {1}")
    @CsvSource({
        "'', a",
        "?, ''",
        "a, ''",
        "a, ab",
        "a*a, a",
        "s3:Get*, s3:PutObject",
        "s3:get*, s3:GetObject",
        "*Object, s3:GetObjectAcl",
        "????, abc",
        "a.c, abc",
        "[a-z], a"
    })
    void doesNotCover(String pattern, String text) {
        assertThat(Wildcards.matches(pattern, text)).isFalse();
    }

    @ParameterizedTest(name = "{0} and {1} meet")
    @CsvSource({
        "'', ''",
        "*, ''",
        "*, *",
        "a*, *b",
        "a?c, ab*",
        "arn:aws:iam::123456789012:role/*, arn:aws:iam::*:role/RolesmithProvisioner",
        "arn:*, arn:aws:iam::123456789012:role/RolesmithProvisioner",
        "*Provisioner, Rolesmith*",
        "a*b*c, *bb*",
        "??, *"
    })
    void meet(String left, String right) {
        assertThat(Wildcards.intersects(left, right)).isTrue();
        assertThat(Wildcards.intersects(right, left)).isTrue();
    }

    @ParameterizedTest(name = "{0} and {1} never meet")
    @CsvSource({
        "'', ?",
        "a, b",
        "a*, b*",
        "*a, *b",
        "??, ???",
        "a?c, abd*",
        "arn:aws:s3:::*, arn:aws:iam::123456789012:role/RolesmithProvisioner",
        "arn:aws:iam::*:role/app-*, arn:aws:iam::123456789012:role/RolesmithProvisioner",
        "Rolesmith, Rolesmith?*"
    })
    void neverMeet(String left, String right) {
        assertThat(Wildcards.intersects(left, right)).isFalse();
        assertThat(Wildcards.intersects(right, left)).isFalse();
    }

    @Test
    void agreesWithTheObviousDefinitionOfCovering() {
        long seed = System.nanoTime();
        System.out.println("WildcardsTests covering, seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String pattern = text(random, "ab*?", 7);
            String text = text(random, "ab", 7);
            assertThat(Wildcards.matches(pattern, text))
                    .as("%s on %s", pattern, text)
                    .isEqualTo(obviouslyMatches(pattern, text));
        }
    }

    @Test
    void agreesWithTheObviousDefinitionOfMeeting() {
        long seed = System.nanoTime();
        System.out.println("WildcardsTests meeting, seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String left = text(random, "ab*?", 6);
            String right = text(random, "ab*?", 6);
            assertThat(Wildcards.intersects(left, right))
                    .as("%s with %s", left, right)
                    .isEqualTo(obviouslyMeet(left, right));
        }
    }

    @Test
    void answersForHostilePatterns() {
        String pattern = "*a".repeat(65_536);

        assertThat(Wildcards.matches(pattern, "a".repeat(131_071) + "b")).isFalse();
        assertThat(Wildcards.matches(pattern, "a".repeat(131_072))).isTrue();
        assertThat(Wildcards.intersects(pattern, "arn:aws:iam::123456789012:role/RolesmithProvisioner"))
                .isFalse();
    }

    @ParameterizedTest(name = "{0} opens to {1}")
    @CsvSource({
        "arn:aws:s3:::b/${aws:username}/*, arn:aws:s3:::b/*/*",
        "'${aws:PrincipalTag/team, ''none''}-x', *-x",
        "a${*}b${?}c${$}, a?b?c?",
        "${unclosed, ${unclosed",
        "plain, plain"
    })
    void opensVariables(String pattern, String opened) {
        assertThat(Wildcards.openVariables(pattern)).isEqualTo(opened);
    }

    private static String text(Random random, String alphabet, int longest) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(longest + 1); length > 0; length--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private static boolean obviouslyMatches(String pattern, String text) {
        if (pattern.isEmpty()) {
            return text.isEmpty();
        }
        String rest = pattern.substring(1);
        if (pattern.charAt(0) == '*') {
            return obviouslyMatches(rest, text) || (!text.isEmpty() && obviouslyMatches(pattern, text.substring(1)));
        }
        return !text.isEmpty()
                && (pattern.charAt(0) == '?' || pattern.charAt(0) == text.charAt(0))
                && obviouslyMatches(rest, text.substring(1));
    }

    private static boolean obviouslyMeet(String left, String right) {
        if (left.isEmpty() && right.isEmpty()) {
            return true;
        }
        if (left.startsWith("*")) {
            return obviouslyMeet(left.substring(1), right)
                    || (!right.isEmpty() && obviouslyMeet(left, right.substring(1)));
        }
        if (right.startsWith("*")) {
            return obviouslyMeet(right, left);
        }
        return !left.isEmpty()
                && !right.isEmpty()
                && (left.charAt(0) == right.charAt(0) || left.charAt(0) == '?' || right.charAt(0) == '?')
                && obviouslyMeet(left.substring(1), right.substring(1));
    }
}

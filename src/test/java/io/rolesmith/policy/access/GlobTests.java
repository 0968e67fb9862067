package io.rolesmith.policy.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GlobTests {

    private static final int ROUNDS = 40_000;

    @Test
    void agreesWithTheObviousDefinition() {
        long seed = System.nanoTime();
        System.out.println("GlobTests, seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String pattern = text(random, "ab*?", 7);
            String text = text(random, "ab*?", 7);
            boolean[] wildcards = new boolean[pattern.length()];
            for (int i = 0; i < wildcards.length; i++) {
                wildcards[i] = random.nextInt(3) > 0;
            }
            assertThat(Glob.of(pattern, wildcards).matches(text))
                    .as("%s on %s, seed %d", pattern, text, seed)
                    .isEqualTo(obviouslyMatches(pattern, wildcards, 0, text));
        }
    }

    @Test
    void agreesWithTheObviousDefinitionWhereTurningBackWouldTakeLong() {
        long seed = System.nanoTime();
        System.out.println("GlobTests of long texts, seed " + seed);
        Random random = new Random(seed);
        int matching = 0;
        for (int round = 0; round < 300; round++) {
            int length = 60 + random.nextInt(90);
            String end = random.nextBoolean() ? "b" : "?";
            String pattern = "*" + "a".repeat(length) + end + "*";
            String text = "a".repeat(4 * length) + (random.nextInt(3) == 0 ? "b" : "c") + "a".repeat(random.nextInt(3));
            boolean expected = end.equals("?") || text.indexOf('b') >= 0;
            assertThat(Glob.of(pattern).matches(text)).as("%s on %s", pattern, text).isEqualTo(expected);
            matching += expected ? 1 : 0;
        }
        assertThat(matching).isBetween(1, 299);
    }

    @Test
    void takesMarkedStarsAndQuestionMarksLiterally() {
        boolean[] wildcards = {false, false, false, true};

        assertThat(Glob.of("a*?*", wildcards).matches("a*?bc")).isTrue();
        assertThat(Glob.of("a*?*", wildcards).matches("axybc")).isFalse();
    }

    @Test
    void answersInTimeForPatternsMadeToHurt() {
        String text = "a".repeat(2_048);
        long start = System.nanoTime();
        for (int i = 0; i < 64; i++) {
            assertThat(Glob.of("*" + "a".repeat(1_000) + "?".repeat(i) + "b" + "*".repeat(900))
                            .matches(text))
                    .isFalse();
        }
        assertThat(Glob.of("*a".repeat(65_536)).matches(text)).isFalse();
        assertThat(Glob.of("*a".repeat(1_024) + "*b").matches(text)).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(500));
    }

    private static String text(Random random, String alphabet, int longest) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(longest + 1); length > 0; length--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private static boolean obviouslyMatches(String pattern, boolean[] wildcards, int from, String text) {
        if (from == pattern.length()) {
            return text.isEmpty();
        }
        char next = pattern.charAt(from);
        if (next == '*' && wildcards[from]) {
            return obviouslyMatches(pattern, wildcards, from + 1, text)
                    || (!text.isEmpty() && obviouslyMatches(pattern, wildcards, from, text.substring(1)));
        }
        return !text.isEmpty()
                && ((next == '?' && wildcards[from]) || next == text.charAt(0))
                && obviouslyMatches(pattern, wildcards, from + 1, text.substring(1));
    }
}

package io.rolesmith.policy.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rolesmith.policy.Wildcards;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;

class GlobClassesTests {

    private static final int MAX_LENGTH = 8;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** Every text of up to eight characters, the last of the letters standing in no pattern. */
    @Test
    void areThoseThatSomeTextIsIn() {
        System.out.println("GlobClassesTests seed " + seed);
        List<String> texts = texts("abz", MAX_LENGTH);
        for (int round = 0; round < 150; round++) {
            List<String> patterns = patterns("ab*?", 4);

            assertThat(GlobClasses.of(
                            patterns.stream().map(WildcardText::pattern).toList(), new Effort(1_000_000)))
                    .as("seed %s, round %s, %s", seed, round, patterns)
                    .isEqualTo(seen(patterns, texts, Wildcards::matches));
        }
    }

    @Test
    void ofArnsAreThoseThatSomeArnIsInSegmentBySegment() {
        List<String> tails = texts("a:z", 3);
        for (int round = 0; round < 150; round++) {
            List<String> patterns = patterns("a*?:", 3).stream()
                    .map(tail -> "a:*:?:a*:" + tail.replace("::", ":") + ":a")
                    .filter(pattern -> pattern.chars().filter(c -> c == ':').count() == 5)
                    .toList();
            List<String> arns = new ArrayList<>();
            for (String tail : tails) {
                arns.add("a:a:z:az:" + tail + ":a");
                arns.add("a::z:a:" + tail + "a");
            }

            Set<BitSet> classes =
                    GlobClasses.of(patterns.stream().map(WildcardText::arn).toList(), new Effort(1_000_000));

            assertThat(classes)
                    .as("seed %s, round %s, %s", seed, round, patterns)
                    .containsAll(seen(patterns, arns, GlobClassesTests::bySegment));
        }
    }

    @Test
    void endWithTheirEffort() {
        List<WildcardText> hostile = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            hostile.add(WildcardText.pattern("*" + (char) ('A' + i) + "*"));
        }

        assertThatThrownBy(() -> GlobClasses.of(hostile, new Effort(100_000))).isInstanceOf(Effort.Exhausted.class);
    }

    @Test
    void aPatternCoversAnotherOnlyIfItMatchesAllThatTheOtherDoes() {
        List<String> texts = texts("abz", 6);
        int covers = 0;
        int subsets = 0;
        for (int round = 0; round < 3_000; round++) {
            String one = patterns("ab*?", 1).getFirst();
            String other = patterns("ab*?", 1).getFirst();
            boolean subset =
                    texts.stream().allMatch(text -> !Wildcards.matches(other, text) || Wildcards.matches(one, text));
            boolean said = WildcardText.pattern(one).covers(WildcardText.pattern(other));
            assertThat(said && !subset)
                    .as("seed %s: %s covers %s", seed, one, other)
                    .isFalse();
            covers += said ? 1 : 0;
            subsets += subset ? 1 : 0;
        }
        assertThat(covers).as("of %s", subsets).isGreaterThan(subsets / 2);
    }

    private static Set<BitSet> seen(List<String> patterns, List<String> texts, BiPredicate<String, String> matches) {
        Set<BitSet> seen = new HashSet<>();
        for (String text : texts) {
            BitSet matched = new BitSet();
            for (int i = 0; i < patterns.size(); i++) {
                matched.set(i, matches.test(patterns.get(i), text));
            }
            seen.add(matched);
        }
        return seen;
    }

    private static boolean bySegment(String pattern, String text) {
        String[] patterns = pattern.split(":", 6);
        String[] segments = text.split(":", 6);
        if (segments.length < 6) {
            return false;
        }
        for (int i = 0; i < 6; i++) {
            if (!Wildcards.matches(patterns[i], segments[i])) {
                return false;
            }
        }
        return true;
    }

    private List<String> patterns(String letters, int most) {
        List<String> patterns = new ArrayList<>();
        for (int i = random.nextInt(most); i >= 0; i--) {
            StringBuilder pattern = new StringBuilder();
            for (int j = random.nextInt(5); j >= 0; j--) {
                pattern.append(letters.charAt(random.nextInt(letters.length())));
            }
            patterns.add(pattern.toString());
        }
        return patterns;
    }

    private static List<String> texts(String letters, int most) {
        List<String> texts = new ArrayList<>(List.of(""));
        int from = 0;
        for (int length = 0; length < most; length++) {
            int to = texts.size();
            for (int i = from; i < to; i++) {
                for (char letter : letters.toCharArray()) {
                    texts.add(texts.get(i) + letter);
                }
            }
            from = to;
        }
        return texts;
    }
}

package io.rolesmith.policy.access;

import static org.assertj.core.api.Assertions.assertThat;

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
    void findsLongPiecesWhereTheyFirstStand() {
        long seed = System.nanoTime();
        System.out.println("GlobTests of long pieces, seed " + seed);
        Random random = new Random(seed);
        int matching = 0;
        for (int round = 0; round < 400; round++) {
            char[] piece = new char[60 + random.nextInt(90)];
            for (int i = 0; i < piece.length; i++) {
                piece[i] = random.nextInt(4) == 0 ? '?' : 'a';
            }
            piece[random.nextInt(piece.length)] = round % 2 == 0 ? 'b' : '\u0394';
            piece[random.nextInt(piece.length)] = '?';
            char[] text = "a".repeat(600).toCharArray();
            for (int i = random.nextInt(4); i > 0; i--) {
                text[random.nextInt(text.length)] = "bc\u0394".charAt(random.nextInt(3));
            }
            boolean expected = occurs(piece, text);
            assertThat(Glob.of("*" + new String(piece) + "*").matches(new String(text)))
                    .as("%s in %s, seed %d", new String(piece), new String(text), seed)
                    .isEqualTo(expected);
            matching += expected ? 1 : 0;
        }
        assertThat(matching).isBetween(10, 390);
    }

    @Test
    void leavesRoomForWhatFollowsALongPiece() {
        String piece = "a?".repeat(50);

        assertThat(Glob.of("*" + piece + "*" + piece + "*").matches("a".repeat(400)))
                .isTrue();
        assertThat(Glob.of("*" + piece + "*" + piece + "*").matches("a".repeat(199)))
                .isFalse();
        assertThat(Glob.of("*" + piece + "c*" + piece + "*c").matches("a".repeat(300) + "c" + "a".repeat(300) + "c"))
                .isTrue();
        assertThat(Glob.of("*" + piece + "c*" + piece + "*c").matches("a".repeat(300) + "c" + "a".repeat(99) + "c"))
                .isFalse();
    }

    @Test
    void takesMarkedStarsAndQuestionMarksLiterally() {
        boolean[] wildcards = {false, false, false, true};

        assertThat(Glob.of("a*?*", wildcards).matches("a*?bc")).isTrue();
        assertThat(Glob.of("a*?*", wildcards).matches("axybc")).isFalse();
    }

    private static boolean occurs(char[] piece, char[] text) {
        for (int place = 0; place + piece.length <= text.length; place++) {
            int same = 0;
            while (same < piece.length && (piece[same] == '?' || piece[same] == text[place + same])) {
                same++;
            }
            if (same == piece.length) {
                return true;
            }
        }
        return false;
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

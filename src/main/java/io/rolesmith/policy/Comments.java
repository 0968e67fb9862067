package io.rolesmith.policy;

/**
 * A pasted text whose comments have become white space, so that everything else keeps its line and column.
 *
 * @param text the text without comments, as long as the original
 * @param count how many comments there were
 * @param first where the first one began, -1 when there was none
 * @param unclosed where a comment began that never ends, -1 when there is none
 */
record Comments(String text, int count, int first, int unclosed) {

    /** Blanks {@code //} and {@code /* *}{@code /} comments outside of strings. */
    static Comments blank(String text) {
        if (text.indexOf('/') < 0) {
            return new Comments(text, 0, -1, -1);
        }
        char[] characters = text.toCharArray();
        int count = 0;
        int first = -1;
        boolean inString = false;
        int i = 0;
        while (i < characters.length) {
            char character = characters[i];
            if (inString) {
                // A string cannot go on over a line's end: whoever forgot a quote still gets his comments seen.
                if (character == '\\') {
                    i++;
                } else if (character == '"' || character == '\n') {
                    inString = false;
                }
                i++;
            } else if (character == '"') {
                inString = true;
                i++;
            } else if (character == '/' && i + 1 < characters.length && isStar(characters[i + 1])) {
                int end = text.indexOf("*/", i + 2);
                if (end < 0) {
                    return new Comments(text, count, first, i);
                }
                first = count++ == 0 ? i : first;
                i = blank(characters, i, end + 2);
            } else if (character == '/' && i + 1 < characters.length && characters[i + 1] == '/') {
                first = count++ == 0 ? i : first;
                i = blank(characters, i, endOfLine(characters, i));
            } else {
                i++;
            }
        }
        return new Comments(count == 0 ? text : new String(characters), count, first, -1);
    }

    private static boolean isStar(char character) {
        return character == '*';
    }

    private static int endOfLine(char[] characters, int start) {
        int end = start;
        while (end < characters.length && characters[end] != '\n' && characters[end] != '\r') {
            end++;
        }
        return end;
    }

    private static int blank(char[] characters, int start, int end) {
        for (int i = start; i < end; i++) {
            if (characters[i] != '\n' && characters[i] != '\r') {
                characters[i] = ' ';
            }
        }
        return end;
    }
}

package io.rolesmith.policy;

/** Tests and folds characters the way IAM does: by ASCII, never by locale. */
public final class Ascii {

    private Ascii() {}

    /** The text with A–Z lowered. */
    public static String lower(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isUpper(text.charAt(i))) {
                char[] characters = text.toCharArray();
                for (int j = i; j < characters.length; j++) {
                    if (isUpper(characters[j])) {
                        characters[j] += 'a' - 'A';
                    }
                }
                return new String(characters);
            }
        }
        return text;
    }

    /** Whether the text consists of the digits 0–9 only. */
    public static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    public static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    public static boolean isAlphanumeric(char character) {
        return isDigit(character) || isUpper(character) || (character >= 'a' && character <= 'z');
    }

    private static boolean isUpper(char character) {
        return character >= 'A' && character <= 'Z';
    }
}

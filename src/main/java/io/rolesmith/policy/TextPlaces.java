package io.rolesmith.policy;

/** Says in which line and column of a pasted text something stands. */
sealed interface TextPlaces {

    /** The finding with the place of {@code offset}, where there are lines to speak of. */
    Finding place(Finding finding, int offset);

    /** Text that somebody sees in lines. */
    record Lines(String text) implements TextPlaces {

        @Override
        public Finding place(Finding finding, int offset) {
            int line = 1;
            int lineStart = 0;
            int end = Math.min(offset, text.length());
            for (int i = 0; i < end; i++) {
                char character = text.charAt(i);
                boolean halfOfPair = character == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
                if (character == '\n' || (character == '\r' && !halfOfPair)) {
                    line++;
                    lineStart = i + 1;
                }
            }
            return finding.at(line, end - lineStart + 1);
        }
    }

    /** An object inside a request: its lines mean nothing to the one who sent it. */
    record Unknown() implements TextPlaces {

        @Override
        public Finding place(Finding finding, int offset) {
            return finding;
        }
    }
}

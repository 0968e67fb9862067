package io.rolesmith.policy;

import java.util.List;

/**
 * The values of one element of a statement, whether it was written as one string or as an array of them.
 *
 * @param pointer where the element stands in its document
 * @param form how it was written
 * @param texts the values in order; numbers and booleans by their literal
 */
public record Values(String pointer, Form form, List<String> texts) {

    /** How an element was written. */
    public enum Form {
        ABSENT,
        SCALAR,
        ARRAY
    }

    static final Values ABSENT = new Values("", Form.ABSENT, List.of());

    public Values {
        texts = List.copyOf(texts);
    }

    /** Whether the element stands in the document, be it empty. */
    public boolean isPresent() {
        return form != Form.ABSENT;
    }

    /** Whether there is no value: the element is absent or an empty array. */
    public boolean isEmpty() {
        return texts.isEmpty();
    }

    /** Where the value {@code index} stands in its document. */
    public String pointerOf(int index) {
        return form == Form.ARRAY ? JsonPointer.element(pointer, index) : pointer;
    }
}

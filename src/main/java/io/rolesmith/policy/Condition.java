package io.rolesmith.policy;

/**
 * One line of a condition block: the request's {@code key} held against {@code values}.
 *
 * @param operator as written, with prefix and suffix; not necessarily one that IAM knows
 * @param key as written; IAM compares key names without case
 * @param values what the operator compares with; none is not the same as no condition
 */
public record Condition(String operator, String key, Values values) {

    /** Where the operator stands in its document. */
    public String operatorPointer() {
        String pointer = values.pointer();
        return pointer.substring(0, pointer.lastIndexOf('/'));
    }
}

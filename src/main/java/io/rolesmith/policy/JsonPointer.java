package io.rolesmith.policy;

/** Builds JSON pointers (RFC 6901). */
public final class JsonPointer {

    private JsonPointer() {}

    /** {@code parent} extended by the member {@code name}, with {@code ~} and {@code /} escaped. */
    public static String member(String parent, String name) {
        return parent + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    /** {@code parent} extended by the array element {@code index}, counted from 0. */
    public static String element(String parent, int index) {
        return parent + "/" + index;
    }
}

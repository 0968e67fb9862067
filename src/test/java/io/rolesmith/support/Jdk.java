package io.rolesmith.support;

import java.nio.file.Path;

/** The JDK that runs the tests, for processes that are to run on the same one. */
public final class Jdk {

    private Jdk() {}

    /** Where one of its tools is, such as {@code java} or {@code jcmd}. */
    public static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }
}

package io.rolesmith.packaging;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The name of a container image, as {@code FROM} or {@code image:} spells it.
 *
 * @param text the name with its tag
 */
record ImageName(String text) {

    /** Major and minor version at least: a tag like {@code 18} or {@code latest} is another image next month. */
    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+.*");

    /** What is wrong with the name; empty when nothing is. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        // The rule by which Docker itself tells a host from the first part of a path.
        int slash = text.indexOf('/');
        String first = slash < 0 ? "" : text.substring(0, slash);
        if (first.contains(".") || first.contains(":") || first.equals("localhost")) {
            complaints.add(text + " names a registry's host");
        }
        String name = text.substring(text.lastIndexOf('/') + 1);
        int colon = name.indexOf(':');
        if (colon < 0 || !VERSION.matcher(name.substring(colon + 1)).matches()) {
            complaints.add(text + " is not pinned to a version");
        }
        return complaints;
    }
}

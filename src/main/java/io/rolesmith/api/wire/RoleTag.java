package io.rolesmith.api.wire;

import io.rolesmith.provisioning.RoleVersion;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The entity tag of a managed role: what was wanted of it, and how IAM shows it. */
public final class RoleTag {

    private static final Pattern TAG = Pattern.compile("(0|[1-9][0-9]{0,17})-([0-9a-z]{1,128})");

    private RoleTag() {}

    /** The tag, its quotes included, as the header ETag has it. */
    public static String of(RoleVersion version) {
        return "\"" + version.wanted() + "-" + version.fingerprint() + "\"";
    }

    /** The version that a tag without its quotes stands for; empty if it is none of ours. */
    public static Optional<RoleVersion> version(String opaque) {
        Matcher tag = TAG.matcher(opaque);
        return tag.matches()
                ? Optional.of(new RoleVersion(Long.parseLong(tag.group(1)), tag.group(2)))
                : Optional.empty();
    }
}

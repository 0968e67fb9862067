package io.rolesmith.role;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Who a role belongs to, as it is written into the role's tags in the {@code CreateRole} call itself and never rewritten.
 *
 * @param installation the Rolesmith that made the role
 * @param team the team for which it was made
 * @param request the request that made it: with it, a lost answer to {@code CreateRole} is recognised
 */
public record Ownership(String installation, String team, String request) {

    /** What tag keys of ours begin with; no spec may use it, in any case of letters. */
    public static final String TAG_PREFIX = "rolesmith:";

    public static final String INSTALLATION_TAG = TAG_PREFIX + "installation";
    public static final String TEAM_TAG = TAG_PREFIX + "team";
    public static final String REQUEST_TAG = TAG_PREFIX + "request";

    /** The three tags. */
    public SequencedMap<String, String> tags() {
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        tags.put(INSTALLATION_TAG, installation);
        tags.put(TEAM_TAG, team);
        tags.put(REQUEST_TAG, request);
        return tags;
    }

    /** Whether {@code tags} are those of a role that this very request made. */
    public boolean isOn(Map<String, String> tags) {
        return installation.equals(tags.get(INSTALLATION_TAG)) && request.equals(tags.get(REQUEST_TAG));
    }

    /** Whether {@code tags} are those of something that this installation made, or that was made to look so. */
    public static boolean isOfInstallation(String installation, Map<String, String> tags) {
        return installation.equals(tags.get(INSTALLATION_TAG));
    }

    /** The rule of IAM that {@code value} breaks as an installation's or team's name in a tag, if any. */
    public static Optional<String> violation(String value) {
        if (value.codePointCount(0, value.length()) > RoleLimits.MAX_TAG_VALUE) {
            return Optional.of(
                    "The name has more than " + RoleLimits.MAX_TAG_VALUE + " characters, which no tag can hold");
        }
        return Characters.firstOutside(value, Characters::ofTag)
                .map(c -> "The name '" + value + "' contains '" + c
                        + "', and a tag can hold only letters, digits, spaces and _.:/=+-@");
    }

    static boolean reserves(String tagKey) {
        return tagKey.toLowerCase(Locale.ROOT).startsWith(TAG_PREFIX);
    }
}

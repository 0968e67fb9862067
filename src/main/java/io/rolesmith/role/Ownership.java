package io.rolesmith.role;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
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

    static boolean reserves(String tagKey) {
        return tagKey.toLowerCase(Locale.ROOT).startsWith(TAG_PREFIX);
    }
}

package io.rolesmith.support;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** A call in the query protocol that IAM and STS speak. */
public record QueryForm(SequencedMap<String, String> members) {

    public static QueryForm read(String body) {
        SequencedMap<String, String> members = new LinkedHashMap<>();
        for (String member : body.split("&", -1)) {
            String[] parts = member.split("=", 2);
            members.put(decoded(parts[0]), parts.length == 1 ? "" : decoded(parts[1]));
        }
        return new QueryForm(members);
    }

    public static QueryForm of(String action, Map<String, String> members) {
        SequencedMap<String, String> all = new LinkedHashMap<>(members);
        all.put("Action", action);
        all.put("Version", "2010-05-08");
        return new QueryForm(all);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    String body() {
        return members.entrySet().stream()
                .map(member -> member.getKey() + "=" + URLEncoder.encode(member.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    public String action() {
        return get("Action");
    }

    /** Empty if it is not given. */
    public String get(String member) {
        return members.getOrDefault(member, "");
    }

    /** The role that it is about; an instance profile of ours has the name of its role. */
    public String role() {
        return members.containsKey("RoleName") ? get("RoleName") : get("InstanceProfileName");
    }

    /** Whether IAM is other afterwards, if it does what is asked. */
    public boolean writes() {
        return !action().startsWith("Get") && !action().startsWith("List");
    }
}

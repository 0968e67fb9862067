package io.rolesmith.role;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A role as IAM showed it. Documents are IAM's text, percent-decoded: what others wrote need not be what we can read.
 *
 * @param roleId IAM's stable id of the role; a recreated role has another one
 * @param inlinePolicies name to text
 * @param instanceProfiles names of the instance profiles that hold the role; empty when they were not asked for
 * @param templated whether a role template manages it, so that any change of ours would break that
 */
public record RoleState(
        String roleId,
        String arn,
        String name,
        String path,
        String description,
        String trustPolicy,
        int maxSessionSeconds,
        @Nullable String permissionsBoundaryArn,
        Map<String, String> tags,
        SequencedSet<String> managedPolicyArns,
        SequencedMap<String, String> inlinePolicies,
        SequencedSet<String> instanceProfiles,
        boolean templated) {

    public RoleState {
        tags = Map.copyOf(tags);
        managedPolicyArns = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(managedPolicyArns));
        inlinePolicies = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(inlinePolicies));
        instanceProfiles = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(instanceProfiles));
    }

    /** SHA-256, in hex, over everything above in a fixed order: equal if and only if IAM showed the same. */
    public String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            add(digest, roleId, arn, name, path, description, trustPolicy, Integer.toString(maxSessionSeconds));
            add(
                    digest,
                    permissionsBoundaryArn == null ? "-" : "+" + permissionsBoundaryArn,
                    Boolean.toString(templated));
            new TreeMap<>(tags).forEach((key, value) -> add(digest, "tag", key, value));
            new TreeSet<>(managedPolicyArns).forEach(arn -> add(digest, "managed", arn));
            new TreeMap<>(inlinePolicies).forEach((policy, text) -> add(digest, "inline", policy, text));
            new TreeSet<>(instanceProfiles).forEach(profile -> add(digest, "profile", profile));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    private static void add(MessageDigest digest, String... texts) {
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update(Integer.toString(bytes.length).getBytes(StandardCharsets.US_ASCII));
            digest.update((byte) ':');
            digest.update(bytes);
        }
    }
}

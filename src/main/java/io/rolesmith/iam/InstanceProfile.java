package io.rolesmith.iam;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;

/**
 * An instance profile as IAM showed it.
 *
 * @param roleNames the roles in it, of which IAM allows one
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/APIReference/API_InstanceProfile.html">InstanceProfile</a>
 */
public record InstanceProfile(
        String name, String arn, String path, Map<String, String> tags, SequencedSet<String> roleNames) {

    public InstanceProfile {
        tags = Map.copyOf(tags);
        roleNames = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(roleNames));
    }
}

package io.rolesmith.role;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * An expectation as somebody wrote it down, unchecked and with its variables unresolved.
 *
 * @param context values by condition key
 * @param decision a word of {@link io.rolesmith.policy.access.Decision#word()}
 */
public record ExpectationDraft(
        @Nullable String action,
        @Nullable String resource,
        SequencedMap<String, List<String>> context,
        @Nullable String decision) {

    public ExpectationDraft {
        SequencedMap<String, List<String>> copy = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> key : context.entrySet()) {
            copy.put(key.getKey(), List.copyOf(key.getValue()));
        }
        context = Collections.unmodifiableSequencedMap(copy);
    }
}

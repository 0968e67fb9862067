package io.rolesmith.api.rolerequest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How long the caller wants to wait for the end of a request, as the header Prefer (RFC 7240) says it. What cannot be
 * read is not applied, as that RFC asks.
 *
 * @param applied what the header Preference-Applied answers, empty if nothing was preferred that we know
 */
record Preference(Duration longestWait, List<String> applied) {

    static final Duration DEFAULT_WAIT = Duration.ofSeconds(10);
    static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    static Preference of(List<String> headers) {
        Duration wait = DEFAULT_WAIT;
        List<String> applied = new ArrayList<>();
        for (String header : headers) {
            for (String part : header.split(",", -1)) {
                String preference = part.strip().toLowerCase(Locale.ROOT);
                if (preference.equals("respond-async")) {
                    wait = Duration.ZERO;
                    applied.add(preference);
                } else if (preference.matches("wait=[0-9]{1,5}")) {
                    Duration asked = Duration.ofSeconds(Long.parseLong(preference.substring("wait=".length())));
                    Duration bounded = asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
                    // Asked for both, the caller wants no answer later than at once.
                    wait = applied.contains("respond-async") ? wait : bounded;
                    applied.add("wait=" + bounded.toSeconds());
                }
            }
        }
        return new Preference(wait, List.copyOf(applied));
    }
}

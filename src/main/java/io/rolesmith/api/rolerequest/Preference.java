package io.rolesmith.api.rolerequest;

import java.time.Duration;
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
        boolean waits = false;
        boolean async = false;
        for (String header : headers) {
            for (String part : header.split(",", -1)) {
                // A preference may have parameters behind a semicolon, space around its equals sign, and quotes.
                String preference =
                        part.replaceFirst(";.*", "").replaceAll("[\\s\"]", "").toLowerCase(Locale.ROOT);
                if (preference.equals("respond-async")) {
                    async = true;
                } else if (preference.matches("wait=[0-9]{1,9}")) {
                    Duration asked = Duration.ofSeconds(Long.parseLong(preference.substring("wait=".length())));
                    wait = asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
                    waits = true;
                }
            }
        }
        if (async) {
            return new Preference(Duration.ZERO, List.of("respond-async"));
        }
        return new Preference(wait, waits ? List.of("wait=" + wait.toSeconds()) : List.of());
    }
}

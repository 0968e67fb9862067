package io.rolesmith.api.wire;

import io.rolesmith.api.problem.MalformedRequestException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The place behind which the next page begins, opaque to callers. */
public final class PageToken {

    public static final int MAX_PAGE_SIZE = 200;
    public static final String DEFAULT_PAGE_SIZE = "50";

    /** The parameter pageSize, described. */
    public static final String PAGE_SIZE = "How many there are on a page, 1 to 200";

    /** The parameter pageToken, described. */
    public static final String PAGE_TOKEN = "The nextPageToken of the page before; absent for the first page";

    private PageToken() {}

    /** A token of {@code parts}, none of which contains a line break. */
    public static String of(String... parts) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(String.join("\n", parts).getBytes(StandardCharsets.UTF_8));
    }

    /** @throws MalformedRequestException if the token is none of ours */
    public static Optional<List<String>> parts(@Nullable String token, int count) {
        if (token == null || token.isEmpty()) {
            return Optional.empty();
        }
        try {
            List<String> parts =
                    List.of(new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8).split("\n", -1));
            if (parts.size() == count && parts.stream().allMatch(BodyCheck::isText)) {
                return Optional.of(parts);
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw invalid();
    }

    /** The token of a single number. @throws MalformedRequestException if the token is none of ours */
    public static @Nullable Long number(@Nullable String token) {
        try {
            return parts(token, 1).map(parts -> Long.valueOf(parts.getFirst())).orElse(null);
        } catch (NumberFormatException e) {
            throw invalid();
        }
    }

    /** @throws MalformedRequestException if the size is not from 1 to {@value #MAX_PAGE_SIZE} */
    public static int size(int pageSize) {
        if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
            throw MalformedRequestException.parameter(
                    "pageSize",
                    pageSize + " is not from 1 to " + MAX_PAGE_SIZE,
                    "Ask for pages of at most " + MAX_PAGE_SIZE);
        }
        return pageSize;
    }

    private static MalformedRequestException invalid() {
        return MalformedRequestException.parameter(
                "pageToken", "it is none that a page gave", "Send the nextPageToken of the page before, unchanged");
    }
}

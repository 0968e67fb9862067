package io.rolesmith.api.wire;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One page of a list. */
public record PageResponse<T>(
        List<T> items,

        @Schema(description = "The pageToken of the next page; absent on the last") @Nullable
        String nextPageToken) {

    /** All there is, on one page. */
    public static <T> PageResponse<T> all(List<T> items) {
        return new PageResponse<>(items, null);
    }
}

package io.rolesmith.audit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the events that were asked for.
 *
 * @param items in the order of the chain
 * @param nextSequence what the next page comes after, absent when there was no more
 */
public record AuditPage(List<AuditEvent> items, @Nullable Long nextSequence) {

    public AuditPage {
        items = List.copyOf(items);
    }
}

package io.rolesmith.audit;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Finds the events that a query lets through, a page at a time, in a time that does not grow with the trail.
 *
 * <p>PostgreSQL finds what passes one filter at once, in that filter's index. Of several filters it would have to guess which
 * is rare, and a wrong guess walks through millions of events. So we look which one gets farthest in {@link #REACH} steps, and
 * go no farther than that for one page.
 */
final class AuditSearch {

    /** So many events that pass one filter are looked at for a page, whether they pass the others too: some milliseconds. */
    static final int REACH = 2_000;

    private final JdbcClient jdbc;

    AuditSearch(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Some of the events that were asked for.
     *
     * @param next what the next page comes after, absent when there is no more
     */
    record Page(List<StoredEvent> events, @Nullable Long next) {
        static final Page EMPTY = new Page(List.of(), null);
    }

    /** Places in the chain, the first excluded. */
    private record Places(long after, long last) {}

    /** A way through the trail, and how far one page may follow it. */
    private record Route(Filter filter, long last) {}

    /**
     * Something that an index of audit.seal finds.
     *
     * @param column the column that is compared
     * @param key the first key of the index; the second is the sequence
     * @param wanted what the key must be, with a parameter
     */
    private record Filter(String column, String key, String wanted) {

        /** Everything, in the order of the chain. */
        static final Filter NONE = new Filter("sequence", "0", "0");

        String condition() {
            return key + " = " + wanted;
        }

        /**
         * The places between {@code :after} and {@code :last} that pass, in their order. Rows are compared and not each
         * column: PostgreSQL would see that the order is that of the sequences, and might walk through all of them to the few
         * that pass. That the column is there must be said for an index without absent ones.
         */
        String walk() {
            return equals(NONE)
                    ? "WHERE sequence > :after AND sequence <= :last ORDER BY sequence"
                    : "WHERE %2$s IS NOT NULL AND (%1$s, sequence) > (%3$s, :after) AND (%1$s, sequence) <= (%3$s, :last) ORDER BY %1$s, sequence"
                            .formatted(key, column, wanted);
        }
    }

    /**
     * The next events that {@code query} lets through, no more than {@code size} and up to the place {@code end}. There may
     * be fewer, or none, and more on the next page.
     */
    Page page(AuditQuery query, int size, long end) {
        Map<String, Object> parameters = new HashMap<>();
        List<Filter> filters = filters(query, parameters);
        List<String> conditions = times(query, parameters);
        Long after = query.afterSequence();
        Places places = new Places(after == null ? 0 : after, end);
        if (!conditions.isEmpty()) {
            Optional<Places> spanned = spanned(places, parameters);
            if (spanned.isEmpty()) {
                return Page.EMPTY;
            }
            places = spanned.get();
        }
        Route route = filters.size() + conditions.size() > 1 || (filters.isEmpty() && !conditions.isEmpty())
                ? farthest(filters, places, parameters)
                : new Route(filters.isEmpty() ? Filter.NONE : filters.getFirst(), places.last());
        filters.stream()
                .filter(filter -> !filter.equals(route.filter()))
                .map(Filter::condition)
                .forEach(conditions::add);
        List<StoredEvent> found = jdbc.sql("""
                        SELECT sequence, content, content_hash, previous_hash, hash
                        FROM (SELECT * FROM (SELECT *, %1$s AS key FROM audit.seal %2$s LIMIT :reach) AS reached
                              %3$s ORDER BY %4$s sequence LIMIT :size) AS found
                        LEFT JOIN audit.event ON id = event ORDER BY sequence
                        """.formatted(
                                route.filter().key(),
                                route.filter().walk(),
                                conditions.isEmpty() ? "" : "WHERE " + String.join(" AND ", conditions),
                                route.filter().equals(Filter.NONE) ? "" : "key,"))
                .params(parameters)
                .param("after", places.after())
                .param("last", route.last())
                .param("reach", conditions.isEmpty() ? size + 1 : REACH)
                .param("size", size + 1)
                .query((resultSet, row) -> StoredEvent.of(resultSet))
                .list();
        if (found.size() > size) {
            List<StoredEvent> events = found.subList(0, size);
            return new Page(events, events.getLast().sequence());
        }
        return new Page(found, route.last() < places.last() ? (Long) route.last() : null);
    }

    /** The places that can hold events of the time that is asked for. */
    private Optional<Places> spanned(Places places, Map<String, Object> parameters) {
        String spans = "FROM audit.span WHERE first > :after - 1000 AND first <= :last"
                + (parameters.containsKey("from") ? " AND latest >= :from" : "")
                + (parameters.containsKey("to") ? " AND earliest < :to" : "");
        return jdbc.sql("""
                        SELECT (SELECT first %1$s ORDER BY first LIMIT 1), (SELECT first %1$s ORDER BY first DESC LIMIT 1)
                        """.formatted(spans))
                .params(parameters)
                .param("after", places.after())
                .param("last", places.last())
                .query((resultSet, row) -> resultSet.getObject(1) == null
                        ? Optional.<Places>empty()
                        : Optional.of(new Places(
                                Math.max(places.after(), resultSet.getLong(1) - 1),
                                Math.min(places.last(), resultSet.getLong(2) + 999))))
                .single();
    }

    /** The filter that passes the fewest of the next events, and the place that it gets to in {@link #REACH} steps. */
    private Route farthest(List<Filter> filters, Places places, Map<String, Object> parameters) {
        List<Filter> ways = new ArrayList<>(filters);
        ways.add(Filter.NONE);
        List<String> ends = ways.stream()
                .map(way -> "(SELECT sequence FROM audit.seal " + way.walk() + " OFFSET :reach LIMIT 1)")
                .toList();
        return jdbc.sql("SELECT " + String.join(", ", ends))
                .params(parameters)
                .param("after", places.after())
                .param("last", places.last())
                .param("reach", REACH - 1)
                .query((resultSet, row) -> {
                    Route farthest = new Route(Filter.NONE, 0);
                    for (int i = 0; i < ways.size(); i++) {
                        long last = resultSet.getLong(i + 1);
                        if (resultSet.wasNull()) {
                            return new Route(ways.get(i), places.last());
                        }
                        if (last > farthest.last()) {
                            farthest = new Route(ways.get(i), last);
                        }
                    }
                    return farthest;
                })
                .single();
    }

    private static List<Filter> filters(AuditQuery query, Map<String, Object> parameters) {
        List<Filter> filters = new ArrayList<>();
        add("requestId", query.requestId(), new Filter("request_id", "request_id", ":requestId"), filters, parameters);
        add(
                "role",
                query.role(),
                new Filter("role", "lower(role COLLATE \"C\")", "lower(" + start("role") + " COLLATE \"C\")"),
                filters,
                parameters);
        add("account", query.account(), new Filter("account", "account", start("account")), filters, parameters);
        add("actor", query.actor(), new Filter("subject", "subject", start("actor")), filters, parameters);
        add("action", query.action(), new Filter("action", "action", start("action")), filters, parameters);
        String outcome = query.outcome() == null ? null : query.outcome().name();
        add("outcome", outcome, new Filter("outcome", "outcome", ":outcome"), filters, parameters);
        return filters;
    }

    private static String start(String parameter) {
        return "left(:%s, %d)".formatted(parameter, AuditChain.SEARCHED_CHARACTERS);
    }

    private static void add(
            String name, @Nullable Object value, Filter filter, List<Filter> filters, Map<String, Object> parameters) {
        if (value != null) {
            filters.add(filter);
            // As the event holds it, or PostgreSQL refuses the whole query.
            parameters.put(name, value instanceof String text ? text.replace('\0', '\uFFFD') : value);
        }
    }

    private static List<String> times(AuditQuery query, Map<String, Object> parameters) {
        List<String> conditions = new ArrayList<>();
        if (query.from() != null) {
            conditions.add("occurred_at >= :from");
            parameters.put("from", query.from().atOffset(ZoneOffset.UTC));
        }
        if (query.to() != null) {
            conditions.add("occurred_at < :to");
            parameters.put("to", query.to().atOffset(ZoneOffset.UTC));
        }
        return conditions;
    }
}

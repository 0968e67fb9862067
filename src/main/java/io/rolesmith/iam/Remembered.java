package io.rolesmith.iam;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Answers that are believed for a while; of too many, those that were asked for last are kept. */
final class Remembered<K, V> {

    private record Entry<V>(V value, Instant until) {}

    private final InstantSource clock;
    private final int room;
    private final Map<K, Entry<V>> entries = new LinkedHashMap<>(16, 0.75f, true);

    Remembered(InstantSource clock, int room) {
        this.clock = clock;
        this.room = room;
    }

    /** What is kept under the key, if it is still believed. */
    synchronized Optional<V> find(K key) {
        Entry<V> entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        if (!clock.instant().isBefore(entry.until())) {
            entries.remove(key);
            return Optional.empty();
        }
        return Optional.of(entry.value());
    }

    synchronized void keep(K key, V value, Duration howLong) {
        entries.put(key, new Entry<>(value, clock.instant().plus(howLong)));
        if (entries.size() > room) {
            entries.remove(entries.keySet().iterator().next());
        }
    }
}

package io.rolesmith.policy.catalogue;

import io.rolesmith.policy.Ascii;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A service of AWS: its actions, the resources that they are for, and the condition keys that are its own. */
public final class Service {

    private final String prefix;
    private final String name;

    /** By their names in the catalogue's file. */
    private final Map<String, ConditionKey> conditionKeys;

    private final List<ConditionKey> allConditionKeys;

    private final CatalogueFile lines;

    private volatile @Nullable ServiceOffer offer;

    Service(String prefix, String name, Map<String, ConditionKey> conditionKeys, CatalogueFile lines) {
        this.prefix = prefix;
        this.name = name;
        this.conditionKeys = conditionKeys;
        this.allConditionKeys = List.copyOf(conditionKeys.values());
        this.lines = lines;
    }

    /** What the service offers, read when first asked for: a policy names few of the services. */
    ServiceOffer offer() {
        ServiceOffer known = offer;
        return known == null ? readOffer() : known;
    }

    private synchronized ServiceOffer readOffer() {
        ServiceOffer known = offer;
        if (known == null) {
            known = ServiceOffer.read(prefix, conditionKeys, lines.again());
            offer = known;
        }
        return known;
    }

    /** What the service's actions begin with, {@code s3} for one. */
    public String prefix() {
        return prefix;
    }

    /** What AWS calls the service, {@code Amazon S3} for one. */
    public String name() {
        return name;
    }

    /** All actions, in alphabetical order. */
    public List<Action> actions() {
        return offer().allActions;
    }

    /** The action of this name, in any case. */
    public Optional<Action> action(String name) {
        return actionOf(Ascii.lower(name));
    }

    Optional<Action> actionOf(String lowerName) {
        ServiceOffer known = offer();
        int found = Arrays.binarySearch(known.lowerNames, lowerName);
        return found < 0 ? Optional.empty() : Optional.of(known.actions[found]);
    }

    /**
     * The actions whose names {@code pattern} covers, in any case and in alphabetical order.
     *
     * <p>Takes time in proportion to the actions that begin as the pattern does, and is worked out only as far as asked.
     */
    public Stream<Action> actions(String pattern) {
        return matching(new NamePattern(Ascii.lower(pattern)));
    }

    Stream<Action> matching(NamePattern pattern) {
        String beginning = pattern.beginning();
        if (pattern.isPlain()) {
            return actionOf(beginning).stream();
        }
        ServiceOffer known = offer();
        int from = insertionPoint(known, beginning);
        // No name holds a character above this one.
        int to = insertionPoint(known, beginning + '\uFFFF');
        return IntStream.range(from, to)
                .filter(i -> pattern.covers(known.lowerNames[i]))
                .mapToObj(i -> known.actions[i]);
    }

    private static int insertionPoint(ServiceOffer offer, String text) {
        int found = Arrays.binarySearch(offer.lowerNames, text);
        return found < 0 ? -found - 1 : found;
    }

    /** The actions whose prefix and name together {@code pattern} covers. */
    Stream<Action> matchingWithPrefix(NamePattern pattern) {
        ServiceOffer known = offer();
        return IntStream.range(0, known.actions.length)
                .filter(i -> pattern.covers(prefix + ':' + known.lowerNames[i]))
                .mapToObj(i -> known.actions[i]);
    }

    /** All resource types, in alphabetical order. */
    public List<ResourceType> resourceTypes() {
        return offer().resourceTypes;
    }

    /** The resource type of this name, with case. */
    public Optional<ResourceType> resourceType(String name) {
        return resourceTypes().stream().filter(type -> type.name().equals(name)).findFirst();
    }

    /** The condition keys that AWS documents with the service; a few have another one's prefix. */
    public List<ConditionKey> conditionKeys() {
        return allConditionKeys;
    }

    /** The name of an action that was probably meant by {@code name}, which none has. */
    public Optional<String> closestAction(String name) {
        Spelling spelling = new Spelling(name);
        ServiceOffer known = offer();
        for (int i = 0; i < known.actions.length; i++) {
            spelling.offer(known.lowerNames[i], known.actions[i].name());
        }
        return spelling.closest();
    }

    @Override
    public String toString() {
        return prefix;
    }
}

package io.rolesmith.policy.catalogue;

import io.rolesmith.policy.Ascii;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A service of AWS: its actions, the resources that they are for, and the condition keys that are its own. */
public final class Service {

    private final String prefix;
    private final String name;
    private final List<ConditionKey> conditionKeys;
    private final List<ResourceType> resourceTypes;

    // Two arrays in the order of the lower-case names: a search by name or by beginning needs no table, and there are
    // some twenty thousand actions.
    private final Action[] actions;
    private final String[] lowerNames;

    Service(
            String prefix,
            String name,
            List<ConditionKey> conditionKeys,
            List<ResourceType> resourceTypes,
            Action[] actions,
            String[] lowerNames) {
        this.prefix = prefix;
        this.name = name;
        this.conditionKeys = conditionKeys;
        this.resourceTypes = resourceTypes;
        this.actions = actions;
        this.lowerNames = lowerNames;
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
        return List.of(actions);
    }

    /** The action of this name, in any case. */
    public Optional<Action> action(String name) {
        return actionOf(Ascii.lower(name));
    }

    Optional<Action> actionOf(String lowerName) {
        int found = Arrays.binarySearch(lowerNames, lowerName);
        return found < 0 ? Optional.empty() : Optional.of(actions[found]);
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
        int from = beginning.isEmpty() ? 0 : insertionPoint(beginning);
        // No name holds a character above this one.
        int to = beginning.isEmpty() ? actions.length : insertionPoint(beginning + '\uFFFF');
        return IntStream.range(from, to)
                .filter(i -> pattern.covers(lowerNames[i]))
                .mapToObj(i -> actions[i]);
    }

    private int insertionPoint(String text) {
        int found = Arrays.binarySearch(lowerNames, text);
        return found < 0 ? -found - 1 : found;
    }

    /** The actions whose prefix and name together {@code pattern} covers. */
    Stream<Action> matchingWithPrefix(NamePattern pattern) {
        return IntStream.range(0, actions.length)
                .filter(i -> pattern.covers(prefix + ':' + lowerNames[i]))
                .mapToObj(i -> actions[i]);
    }

    /** All resource types, in alphabetical order. */
    public List<ResourceType> resourceTypes() {
        return resourceTypes;
    }

    /** The resource type of this name, with case. */
    public Optional<ResourceType> resourceType(String name) {
        return resourceTypes.stream().filter(type -> type.name().equals(name)).findFirst();
    }

    /** The condition keys that AWS documents with the service; a few have another one's prefix. */
    public List<ConditionKey> conditionKeys() {
        return conditionKeys;
    }

    /** The name of an action that was probably meant by {@code name}, which none has. */
    public Optional<String> closestAction(String name) {
        Spelling spelling = new Spelling(name);
        for (int i = 0; i < actions.length; i++) {
            spelling.offer(lowerNames[i], actions[i].name());
        }
        return spelling.closest();
    }

    @Override
    public String toString() {
        return prefix;
    }
}

package io.rolesmith.policy.catalogue;

import io.rolesmith.policy.Ascii;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a service offers.
 *
 * <p>Two arrays in the order of the lower-case names: a search by name or by beginning needs no table, and there are some
 * twenty thousand actions.
 */
final class ServiceOffer {

    final List<ResourceType> resourceTypes;
    final Action[] actions;
    final List<Action> allActions;
    final String[] lowerNames;

    private ServiceOffer(List<ResourceType> resourceTypes, Action[] actions, String[] lowerNames) {
        this.resourceTypes = resourceTypes;
        this.actions = actions;
        this.allActions = List.of(actions);
        this.lowerNames = lowerNames;
    }

    /**
     * @param keys the service's condition keys as they are written in the file
     * @param file the service's lines after the keys
     */
    static ServiceOffer read(String prefix, Map<String, ConditionKey> keys, CatalogueFile file) {
        return new Reader(prefix, keys, file).read();
    }

    private static final class Reader {

        private static final AccessLevel[] LEVELS = AccessLevel.values();

        private final String prefix;
        private final Map<String, ConditionKey> keys;
        private final CatalogueFile file;
        private final Map<String, ResourceType> types = new LinkedHashMap<>();
        private final List<Action> actions = new ArrayList<>();
        private final List<String> lowerNames = new ArrayList<>();

        // Many lines have the same list.
        private final Map<String, List<ConditionKey>> keyLists = new HashMap<>();
        private final Map<String, List<ResourceType>> typeLists = new HashMap<>();

        Reader(String prefix, Map<String, ConditionKey> keys, CatalogueFile file) {
            this.prefix = prefix;
            this.keys = keys;
            this.file = file;
        }

        ServiceOffer read() {
            while (file.nextLine()) {
                if (file.nextIs("action")) {
                    readAction();
                } else if (actions.isEmpty() && file.nextIs("resource")) {
                    readResourceType();
                } else {
                    throw file.broken(
                            "it begins with none of global, service, key, resource and action, or not in this order");
                }
                file.endOfLine();
            }
            return new ServiceOffer(
                    List.copyOf(types.values()), actions.toArray(Action[]::new), lowerNames.toArray(String[]::new));
        }

        private void readResourceType() {
            String name = file.field();
            List<String> arns = split(file.field());
            for (String arn : arns) {
                if (!arn.startsWith("arn:")) {
                    throw file.broken(arn + " is no ARN");
                }
            }
            if (types.put(name, ResourceType.of(name, arns, conditionKeys())) != null) {
                throw file.broken("the resource type " + name + " is there twice");
            }
        }

        private void readAction() {
            String name = file.field();
            String lower = Ascii.lower(name);
            if (name.indexOf(':') >= 0 || name.indexOf('*') >= 0 || name.indexOf('?') >= 0) {
                throw file.broken(name + " cannot be the name of an action");
            }
            if (!lowerNames.isEmpty() && lowerNames.getLast().compareTo(lower) >= 0) {
                throw file.broken("the action " + name + " must stand before "
                        + actions.getLast().name() + ", and only once");
            }
            actions.add(new Action(prefix, name, accessLevel(), resourceTypes(), conditionKeys()));
            lowerNames.add(lower);
        }

        private AccessLevel accessLevel() {
            for (AccessLevel level : LEVELS) {
                if (file.nextIs(level.word())) {
                    return level;
                }
            }
            throw file.broken(file.field() + " is no access level");
        }

        private List<ResourceType> resourceTypes() {
            String list = file.optionalField();
            List<ResourceType> known = typeLists.get(list);
            if (known == null) {
                known = known(split(list), types, "resource type");
                typeLists.put(list, known);
            }
            return known;
        }

        private List<ConditionKey> conditionKeys() {
            String list = file.optionalField();
            List<ConditionKey> known = keyLists.get(list);
            if (known == null) {
                known = known(split(list), keys, "condition key");
                keyLists.put(list, known);
            }
            return known;
        }

        private <T> List<T> known(List<String> names, Map<String, T> byName, String kind) {
            List<T> known = new ArrayList<>(names.size());
            for (String name : names) {
                T found = byName.get(name);
                if (found == null) {
                    throw file.broken("it names the " + kind + " \"" + name + "\", which " + prefix + " does not have");
                }
                known.add(found);
            }
            return List.copyOf(known);
        }

        private static List<String> split(String list) {
            if (list.isEmpty()) {
                return List.of();
            }
            List<String> elements = new ArrayList<>();
            int start = 0;
            int comma = list.indexOf(',');
            while (comma >= 0) {
                elements.add(list.substring(start, comma));
                start = comma + 1;
                comma = list.indexOf(',', start);
            }
            elements.add(list.substring(start));
            return List.copyOf(elements);
        }
    }
}

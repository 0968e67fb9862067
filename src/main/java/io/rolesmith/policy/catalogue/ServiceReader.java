package io.rolesmith.policy.catalogue;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.catalogue.ConditionKey.ValueType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code services.txt}; its own comments say what its lines hold. */
final class ServiceReader {

    private static final String ARRAY = "ArrayOf";

    private final CatalogueFile file;
    private final Map<String, ConditionKey> globalKeys = new LinkedHashMap<>();
    private final Map<String, ConditionKey> allKeys = new LinkedHashMap<>();
    private final Map<String, Service> services = new LinkedHashMap<>();

    /** Hundreds of services have a TagResource. */
    private final Map<String, String> names = new HashMap<>();

    // What the service has whose lines are being read.
    private String prefix = "";
    private String name = "";
    private final Map<String, ConditionKey> keys = new LinkedHashMap<>();
    private final Map<String, ResourceType> types = new LinkedHashMap<>();
    private final SortedMap<String, Action> actions = new TreeMap<>();

    // Many lines of a service have the same list.
    private final Map<String, List<ConditionKey>> keyLists = new HashMap<>();
    private final Map<String, List<ResourceType>> typeLists = new HashMap<>();

    ServiceReader(CatalogueFile file) {
        this.file = file;
    }

    ServiceCatalogue read() {
        while (file.nextLine()) {
            if (file.nextIs("action")) {
                inService();
                readAction();
            } else if (file.nextIs("key")) {
                inService();
                readKey();
            } else if (file.nextIs("resource")) {
                inService();
                readResourceType();
            } else if (file.nextIs("service")) {
                finishService();
                readService();
            } else if (file.nextIs("global")) {
                readGlobalKey();
            } else {
                throw file.broken("it begins with none of global, service, key, resource and action");
            }
            file.endOfLine();
        }
        finishService();
        if (services.isEmpty() || globalKeys.isEmpty()) {
            throw file.broken("the file ends without a " + (services.isEmpty() ? "service" : "global condition key"));
        }
        List<Service> inOrder = services.values().stream()
                .sorted(Comparator.comparing(Service::prefix))
                .toList();
        return new ServiceCatalogue(
                file.source(), inOrder, new ConditionKeys(globalKeys), new ConditionKeys(allKeys));
    }

    private void inService() {
        if (prefix.isEmpty()) {
            throw file.broken("it stands before the first service");
        }
    }

    private void readGlobalKey() {
        if (!prefix.isEmpty()) {
            throw file.broken("global condition keys come before the first service");
        }
        ConditionKey key = conditionKey(file.field(), file.field());
        allKeys.put(Ascii.lower(key.name()), key);
        unlessThere(globalKeys.put(Ascii.lower(key.name()), key), "condition key", key.name());
    }

    private void readService() {
        prefix = file.field();
        name = file.field();
        if (!isName(prefix) || !prefix.equals(Ascii.lower(prefix))) {
            throw file.broken(prefix + " cannot be the prefix of a service");
        }
        if (services.containsKey(prefix)) {
            throw twice("service", prefix);
        }
    }

    private void finishService() {
        if (prefix.isEmpty()) {
            return;
        }
        services.put(
                prefix,
                new Service(
                        prefix,
                        name,
                        List.copyOf(keys.values()),
                        List.copyOf(types.values()),
                        actions.values().toArray(Action[]::new),
                        actions.keySet().toArray(String[]::new)));
        keys.clear();
        types.clear();
        actions.clear();
        keyLists.clear();
        typeLists.clear();
    }

    private void readKey() {
        String written = file.field();
        String full = written.charAt(0) == ':' ? prefix + written : written;
        ConditionKey key = conditionKey(full, file.field());
        ConditionKey known = allKeys.putIfAbsent(Ascii.lower(full), key);
        unlessThere(keys.put(written, key.equals(known) ? known : key), "condition key", written);
    }

    private ConditionKey conditionKey(String name, String type) {
        boolean multivalued = type.startsWith(ARRAY);
        ValueType of = ValueType.named(multivalued ? type.substring(ARRAY.length()) : type)
                .orElseThrow(() -> file.broken(type + " is no type of a condition key"));
        ConditionKey key = new ConditionKey(name, of, multivalued);
        key.fault().ifPresent(fault -> {
            throw file.broken("the condition key " + name + " " + fault);
        });
        return key;
    }

    private void readResourceType() {
        String type = file.field();
        List<String> arns = elements(file.field(), Optional::of, "ARN");
        for (String arn : arns) {
            if (!arn.startsWith("arn:")) {
                throw file.broken(arn + " is no ARN");
            }
        }
        unlessThere(types.put(type, ResourceType.of(type, arns, keyList())), "resource type", type);
    }

    private void readAction() {
        String written = file.field();
        String lower = sameObject(Ascii.lower(written));
        String action = sameObject(written);
        if (!isName(action)) {
            throw file.broken(action + " cannot be the name of an action");
        }
        String level = file.field();
        AccessLevel accessLevel =
                AccessLevel.named(level).orElseThrow(() -> file.broken(level + " is no access level"));
        String typeList = file.optionalField();
        List<ResourceType> resourceTypes = typeLists.get(typeList);
        if (resourceTypes == null) {
            resourceTypes = elements(typeList, text -> Optional.ofNullable(types.get(text)), "resource type");
            typeLists.put(typeList, resourceTypes);
        }
        unlessThere(
                actions.put(lower, new Action(prefix, action, accessLevel, resourceTypes, keyList())),
                "action",
                action);
    }

    private List<ConditionKey> keyList() {
        String list = file.optionalField();
        List<ConditionKey> known = keyLists.get(list);
        if (known == null) {
            known = elements(list, text -> Optional.ofNullable(keys.get(text)), "condition key");
            keyLists.put(list, known);
        }
        return known;
    }

    private <T> List<T> elements(String list, Function<String, Optional<T>> named, String kind) {
        if (list.isEmpty()) {
            return List.of();
        }
        List<T> elements = new ArrayList<>();
        int start = 0;
        while (start <= list.length()) {
            int comma = list.indexOf(',', start);
            int end = comma < 0 ? list.length() : comma;
            String element = list.substring(start, end);
            elements.add(named.apply(element)
                    .orElseThrow(() -> file.broken("it names the " + kind + " \"" + element + "\", which " + prefix
                            + " does not have")));
            start = end + 1;
        }
        return List.copyOf(elements);
    }

    private void unlessThere(@Nullable Object before, String kind, String text) {
        if (before != null) {
            throw twice(kind, text);
        }
    }

    private BrokenCatalogueException twice(String kind, String text) {
        return file.broken("the " + kind + " " + text + " is there twice");
    }

    private String sameObject(String text) {
        String known = names.putIfAbsent(text, text);
        return known == null ? text : known;
    }

    private static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Ascii.isAlphanumeric(text.charAt(i)) && "-_".indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }
}

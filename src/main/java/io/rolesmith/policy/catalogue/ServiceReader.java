package io.rolesmith.policy.catalogue;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.catalogue.ConditionKey.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code services.txt}, whose own comments say what its lines hold.
 *
 * <p>Only services and condition keys are read. What a service offers follows its keys, is most of the file, and is read by
 * {@link ServiceOffer} when somebody asks for it.
 */
final class ServiceReader {

    private static final String ARRAY = "ArrayOf";

    private final CatalogueFile file;
    private final Map<String, ConditionKey> globalKeys = new LinkedHashMap<>();
    private final Map<String, ConditionKey> allKeys = new LinkedHashMap<>();
    private final Map<String, Service> services = new LinkedHashMap<>();

    ServiceReader(CatalogueFile file) {
        this.file = file;
    }

    ServiceCatalogue read() {
        boolean more = file.nextLine();
        while (more && file.nextIs("global")) {
            ConditionKey key = conditionKey(file.field(), file.field());
            allKeys.put(Ascii.lower(key.name()), key);
            unlessThere(globalKeys.put(Ascii.lower(key.name()), key), "condition key", key.name());
            file.endOfLine();
            more = file.nextLine();
        }
        if (globalKeys.isEmpty()) {
            throw file.broken("the first condition key of every request, global, is expected here");
        }
        while (more) {
            if (!file.nextIs("service")) {
                throw file.broken(
                        "it begins with none of global, service, key, resource and action, or not in this order");
            }
            more = readService();
        }
        if (services.isEmpty()) {
            throw file.broken("the file ends without a service");
        }
        return new ServiceCatalogue(
                file.source(),
                List.copyOf(services.values()),
                new ConditionKeys(globalKeys),
                new ConditionKeys(allKeys));
    }

    /** Goes to the line after, false at the end. */
    private boolean readService() {
        String prefix = file.field();
        String name = file.field();
        file.endOfLine();
        if (!prefix.equals(Ascii.lower(prefix)) || !isName(prefix)) {
            throw file.broken(prefix + " cannot be the prefix of a service");
        }
        if (services.containsKey(prefix)) {
            throw twice("service", prefix);
        }
        Map<String, ConditionKey> keys = new LinkedHashMap<>();
        boolean more = file.nextLine();
        while (more && file.nextIs("key")) {
            readKey(prefix, keys);
            more = file.nextLine();
        }
        CatalogueFile offer = file.upTo("service");
        services.put(prefix, new Service(prefix, name, keys, offer));
        return file.nextLine();
    }

    private void readKey(String prefix, Map<String, ConditionKey> keys) {
        String written = file.field();
        String full = written.charAt(0) == ':' ? prefix + written : written;
        ConditionKey key = conditionKey(full, file.field());
        file.endOfLine();
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

    private void unlessThere(@Nullable ConditionKey before, String kind, String text) {
        if (before != null) {
            throw twice(kind, text);
        }
    }

    private BrokenCatalogueException twice(String kind, String text) {
        return file.broken("the " + kind + " " + text + " is there twice");
    }

    private static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!Ascii.isAlphanumeric(text.charAt(i)) && text.charAt(i) != '-') {
                return false;
            }
        }
        return true;
    }
}

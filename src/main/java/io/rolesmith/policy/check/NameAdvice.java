package io.rolesmith.policy.check;

import io.rolesmith.policy.ConditionOperator.Comparison;
import io.rolesmith.policy.ConditionOperator.Quantifier;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Severity;
import io.rolesmith.policy.Statement;
import io.rolesmith.policy.Values;
import io.rolesmith.policy.Wildcards;
import io.rolesmith.policy.catalogue.Action;
import io.rolesmith.policy.catalogue.ConditionKey;
import io.rolesmith.policy.catalogue.ConditionKey.ValueType;
import io.rolesmith.policy.catalogue.ResourceType;
import io.rolesmith.policy.catalogue.Service;
import io.rolesmith.policy.catalogue.ServiceCatalogue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the catalogue says of one document: names that it does not know, and things that do not go together.
 *
 * <p>AWS adds names daily and the catalogue ages, so what is unknown may be right; IAM itself takes any name.
 */
final class NameAdvice {

    /** Finding what was meant looks at every name there is, which a document of nothing but slips must not make dear. */
    private static final int MOST_SUGGESTIONS = 10;

    private static final int MOST_NAMED = 3;

    /** So many actions are quicker asked one by one than their service. */
    private static final int FEW = 4;

    /** Steps of looking one name up, of comparing one with a pattern, and of comparing one ARN with another. */
    private static final int LOOKUP = 100;

    private static final int PATTERN = 150;
    private static final int COMPARISON = 60;

    private final ServiceCatalogue services;
    private final ResourceShapes shapes;
    private final Severity unknownNames;
    private final Patience patience;
    private final Consumer<Finding> findings;
    private final Set<String> unknownServices = new HashSet<>();

    /** By value in lower case: the same patterns come again and again. */
    private final Map<String, Extent> extents = new HashMap<>();

    private int suggestions;

    NameAdvice(
            ServiceCatalogue services,
            ResourceShapes shapes,
            Severity unknownNames,
            Patience patience,
            Consumer<Finding> findings) {
        this.services = services;
        this.shapes = shapes;
        this.unknownNames = unknownNames;
        this.patience = patience;
        this.findings = findings;
    }

    /** What a value of an Action element names: known actions, and the lists of resource types that these have. */
    private record Extent(Service service, List<Action> actions, List<List<ResourceType>> types) {

        static Extent of(Service service, List<Action> actions) {
            if (actions.size() == 1) {
                return new Extent(service, actions, List.of(actions.getFirst().resourceTypes()));
            }
            // Many actions of a service share one list of types, which is long.
            Map<List<ResourceType>, Boolean> types = new IdentityHashMap<>();
            for (Action action : actions) {
                types.put(action.resourceTypes(), true);
            }
            return new Extent(service, actions, new ArrayList<>(types.keySet()));
        }

        boolean isForNoResource() {
            return types.stream().allMatch(List::isEmpty);
        }
    }

    /** One value of an Action element. */
    private record Named(int index, String text, Extent extent) {}

    /** Everything to say of a statement of an identity policy. */
    void adviseIdentity(StatementView view) {
        Statement statement = view.statement();
        unknownActions(statement.notActions(), view.notActions());
        List<Named> named = unknownActions(statement.actions(), view.actions());
        // With an unknown action among them, nothing can be said of what the actions have in common.
        boolean allKnown = !named.isEmpty() && named.size() == view.actions().size();
        boolean anything = view.actions().contains("*");
        if (!anything) {
            resources(view, named, allKnown);
        }
        conditionKeys(view, named, allKnown && !anything);
    }

    /** Everything to say of a statement of a trust policy, whose actions are checked elsewhere. */
    void adviseTrust(StatementView view) {
        conditionKeys(view, List.of(), false);
    }

    /** The values that are known, the others being reported. */
    private List<Named> unknownActions(Values values, List<String> lower) {
        if (lower.isEmpty()) {
            return List.of();
        }
        List<Named> named = new ArrayList<>(lower.size());
        Service service = null;
        for (int i = 0; i < lower.size(); i++) {
            String action = lower.get(i);
            int colon = action.indexOf(':');
            if (colon <= 0) {
                continue;
            }
            // Most statements are about one service.
            if (service == null || service.prefix().length() != colon || !action.startsWith(service.prefix())) {
                service = services.service(action.substring(0, colon)).orElse(null);
            }
            String text = values.texts().get(i);
            if (service == null) {
                if (!Wildcards.isPattern(action.substring(0, colon))) {
                    unknownService(text, text.substring(0, colon), values.pointerOf(i));
                }
                continue;
            }
            Extent extent = extents.get(action);
            if (extent == null) {
                extent = Extent.of(service, actions(service, action.substring(colon + 1)));
                extents.put(action, extent);
            }
            if (!extent.actions().isEmpty()) {
                named.add(new Named(i, text, extent));
            } else if (!patience.isExhausted()) {
                unknownAction(service, text, values.pointerOf(i));
            }
        }
        return named;
    }

    private List<Action> actions(Service service, String name) {
        if (!Wildcards.isPattern(name)) {
            if (!patience.allows(LOOKUP)) {
                return List.of();
            }
            return service.action(name).map(List::of).orElse(List.of());
        }
        if (name.equals("*")) {
            return service.actions();
        }
        boolean narrow = !Wildcards.isPattern(name.substring(0, Math.min(3, name.length())));
        long looked = (long) service.actions().size() / (narrow ? 8 : 1);
        if (!patience.allows(LOOKUP + PATTERN * looked + name.length())) {
            return List.of();
        }
        return service.actions(name).toList();
    }

    private void unknownService(String action, String prefix, String pointer) {
        if (!unknownServices.add(prefix)) {
            return;
        }
        unknown(
                "UNKNOWN_SERVICE",
                pointer,
                "No service is known whose actions begin with " + Quotes.quote(prefix + ":") + ".",
                () -> services.closestAction(action)
                        .or(() -> services.closestService(prefix).map(meant -> meant + ":")));
    }

    private void unknownAction(Service service, String action, String pointer) {
        boolean pattern = Wildcards.isPattern(action);
        unknown(
                "UNKNOWN_ACTION",
                pointer,
                pattern
                        ? "No known action of " + service.name() + " is covered by " + Quotes.quote(action) + "."
                        : service.name() + " has no known action " + Quotes.quote(action) + ".",
                () -> services.closestAction(action));
    }

    private void unknown(String code, String pointer, String message, Supplier<Optional<String>> meant) {
        Optional<String> suggestion = suggestions++ < MOST_SUGGESTIONS ? meant.get() : Optional.empty();
        findings.accept(new Finding(
                code,
                unknownNames,
                pointer,
                null,
                null,
                null,
                message,
                suggestion
                        .map(name -> "Did you mean " + name + "?")
                        .orElse("Check its spelling; a name that is newer than the catalogue is fine.")));
    }

    /** {@code RESOURCE_MISMATCH}: resources that no action is for, and actions that are for no resource named. */
    private void resources(StatementView view, List<Named> named, boolean allKnown) {
        int lists = 0;
        for (Named name : named) {
            lists += name.extent().types().size();
        }
        if (named.isEmpty() || view.resources().isEmpty() || !patience.allows((long) LOOKUP * lists)) {
            return;
        }
        List<ArnPattern> resources = new ArrayList<>(view.resources().size());
        for (Optional<ArnPattern> resource : view.resources()) {
            if (resource.isEmpty() || resource.get().isEverything()) {
                return;
            }
            resources.add(resource.get());
        }
        boolean[] used = new boolean[resources.size()];
        // Many actions of a service share one list of types.
        Map<List<ResourceType>, Boolean> fitting = new IdentityHashMap<>();
        List<Named> unfit = new ArrayList<>();
        for (Named name : named) {
            boolean fits = false;
            for (List<ResourceType> types : name.extent().types()) {
                Boolean known = fitting.get(types);
                if (known == null) {
                    known = fit(name.extent().service(), types, resources, used);
                    fitting.put(types, known);
                }
                fits |= known;
            }
            if (!fits) {
                unfit.add(name);
            }
        }
        if (patience.isExhausted()) {
            return;
        }
        int unusedResources = 0;
        for (int i = 0; i < used.length && allKnown; i++) {
            if (!used[i]) {
                unusedResources++;
                mismatch(
                        view.statement().resources().pointerOf(i),
                        "None of the statement's actions can be about "
                                + Quotes.quote(
                                        view.statement().resources().texts().get(i)) + ".",
                        "Name a resource of a type that the actions are for, or add the action that is meant.");
            }
        }
        if (unusedResources == used.length) {
            return;
        }
        unfit(view, unfit, true);
        unfit(view, unfit, false);
    }

    /** Says of those of the actions that are for no single resource, or of the others, that they do not fit. */
    private void unfit(StatementView view, List<Named> actions, boolean forNone) {
        if (actions.isEmpty()) {
            return;
        }
        List<Named> alike = actions.stream()
                .filter(named -> forNone == named.extent().isForNoResource())
                .toList();
        if (alike.isEmpty()) {
            return;
        }
        Named first = alike.getFirst();
        String names = String.join(
                ", ",
                alike.stream()
                        .limit(MOST_NAMED)
                        .map(named -> Quotes.quote(named.text()))
                        .toList());
        int unnamed = alike.size() - MOST_NAMED;
        boolean one = alike.size() == 1;
        mismatch(
                view.statement().actions().pointerOf(first.index()),
                names
                        + (unnamed > 0 ? " and " + unnamed + " more" : "")
                        + (forNone
                                ? (one ? " is" : " are") + " for no single resource, so the statement does not reach "
                                        + (one ? "it." : "them.")
                                : (one ? " is" : " are") + " about none of the statement's resources."),
                forNone
                        ? "Move " + (one ? "it" : "them") + " to a statement with \"Resource\": \"*\"."
                        : "Name a resource like " + exampleOf(first) + ", or move " + (one ? "it" : "them")
                                + " to another statement.");
    }

    private boolean fit(Service service, List<ResourceType> types, List<ArnPattern> resources, boolean[] used) {
        boolean fits = false;
        for (int i = 0; i < resources.size(); i++) {
            if (fits && used[i]) {
                continue;
            }
            if (!patience.allows((COMPARISON + 10L * resources.get(i).resource().length()) * types.size())) {
                return true;
            }
            if (shapes.fit(service, types, resources.get(i))) {
                used[i] = true;
                fits = true;
            }
        }
        return fits;
    }

    /** The ARN of a type that the action is for, the one with the fewest parts to fill in. */
    private static String exampleOf(Named name) {
        return name.extent().types().stream()
                .flatMap(List::stream)
                .flatMap(type -> type.arns().stream())
                .min(Comparator.comparingInt(arn -> arn.split("\\$", -1).length))
                .orElse("*");
    }

    private void mismatch(String pointer, String message, String remedy) {
        findings.accept(Finding.warning("RESOURCE_MISMATCH", pointer, message, remedy));
    }

    private void conditionKeys(StatementView view, List<Named> named, boolean actionsKnown) {
        for (TestedKey condition : view.conditions()) {
            if (!patience.allows(LOOKUP)) {
                return;
            }
            String name = condition.condition().key();
            Optional<ConditionKey> known = services.conditionKey(name);
            if (known.isPresent()) {
                typed(condition, known.get(), view);
                if (actionsKnown && services.globalConditionKey(name).isEmpty() && !isOfOne(name, known.get(), named)) {
                    findings.accept(Finding.warning(
                            "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
                            condition.pointer(),
                            "Requests for the statement's actions do not carry the condition key " + Quotes.quote(name)
                                    + ".",
                            "Use a key that AWS documents for these actions."));
                }
            } else if (!isClaim(name) && !name.equalsIgnoreCase(KeyAdvice.DEPRECATED)) {
                unknown(
                        "UNKNOWN_CONDITION_KEY",
                        condition.pointer(),
                        "No condition key is known by the name " + Quotes.quote(name) + ".",
                        () -> services.closestConditionKey(name));
            }
        }
    }

    /** Whether the key begins with the address of an identity provider, which may put into its tokens what it likes. */
    private static boolean isClaim(String key) {
        int colon = key.lastIndexOf(':');
        return colon < 0 || key.lastIndexOf('.', colon) >= 0;
    }

    /** Whether one of the actions carries the key; what the catalogue knows by its name is quicker found than the name. */
    private boolean isOfOne(String key, ConditionKey known, List<Named> named) {
        for (Named name : named) {
            if (!patience.allows(10 * LOOKUP)) {
                return true;
            }
            if (name.extent().actions().size() > FEW && !isOf(name.extent().service(), key, known)) {
                continue;
            }
            for (Action action : name.extent().actions()) {
                if (!patience.allows(5 * LOOKUP)
                        || action.conditionKeys().contains(known)
                        || action.conditionKey(key).isPresent()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isOf(Service service, String key, ConditionKey known) {
        if (service.conditionKeys().contains(known)) {
            return true;
        }
        for (ConditionKey candidate : service.conditionKeys()) {
            if (candidate.matches(key)) {
                return true;
            }
        }
        return false;
    }

    private void typed(TestedKey condition, ConditionKey key, StatementView view) {
        String operator = condition.operator().name();
        String name = Quotes.quote(condition.condition().key());
        if (view.allows() && !key.multivalued() && condition.operator().quantifier() == Quantifier.FOR_ALL_VALUES) {
            findings.accept(Finding.securityWarning(
                    "FORALLVALUES_WITH_SINGLE_VALUED_KEY",
                    condition.pointer(),
                    operator + " also holds when the request has no " + name + ", and the key has one value at most.",
                    "Leave ForAllValues: away."));
        }
        if (key.type() == ValueType.ARN && condition.operator().comparison() == Comparison.STRING_LIKE) {
            findings.accept(Finding.securityWarning(
                    "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS",
                    condition.pointer(),
                    "A star of " + operator + " goes over the colons of the ARN in " + name + ".",
                    "Use " + operator.replace("StringLike", "ArnLike") + ", whose stars stay within a segment."));
        }
        expected(condition, key)
                .ifPresent(expected -> findings.accept(Finding.warning(
                        "TYPE_MISMATCH",
                        condition.pointer(),
                        operator + " does not go with " + name + ", which is " + expected.getKey() + ".",
                        "Use an operator such as " + expected.getValue() + ".")));
    }

    /** What the key holds and an operator that goes with it, empty when the one there is does. */
    private static Optional<Map.Entry<String, String>> expected(TestedKey condition, ConditionKey key) {
        boolean texts = condition.comparesStrings();
        boolean arns = condition.comparesArns();
        return switch (condition.operator().comparison()) {
            case NULL -> Optional.empty();
            default ->
                switch (key.type()) {
                    // Quite a few keys that hold ARNs are documented as strings.
                    case STRING ->
                        texts || (arns && condition.key().contains("arn"))
                                ? Optional.empty()
                                : Optional.of(Map.entry("a text", "StringEquals"));
                    case ARN -> texts || arns ? Optional.empty() : Optional.of(Map.entry("an ARN", "ArnLike"));
                    case BOOL ->
                        condition.is("Bool") ? Optional.empty() : Optional.of(Map.entry("true or false", "Bool"));
                    case DATE ->
                        condition.is("Date") || condition.is("Numeric")
                                ? Optional.empty()
                                : Optional.of(Map.entry("a date", "DateLessThan"));
                    case NUMERIC ->
                        condition.is("Numeric")
                                ? Optional.empty()
                                : Optional.of(Map.entry("a number", "NumericEquals"));
                    case IP_ADDRESS ->
                        condition.is("IpAddress") || condition.is("NotIpAddress")
                                ? Optional.empty()
                                : Optional.of(Map.entry("an address", "IpAddress"));
                    case BINARY ->
                        condition.is("Binary") ? Optional.empty() : Optional.of(Map.entry("binary", "BinaryEquals"));
                };
        };
    }
}

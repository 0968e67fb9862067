package io.rolesmith.policy.check;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Wildcards;
import io.rolesmith.policy.catalogue.Service;
import io.rolesmith.policy.catalogue.ServiceCatalogue;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Which services say the tags of a resource in requests about it, and who relies on those that do not. */
final class TaggedServices {

    private static final String TAG = "aws:resourcetag/";
    private static final int MOST_NAMED = 10;

    private final ServiceCatalogue services;

    /** By the prefix of a service that is known, of which there are only so many. */
    private final Map<String, Boolean> tagged = new ConcurrentHashMap<>();

    TaggedServices(ServiceCatalogue services) {
        this.services = services;
    }

    /** Whether it is known that no request to the service of this prefix says a tag. */
    private boolean isUntagged(String prefix) {
        return services.service(prefix)
                .map(service -> !tagged.computeIfAbsent(service.prefix(), _ -> isTagged(service)))
                .orElse(false);
    }

    private static boolean isTagged(Service service) {
        return service.conditionKeys().stream().anyMatch(key -> key.matches("aws:ResourceTag/any"));
    }

    /**
     * The four {@code …_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE}: a tag of the resource is asked for in a service
     * none of whose requests carries it.
     */
    void advise(StatementView statement, Consumer<Finding> findings) {
        if (!asksForTag(statement)) {
            return;
        }
        List<String> without = statement.actions().stream()
                .filter(action -> action.indexOf(':') > 0)
                .map(action -> action.substring(0, action.indexOf(':')))
                .distinct()
                .filter(prefix -> !Wildcards.isPattern(prefix) && isUntagged(prefix))
                .limit(MOST_NAMED)
                .toList();
        for (TestedKey condition : statement.conditions()) {
            if (!condition.key().startsWith(TAG) || !condition.demands()) {
                continue;
            }
            String key = Quotes.quote(condition.condition().key());
            boolean allows = statement.allows();
            if (statement.statement().notActions().isPresent()) {
                findings.accept(said(
                        allows,
                        allows
                                ? "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
                                : "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
                        condition.pointer(),
                        "Many actions carry no " + key + ", so the statement does not " + (allows ? "allow" : "deny")
                                + " them.",
                        "Name the actions that are meant in Action."));
                continue;
            }
            if (!without.isEmpty()) {
                findings.accept(said(
                        allows,
                        allows
                                ? "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
                                : "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
                        condition.pointer(),
                        "Requests to " + String.join(", ", without) + " carry no " + key
                                + ", so the statement does not " + (allows ? "allow" : "deny") + " them.",
                        "Move these actions to a statement without this condition."));
            }
        }
    }

    private static boolean asksForTag(StatementView statement) {
        for (TestedKey condition : statement.conditions()) {
            if (condition.key().startsWith(TAG)) {
                return true;
            }
        }
        return false;
    }

    private static Finding said(boolean suggestion, String code, String pointer, String message, String remedy) {
        return suggestion
                ? Finding.suggestion(code, pointer, message, remedy)
                : Finding.securityWarning(code, pointer, message, remedy);
    }
}

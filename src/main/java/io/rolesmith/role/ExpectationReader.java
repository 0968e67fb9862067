package io.rolesmith.role;

import static io.rolesmith.policy.Finding.error;
import static io.rolesmith.policy.JsonPointer.element;
import static io.rolesmith.policy.JsonPointer.member;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Variables;
import io.rolesmith.policy.access.AccessRequest;
import io.rolesmith.policy.access.Decision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads expectations: each asks one question, about one action and one resource, that has one answer. */
final class ExpectationReader {

    private static final int ARN_SEGMENTS = 6;

    /** Longer than any name of an action or condition key. */
    private static final int MAX_NAME = 256;

    /** The longest ARN; values of condition keys are as long at most. */
    private static final int MAX_VALUE = 2048;

    private static final int MAX_KEYS = 50;
    private static final int MAX_VALUES = 100;

    private final Variables variables;
    private final List<Finding> findings;

    ExpectationReader(Variables variables, List<Finding> findings) {
        this.variables = variables;
        this.findings = findings;
    }

    /** Those of {@code drafts} that nothing is wrong with. */
    List<Expectation> read(List<ExpectationDraft> drafts) {
        if (drafts.size() > RoleLimits.MAX_EXPECTATIONS) {
            findings.add(error(
                    "TOO_MANY_EXPECTATIONS",
                    "/expect",
                    drafts.size() + " expectations of one role; there may be " + RoleLimits.MAX_EXPECTATIONS,
                    "Keep those that matter most."));
            return List.of();
        }
        List<Expectation> result = new ArrayList<>();
        for (int i = 0; i < drafts.size(); i++) {
            ExpectationDraft draft = drafts.get(i);
            String pointer = element("/expect", i);
            int before = findings.size();
            String action = action(draft.action(), pointer + "/action");
            String resource = resource(draft.resource(), pointer + "/resource");
            Map<String, List<String>> context = context(draft.context(), pointer + "/context");
            Optional<Decision> decision = decision(draft.decision(), pointer + "/decision");
            if (findings.size() == before && decision.isPresent()) {
                result.add(new Expectation(i, new AccessRequest(action, resource, context), decision.get()));
            }
        }
        return List.copyOf(result);
    }

    private String action(@Nullable String action, String pointer) {
        String text = action == null ? "" : action;
        int colon = text.indexOf(':');
        boolean shaped = colon > 0
                && colon < text.length() - 1
                && text.length() <= MAX_NAME
                && text.chars().filter(c -> c == ':').count() == 1
                && text.chars().allMatch(c -> Ascii.isAlphanumeric((char) c) || "-_:".indexOf(c) >= 0);
        if (!shaped) {
            invalid(
                    pointer,
                    "'" + Characters.shorten(text) + "' does not name one action",
                    "Write it as in s3:GetObject, without wildcards.");
        }
        return text;
    }

    private String resource(@Nullable String resource, String pointer) {
        int before = findings.size();
        String text = variables.resolve(resource == null ? "" : resource, pointer, findings);
        if (findings.size() > before || text.equals("*")) {
            return text;
        }
        boolean shaped = text.startsWith("arn:")
                && text.length() <= MAX_VALUE
                && text.split(":", ARN_SEGMENTS).length == ARN_SEGMENTS
                && text.chars().noneMatch(c -> c == '*' || c == '?' || Character.isISOControl(c));
        if (!shaped) {
            invalid(
                    pointer,
                    "'" + Characters.shorten(text) + "' does not name one resource",
                    "Write its ARN without wildcards, or * alone for an action that knows no resource.");
        }
        return text;
    }

    private Map<String, List<String>> context(Map<String, List<String>> context, String pointer) {
        Map<String, List<String>> result = new LinkedHashMap<>();
        if (context.size() > MAX_KEYS) {
            invalid(
                    pointer,
                    context.size() + " condition keys; there may be " + MAX_KEYS,
                    "Give only those that the policies ask for.");
            return result;
        }
        Set<String> keys = new HashSet<>();
        context.forEach((key, values) -> {
            String place = member(pointer, key);
            if (key.length() > MAX_NAME || key.indexOf(':') <= 0) {
                invalid(
                        place,
                        "'" + Characters.shorten(key) + "' is no condition key",
                        "Write it as in aws:SourceAccount.");
            } else if (!keys.add(key.toLowerCase(Locale.ROOT))) {
                invalid(
                        place,
                        "The condition key '" + Characters.shorten(key)
                                + "' stands there twice, if letter case is ignored as IAM ignores it",
                        "Give each key once, with all its values.");
            }
            result.put(key, values(values, place));
        });
        return result;
    }

    private List<String> values(List<String> values, String pointer) {
        if (values.size() > MAX_VALUES) {
            invalid(pointer, values.size() + " values of one condition key; there may be " + MAX_VALUES, "Give fewer.");
            return List.of();
        }
        List<String> result = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            String value = variables.resolve(values.get(i), element(pointer, i), findings);
            if (value.length() > MAX_VALUE) {
                invalid(
                        element(pointer, i),
                        "The value has " + value.length() + " characters; there may be " + MAX_VALUE,
                        "Shorten it.");
            }
            result.add(value);
        }
        return List.copyOf(result);
    }

    private Optional<Decision> decision(@Nullable String decision, String pointer) {
        Optional<Decision> found = Arrays.stream(Decision.values())
                .filter(known -> known != Decision.UNDETERMINED && known.word().equals(decision))
                .findFirst();
        if (found.isEmpty()) {
            invalid(
                    pointer,
                    "'" + Characters.shorten(decision == null ? "" : decision) + "' is nothing to expect",
                    "Expect allowed, explicitDeny or implicitDeny.");
        }
        return found;
    }

    private void invalid(String pointer, String message, String remedy) {
        findings.add(error("INVALID_EXPECTATION", pointer, message, remedy));
    }
}

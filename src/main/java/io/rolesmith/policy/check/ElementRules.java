package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.JsonPointer;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.Statement;
import io.rolesmith.policy.Values;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** What IAM demands of the elements that every kind of policy has. */
final class ElementRules {

    private ElementRules() {}

    /** A Sid is made of letters and digits: {@code [0-9A-Za-z]*} in IAM's own message. */
    static void sid(Statement statement, String partition, Consumer<Finding> findings) {
        if (statement.sid().isEmpty()) {
            return;
        }
        String sid = statement.sid().get();
        if (sid.isEmpty()) {
            findings.accept(Finding.suggestion(
                    "EMPTY_SID_VALUE",
                    JsonPointer.member(statement.pointer(), "Sid"),
                    "The Sid is empty.",
                    "Remove it, or give the statement a name."));
        }
        for (int i = 0; i < sid.length(); i++) {
            if (!Ascii.isAlphanumeric(sid.charAt(i))) {
                findings.accept(Finding.error(
                        "UNSUPPORTED_SID",
                        JsonPointer.member(statement.pointer(), "Sid"),
                        "The Sid " + Quotes.quote(sid) + " holds " + Quotes.name(sid.charAt(i))
                                + ", only letters and digits are allowed.",
                        "Use A–Z, a–z and 0–9 only."));
                return;
            }
        }
    }

    /** Sids are unique within a policy, in their spelling. */
    static void uniqueSids(PolicyDocument document, Consumer<Finding> findings) {
        Map<String, String> seen = new HashMap<>();
        for (Statement statement : document.statements()) {
            statement.sid().filter(sid -> !sid.isEmpty()).ifPresent(sid -> {
                String first = seen.putIfAbsent(sid, statement.pointer());
                if (first != null) {
                    findings.accept(Finding.error(
                            "UNIQUE_SIDS_REQUIRED",
                            JsonPointer.member(statement.pointer(), "Sid"),
                            "The Sid " + Quotes.quote(sid) + " is already that of " + first
                                    + ", and must be unique within the policy.",
                            "Give this statement another Sid, or none."));
                }
            });
        }
    }

    /** There is exactly one of Action and NotAction, and it names something. */
    static void actionElement(Statement statement, String partition, Consumer<Finding> findings) {
        exactlyOne(
                statement,
                "Action",
                statement.actions(),
                "NotAction",
                statement.notActions(),
                "MISSING_ACTION",
                "Name at least one action.",
                findings);
    }

    static void exactlyOne(
            Statement statement,
            String positiveName,
            Values positive,
            String negativeName,
            Values negative,
            String missingCode,
            String missingRemedy,
            Consumer<Finding> findings) {
        if (positive.isPresent() && negative.isPresent()) {
            findings.accept(Finding.error(
                    "UNSUPPORTED_ELEMENT_COMBINATION",
                    negative.pointer(),
                    "The statement has both " + positiveName + " and " + negativeName + ", only one is allowed.",
                    "Remove one of them, or split the statement."));
        } else if (positive.isEmpty() && negative.isEmpty()) {
            boolean empty = positive.isPresent() || negative.isPresent();
            String pointer = positive.isPresent()
                    ? positive.pointer()
                    : negative.isPresent() ? negative.pointer() : statement.pointer();
            String written = negative.isPresent() ? negativeName : positiveName;
            findings.accept(Finding.error(
                    missingCode,
                    pointer,
                    empty ? "The statement's " + written + " is empty." : "The statement has no " + written + ".",
                    missingRemedy));
        }
    }
}

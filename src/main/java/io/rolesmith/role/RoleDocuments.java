package io.rolesmith.role;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.access.NamedPolicy;
import io.rolesmith.policy.access.PoliciesInForce;
import io.rolesmith.policy.access.PolicyInForce;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the policies of a role say, each looked up or read once. */
final class RoleDocuments {

    private final ManagedDocuments managed;
    private final Map<String, NamedPolicy> byArn = new HashMap<>();
    private final Map<String, Optional<PolicyDocument>> byText = new HashMap<>();
    private final Map<Set<String>, Map<NamedPolicy, PolicyInForce>> inForce = new HashMap<>();

    RoleDocuments(ManagedDocuments managed) {
        this.managed = managed;
    }

    PoliciesInForce permissions(Stage stage) {
        Set<PolicyInForce> identity = new LinkedHashSet<>();
        stage.managed().forEach(arn -> identity.add(inForce(managed(arn), stage.retagged())));
        stage.inline()
                .forEach((name, text) -> identity.add(
                        inForce(new NamedPolicy("the inline policy " + name, read(text)), stage.retagged())));
        return new PoliciesInForce(
                identity, Optional.ofNullable(stage.boundary()).map(arn -> inForce(managed(arn), stage.retagged())));
    }

    PolicyInForce trust(Stage stage) {
        return inForce(new NamedPolicy("the trust policy", read(stage.trust())), stage.retagged());
    }

    /** The policy at a time when these tags have other values; what does not speak of them stays the same. */
    PolicyInForce inForce(NamedPolicy policy, Set<String> retagged) {
        return inForce.computeIfAbsent(retagged, _ -> new HashMap<>()).computeIfAbsent(policy, _ -> {
            boolean matters = policy.document()
                    .map(document -> PolicyInForce.mentions(document, retagged))
                    .orElse(true);
            return new PolicyInForce(policy, matters ? retagged : Set.of());
        });
    }

    /** Whether what the role allows at a stage may hang on the values of its tags with these keys. */
    boolean mayMention(Stage stage, Set<String> tagKeys) {
        PoliciesInForce permissions = permissions(stage);
        return mayMention(trust(stage), tagKeys)
                || permissions.identity().stream().anyMatch(policy -> mayMention(policy, tagKeys))
                || permissions
                        .boundary()
                        .filter(policy -> mayMention(policy, tagKeys))
                        .isPresent();
    }

    private static boolean mayMention(PolicyInForce policy, Set<String> tagKeys) {
        return policy.policy()
                .document()
                .map(document -> PolicyInForce.mentions(document, tagKeys))
                .orElse(true);
    }

    /** The characters of an inline policy that count; of one that we cannot read, all of them. */
    int size(String text) {
        return read(text).map(PolicyDocument::size).orElse(text.length());
    }

    NamedPolicy managed(String arn) {
        NamedPolicy known = byArn.get(arn);
        if (known == null) {
            known = new NamedPolicy(arn, managed.document(arn));
            byArn.put(arn, known);
        }
        return known;
    }

    private Optional<PolicyDocument> read(String text) {
        return byText.computeIfAbsent(text, unread -> {
            try {
                return Optional.of(PolicyDocument.parse(unread));
            } catch (IllegalArgumentException unreadable) {
                return Optional.empty();
            }
        });
    }
}

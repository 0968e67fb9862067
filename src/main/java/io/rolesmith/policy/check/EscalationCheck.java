package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.ConditionOperator;
import io.rolesmith.policy.Effect;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Wildcards;
import io.rolesmith.policy.access.MatchedStatement;
import io.rolesmith.policy.access.NamedPolicy;
import io.rolesmith.policy.access.Permissions;
import io.rolesmith.policy.check.EscalationPath.Step;
import io.rolesmith.policy.check.EscalationPath.Target;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Says by which ways a role with given permissions comes to more of them.
 *
 * <p>What counts is what the policies allow together, not how they are written. An action that is only dangerous on things
 * of others is found where a statement names a thing that nobody had in mind (see {@link Anybody}), or the role itself.
 *
 * <p>Where it is hard to tell we rather speak. A statement that denies takes a permission away only if it has no
 * condition and covers what the allowing one names. Of the conditions of an allowing statement these take the danger
 * away, as does their negation in one that denies:
 *
 * <ul>
 *   <li>{@code iam:PassedToService}, for services that it does not name;
 *   <li>{@code iam:PermissionsBoundary}, in whatever sets permissions, since what is gained stays below the boundary;
 *   <li>{@code iam:PolicyARN} unless it names a policy of administrators, in whatever attaches policies;
 *   <li>a tag of the resource, which makes it a narrow one.
 * </ul>
 *
 * <p>Multi-factor authentication, addresses, dates and tags of the caller do not: they say when, not what.
 */
public final class EscalationCheck {

    private static final String PASS_ROLE = "iam:passrole";

    /**
     * Actions that {@code iam:PermissionsBoundary} confines. Those that take a boundary off know the key too, but it then
     * names the boundary that is lost.
     */
    private static final Set<String> BOUNDED = Set.of(
            "iam:putrolepolicy",
            "iam:attachrolepolicy",
            "iam:putrolepermissionsboundary",
            "iam:updateassumerolepolicy",
            "iam:updaterole",
            "iam:putuserpolicy",
            "iam:attachuserpolicy",
            "iam:putuserpermissionsboundary");

    private static final Set<String> ATTACHES =
            Set.of("iam:attachrolepolicy", "iam:attachuserpolicy", "iam:attachgrouppolicy");

    /** Whoever may attach one of these needs nothing else. */
    private static final List<String> ADMINISTRATORS = Stream.of(
                    "aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f")
            .flatMap(partition -> Stream.of("administratoraccess", "iamfullaccess")
                    .map(name -> "arn:" + partition + ":iam::aws:policy/" + name))
            .toList();

    private static final Set<String> GUARDS = Set.of("iam:passedtoservice", "iam:permissionsboundary", "iam:policyarn");

    private static final String CALLERS_TAG = "aws:principaltag/";

    /** Paths that are none unless something goes by tags. */
    private static final Set<String> BY_TAGS = Set.of("iam:TagRole", "iam:TagUser");

    private final List<Policy> identityPolicies = new ArrayList<>();
    private final Optional<Policy> boundary;
    private final boolean boundaryUnknown;
    private final Map<Target, List<ArnPattern>> own = new EnumMap<>(Target.class);

    /** For who denies what; beyond it nothing is taken for denied. */
    private final Patience patience = new Patience(1_000_000);

    private record Policy(String name, List<StatementView> statements) {

        static Optional<Policy> of(NamedPolicy policy) {
            return policy.document().map(document -> of(policy.name(), document));
        }

        private static Policy of(String name, PolicyDocument document) {
            return new Policy(
                    name,
                    StatementView.of(document).stream()
                            .map(view -> view.withConditionsOn(Policy::matters))
                            .toList());
        }

        /** Whether it makes a difference here what is asked of the key. */
        private static boolean matters(String key) {
            return GUARDS.contains(key) || isResourceTag(key) || key.startsWith(CALLERS_TAG);
        }
    }

    private EscalationCheck(Permissions permissions, Optional<String> role) {
        permissions.identityPolicies().forEach(policy -> Policy.of(policy).ifPresent(identityPolicies::add));
        boundary = permissions.boundary().flatMap(Policy::of);
        boundaryUnknown = permissions.boundary().isPresent() && boundary.isEmpty();
        role.flatMap(ArnPattern::of).ifPresent(arn -> own.put(Target.ROLE, List.of(arn)));
        own.put(
                Target.POLICY,
                Stream.concat(permissions.identityPolicies().stream(), permissions.boundary().stream())
                        .map(NamedPolicy::name)
                        .filter(name -> name.startsWith("arn:") && !name.contains(":iam::aws:"))
                        .flatMap(name -> ArnPattern.of(name).stream())
                        .toList());
    }

    /** What a role can make of {@code permissions}; of two ways through the same statements it is said once. */
    public static List<Escalation> findings(Permissions permissions) {
        return new EscalationCheck(permissions, Optional.empty()).escalations();
    }

    /** The same for the role {@code arn}: what it may do to itself counts too, however narrow the statement. */
    public static List<Escalation> findings(Permissions permissions, String arn) {
        return new EscalationCheck(permissions, Optional.of(arn)).escalations();
    }

    private List<Escalation> escalations() {
        Map<Set<MatchedStatement>, List<EscalationPath>> byStatements = new LinkedHashMap<>();
        boolean tagsDecide = tagsDecide();
        for (EscalationPath path : EscalationPaths.all()) {
            if (tagsDecide || !BY_TAGS.contains(path.name())) {
                statements(path)
                        .ifPresent(statements -> byStatements
                                .computeIfAbsent(statements, _ -> new ArrayList<>())
                                .add(path));
            }
        }
        List<Escalation> found = new ArrayList<>();
        byStatements.forEach((statements, paths) -> found.add(new Escalation(
                paths.stream().map(EscalationPath::name).toList(),
                paths.getFirst().gain(),
                List.copyOf(statements),
                boundaryUnknown)));
        return found;
    }

    /** Whether a tag of the caller or of a resource decides about anything here. */
    private boolean tagsDecide() {
        return identityPolicies.stream()
                .flatMap(policy -> policy.statements().stream())
                .flatMap(statement -> statement.conditions().stream())
                .anyMatch(condition -> condition.key().startsWith(CALLERS_TAG) || isResourceTag(condition.key()));
    }

    private static boolean isResourceTag(String key) {
        return key.contains("resourcetag/");
    }

    /** The statements that together allow all steps, empty when one of these is not allowed. */
    private Optional<Set<MatchedStatement>> statements(EscalationPath path) {
        Set<MatchedStatement> statements = new LinkedHashSet<>();
        for (Step step : path.steps()) {
            Optional<MatchedStatement> statement = Optional.empty();
            for (String action : step.lowerActions()) {
                statement = statement.or(() -> allowing(action, step.target(), path));
            }
            if (statement.isEmpty()) {
                return Optional.empty();
            }
            statements.add(statement.get());
        }
        return Optional.of(statements);
    }

    private Optional<MatchedStatement> allowing(String action, Target target, EscalationPath path) {
        for (Policy policy : identityPolicies) {
            for (StatementView statement : policy.statements()) {
                if (!statement.allows() || !statement.isAbout(action) || isGuarded(statement, action, path, false)) {
                    continue;
                }
                for (ArnPattern resource : dangerous(statement, target)) {
                    if (!isDenied(identityPolicies, action, resource, path)
                            && isWithinBoundary(action, resource, path)) {
                        return Optional.of(new MatchedStatement(
                                policy.name(),
                                statement.pointer(),
                                statement.statement().sid(),
                                Effect.ALLOW));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** What of the statement's resources makes an action dangerous, as patterns. */
    private List<ArnPattern> dangerous(StatementView statement, Target target) {
        List<ArnPattern> found = new ArrayList<>();
        List<ArnPattern> dangers = new ArrayList<>(own.getOrDefault(target, List.of()));
        dangers.add(target.anybody());
        if (statement.statement().notResources().isPresent()) {
            for (ArnPattern danger : dangers) {
                if (statement.notResources().stream()
                        .flatMap(Optional::stream)
                        .noneMatch(pattern -> pattern.covers(danger))) {
                    found.add(danger);
                }
            }
            return found;
        }
        for (Optional<ArnPattern> resource : statement.resources()) {
            if (resource.isPresent() && target == Target.SOMETHING) {
                found.add(resource.get());
            } else if (resource.isPresent()) {
                dangers.forEach(danger -> resource.get().at(danger).ifPresent(found::add));
            }
        }
        return found;
    }

    /** Whether a statement without a condition, or with one that amounts to a guard, denies the action on all of it. */
    private boolean isDenied(List<Policy> policies, String action, ArnPattern resource, EscalationPath path) {
        for (Policy policy : policies) {
            for (StatementView statement : policy.statements()) {
                if (!statement.allows()
                        && patience.allows(40 + 10L * statement.actions().size())
                        && statement.isAbout(action)
                        && (statement.statement().conditions().isEmpty() || isGuarded(statement, action, path, true))
                        && namesAllOf(statement, resource)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean namesAllOf(StatementView statement, ArnPattern resource) {
        if (statement.statement().notResources().isPresent()) {
            return statement.notResources().stream()
                    .allMatch(pattern -> pattern.isPresent() && !pattern.get().intersects(resource));
        }
        return statement.resources().stream()
                .anyMatch(pattern -> pattern.isPresent() && pattern.get().covers(resource));
    }

    private boolean isWithinBoundary(String action, ArnPattern resource, EscalationPath path) {
        if (boundary.isEmpty()) {
            return true;
        }
        Policy policy = boundary.get();
        return policy.statements().stream()
                        .anyMatch(statement -> statement.allows()
                                && statement.isAbout(action)
                                && !isGuarded(statement, action, path, false)
                                && namesSomeOf(statement, resource))
                && !isDenied(List.of(policy), action, resource, path);
    }

    private static boolean namesSomeOf(StatementView statement, ArnPattern resource) {
        if (statement.statement().notResources().isPresent()) {
            return statement.notResources().stream()
                    .flatMap(Optional::stream)
                    .noneMatch(pattern -> pattern.covers(resource));
        }
        return statement.resources().stream()
                .flatMap(Optional::stream)
                .anyMatch(pattern -> pattern.intersects(resource));
    }

    /**
     * Whether a condition takes the danger from what the statement says of {@code action}.
     *
     * @param denies whether the statement denies: it must then deny everything that the guard does not let through, so its
     *     condition is the guard's negation and the only one
     */
    private static boolean isGuarded(StatementView statement, String action, EscalationPath path, boolean denies) {
        if (denies && statement.statement().conditions().size() != 1) {
            return false;
        }
        for (TestedKey condition : statement.conditions()) {
            boolean comparesTexts = condition.comparesStrings() || condition.comparesArns();
            if (comparesTexts
                    && condition.isNegated() == denies
                    && condition.names()
                    && isGuard(condition, action, path, denies)) {
                return true;
            }
            if (comparesTexts && denies && !condition.isNegated() && deniesServices(condition, action, path)) {
                return true;
            }
        }
        return false;
    }

    private static boolean deniesServices(TestedKey condition, String action, EscalationPath path) {
        return action.equals(PASS_ROLE)
                && condition.key().equals("iam:passedtoservice")
                && path.services().stream()
                        .allMatch(service -> condition.values().stream()
                                .anyMatch(value -> (condition.takesWildcards() || !Wildcards.isPattern(value))
                                        && isService(value, service)));
    }

    private static boolean isGuard(TestedKey condition, String action, EscalationPath path, boolean denies) {
        // An absent key makes a negated operator true, which then denies; only under ForAnyValue it does not.
        if (denies
                ? condition.operator().quantifier() == ConditionOperator.Quantifier.FOR_ANY_VALUE
                : !condition.demands()) {
            return false;
        }
        return switch (condition.key()) {
            case "iam:passedtoservice" ->
                action.equals(PASS_ROLE)
                        && path.services().stream()
                                .noneMatch(service ->
                                        condition.values().stream().anyMatch(value -> mayBeService(value, service)));
            case "iam:permissionsboundary" -> BOUNDED.contains(action);
            case "iam:policyarn" ->
                ATTACHES.contains(action)
                        && condition.values().stream().noneMatch(EscalationCheck::mayBeAdministrators);
            default -> isResourceTag(condition.key());
        };
    }

    /** Whether a value, even one that is no whole ARN, may stand for a policy of administrators. */
    private static boolean mayBeAdministrators(String value) {
        String pattern = Ascii.lower(Wildcards.openVariables(value));
        return ADMINISTRATORS.stream().anyMatch(administrators -> Wildcards.matches(pattern, administrators));
    }

    private static boolean mayBeService(String value, String service) {
        return isService(Wildcards.openVariables(value), service);
    }

    private static boolean isService(String value, String service) {
        String pattern = Ascii.lower(value);
        return Wildcards.matches(pattern, service + ".amazonaws.com")
                || Wildcards.matches(pattern, service + ".amazonaws.com.cn");
    }
}

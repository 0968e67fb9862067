package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Severity;
import io.rolesmith.policy.Wildcards;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Statements that hand any role to any service, or create any service-linked role.
 *
 * <p>Access Analyzer does not publish which wildcards it finds narrow enough. Here a resource is too wide when it names a
 * role that nobody had in mind: {@code role/*} does, {@code role/app-*} and {@code role/service-role/*} do not.
 */
final class RoleGrantAdvice {

    private static final Grant PASS_ROLE = new Grant(
            "PASS_ROLE",
            Severity.SECURITY_WARNING,
            "iam:PassRole",
            "role/",
            "iam:passedtoservice",
            "iam:PassedToService",
            "pass any role to a service");

    private static final Grant CREATE_SERVICE_LINKED_ROLE = new Grant(
            "CREATE_SLR",
            Severity.WARNING,
            "iam:CreateServiceLinkedRole",
            "role/aws-service-role/",
            "iam:awsservicename",
            "iam:AWSServiceName",
            "create any service-linked role");

    private RoleGrantAdvice() {}

    /** The six {@code PASS_ROLE_WITH_…} of Access Analyzer. */
    static void passRole(StatementView statement, Consumer<Finding> findings) {
        advise(PASS_ROLE, statement, findings);
    }

    /** The six {@code CREATE_SLR_WITH_…} of Access Analyzer. */
    static void createServiceLinkedRole(StatementView statement, Consumer<Finding> findings) {
        advise(CREATE_SERVICE_LINKED_ROLE, statement, findings);
    }

    /**
     * An action that is only as harmless as its resources are few.
     *
     * @param code what Access Analyzer's codes begin with
     * @param path what the action's resources begin with
     * @param key the condition key that confines it to a service, in lower case and as AWS writes it
     */
    private record Grant(
            String code,
            Severity severity,
            String action,
            String lowerAction,
            ArnPattern anyRole,
            String key,
            String keyName,
            String power) {

        Grant(String code, Severity severity, String action, String path, String key, String keyName, String power) {
            this(code, severity, action, Ascii.lower(action), Anybody.ofIam(path), key, keyName, power);
        }
    }

    private static void advise(Grant grant, StatementView statement, Consumer<Finding> findings) {
        if (!statement.allows() || confined(grant, statement)) {
            return;
        }
        Optional<String> means = means(grant, statement);
        if (means.isEmpty()) {
            return;
        }
        String action = means.get();
        if (statement.statement().notResources().isPresent()) {
            if (isOutside(grant.anyRole(), statement.notResources())) {
                say(grant, action, true, statement.statement().notResources().pointer(), findings);
            }
            return;
        }
        List<Optional<ArnPattern>> resources = statement.resources();
        for (int i = 0; i < resources.size(); i++) {
            if (resources.get(i).flatMap(arn -> arn.at(grant.anyRole())).isPresent()) {
                say(grant, action, false, statement.statement().resources().pointerOf(i), findings);
                return;
            }
        }
    }

    /** Whether a condition confines the action to some services. Access Analyzer does not take IfExists for one. */
    private static boolean confined(Grant grant, StatementView statement) {
        for (TestedKey condition : statement.conditions()) {
            if (condition.key().equals(grant.key()) && condition.demands()) {
                return true;
            }
        }
        return false;
    }

    /** How the statement comes to allow the action, in the words of Access Analyzer's codes. */
    private static Optional<String> means(Grant grant, StatementView statement) {
        if (statement.statement().notActions().isPresent()) {
            return statement.isAbout(grant.lowerAction()) ? Optional.of("NOT_ACTION") : Optional.empty();
        }
        boolean byWildcard = false;
        for (String action : statement.actions()) {
            if (action.equals(grant.lowerAction())) {
                return Optional.of("");
            }
            byWildcard = byWildcard || Wildcards.matches(action, grant.lowerAction());
        }
        return byWildcard ? Optional.of("STAR_IN_ACTION") : Optional.empty();
    }

    private static boolean isOutside(ArnPattern arn, List<Optional<ArnPattern>> patterns) {
        return patterns.stream().flatMap(Optional::stream).noneMatch(pattern -> pattern.covers(arn));
    }

    private static void say(
            Grant grant, String means, boolean notResource, String pointer, Consumer<Finding> findings) {
        String code = switch (means) {
            case "NOT_ACTION" ->
                notResource ? "_WITH_NOT_ACTION_AND_NOT_RESOURCE" : "_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION";
            case "STAR_IN_ACTION" ->
                notResource ? "_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE" : "_WITH_STAR_IN_ACTION_AND_RESOURCE";
            default -> notResource ? "_WITH_NOT_RESOURCE" : "_WITH_STAR_IN_RESOURCE";
        };
        String how = switch (means) {
            case "NOT_ACTION" -> "by not naming " + grant.action() + " in NotAction";
            case "STAR_IN_ACTION" -> "by a wildcard that covers " + grant.action();
            default -> "by " + grant.action();
        };
        findings.accept(new Finding(
                grant.code() + code,
                grant.severity(),
                pointer,
                null,
                null,
                null,
                "The statement allows, " + how + (notResource ? " and a NotResource" : " and a wide resource") + ", to "
                        + grant.power() + ".",
                "Name the roles in Resource, or add a condition on " + grant.keyName() + "."));
    }
}

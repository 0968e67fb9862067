package io.rolesmith.request;

import io.rolesmith.audit.AuditActor;
import io.rolesmith.audit.AuditEntry;
import io.rolesmith.audit.AuditOutcome;
import io.rolesmith.audit.AuditRepository;
import io.rolesmith.caller.Caller;
import io.rolesmith.policy.Finding;
import io.rolesmith.provisioning.ProvisioningJob.RoleTask;
import io.rolesmith.role.RoleDraft;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What the audit trail says of submissions, those that are refused included. */
@Component
public class SubmissionTrail {

    private static final JsonMapper JSON = new JsonMapper();

    /** What is refused quotes the caller, and the trail keeps it for ever. */
    private static final int MAX_DETAIL = 1000;

    private final AuditRepository audit;
    private final RequestMeters meters;

    SubmissionTrail(AuditRepository audit, RequestMeters meters) {
        this.audit = audit;
        this.meters = meters;
    }

    void submitted(Caller caller, RequestId id, Submission submission, List<RoleTask> roles) {
        List<Map<String, String>> named = roles.stream()
                .map(role -> Map.of(
                        "account", role.account().id().value(),
                        "name", role.goal().name().value()))
                .toList();
        submitted(caller, id, submission.action(), described(submission, named), submission.reason());
    }

    void submitted(Caller caller, Plan plan, @Nullable String reason) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("action", plan.action().name());
        described.put("team", plan.team().name());
        described.put("plan", plan.digest());
        submitted(caller, plan.id(), plan.action(), described, reason);
    }

    private void submitted(
            Caller caller, RequestId id, RequestAction action, Map<String, Object> described, @Nullable String reason) {
        audit.append(AuditEntry.of(AuditActor.of(caller), "request.submitted", AuditOutcome.SUCCEEDED)
                .request(id.value())
                .after(JSON.valueToTree(described))
                .detail(reason));
        AfterCommit.run(() -> meters.submitted(action));
    }

    /** Records, in a transaction of its own, that a submission was refused whose body was not even of the right shape. */
    public void refused(Caller caller, List<Finding> findings) {
        refused(AuditEntry.of(caller, "request.refused", AuditOutcome.REFUSED), findings);
    }

    /** Records, in a transaction of its own, that a submission was refused. */
    public void refused(Caller caller, Submission submission, List<Finding> findings) {
        List<String> names = names(submission.wish());
        Map<String, Object> described = described(
                submission, names.stream().map(name -> Map.of("name", name)).toList());
        described.put(
                "findings",
                findings.stream()
                        .map(finding -> Map.of(
                                "code", finding.code(), "pointer", finding.pointer(), "message", finding.message()))
                        .toList());
        refused(
                AuditEntry.of(caller, "request.refused", AuditOutcome.REFUSED)
                        .account(only(submission.accounts()))
                        .role(only(names))
                        .after(JSON.valueToTree(described)),
                findings);
    }

    void refused(Caller caller, Optional<Submission> submission, List<Finding> findings) {
        submission.ifPresentOrElse(known -> refused(caller, known, findings), () -> refused(caller, findings));
    }

    private void refused(AuditEntry entry, List<Finding> findings) {
        audit.appendAlone(entry.detail(findings.stream()
                .filter(Finding::refuses)
                .map(finding -> finding.code() + " " + finding.pointer() + ": " + finding.message())
                .map(text -> text.substring(0, Math.min(text.length(), MAX_DETAIL)))
                .findFirst()
                .orElse("refused")));
        meters.refused();
    }

    private static @Nullable String only(List<String> texts) {
        return texts.size() == 1 ? texts.getFirst() : null;
    }

    private static List<String> names(Submission.Wish wish) {
        return switch (wish) {
            case Submission.Wish.Roles(List<RoleDraft> roles) ->
                roles.stream()
                        .map(RoleDraft::name)
                        .<String>mapMulti((name, out) -> {
                            if (name != null) {
                                out.accept(name);
                            }
                        })
                        .toList();
            case Submission.Wish.Names(List<String> names) -> names;
            case Submission.Wish.FromBlueprint _ -> List.of();
        };
    }

    private static Map<String, Object> described(Submission submission, List<Map<String, String>> roles) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("action", submission.action().name());
        described.put("team", submission.team().name());
        described.put("accounts", submission.accounts());
        if (submission.wish() instanceof Submission.Wish.FromBlueprint blueprint) {
            described.put("blueprint", blueprint.blueprint());
        }
        described.put("roles", roles);
        return described;
    }
}

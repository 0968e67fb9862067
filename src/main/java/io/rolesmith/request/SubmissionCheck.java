package io.rolesmith.request;

import static io.rolesmith.policy.Finding.error;

import io.rolesmith.account.Account;
import io.rolesmith.account.Accounts;
import io.rolesmith.audit.AuditActor;
import io.rolesmith.caller.Caller;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.JsonPointer;
import io.rolesmith.provisioning.ProvisioningJob;
import io.rolesmith.provisioning.ProvisioningJob.RoleTask;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/** Whether what is submitted may be done, by this caller and in these accounts. A finding that refuses it is a row of the trail. */
@Component
class SubmissionCheck {

    private final RequestReader reader;
    private final Accounts accounts;
    private final SubmissionTrail trail;

    SubmissionCheck(RequestReader reader, Accounts accounts, SubmissionTrail trail) {
        this.reader = reader;
        this.accounts = accounts;
        this.trail = trail;
    }

    /** A submission that nothing refuses. */
    record Passed(Caller caller, Submission submission, List<RoleTask> roles, List<Finding> findings) {

        ProvisioningJob job(RequestId id) {
            return new ProvisioningJob(
                    id.job(),
                    submission.team(),
                    AuditActor.of(caller),
                    submission.keep(),
                    submission.sessions(),
                    roles);
        }
    }

    /**
     * The roles that are asked for.
     *
     * @throws AccountNotYoursException if an account is not there, or the team may have no roles in it
     * @throws RequestRefusedException if a finding refuses
     */
    Passed check(Caller caller, Submission submission) {
        List<Account> where = accounts(caller, submission);
        RequestReader.Reading reading = reader.read(submission, where);
        List<Finding> findings = new ArrayList<>(duplicates(submission, where));
        findings.addAll(reading.findings());
        if (Finding.anyRefuses(findings)) {
            trail.refused(caller, submission, findings);
            throw new RequestRefusedException(findings);
        }
        return new Passed(caller, submission, reading.roles(), findings);
    }

    private List<Account> accounts(Caller caller, Submission submission) {
        List<Account> result = new ArrayList<>();
        for (int i = 0; i < submission.accounts().size(); i++) {
            String wanted = submission.accounts().get(i);
            String pointer = JsonPointer.element("/accounts", i);
            result.add(accounts.find(wanted)
                    .filter(account -> account.admits(submission.team()))
                    .orElseThrow(() -> new AccountNotYoursException(caller, submission.team(), wanted, pointer)));
        }
        return result;
    }

    private static List<Finding> duplicates(Submission submission, List<Account> accounts) {
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < accounts.size(); i++) {
            if (accounts.indexOf(accounts.get(i)) < i) {
                findings.add(error(
                        "DUPLICATE_ACCOUNT",
                        JsonPointer.element("/accounts", i),
                        "The account '" + submission.accounts().get(i) + "' stands there twice",
                        "Name each account once, by its id or its name."));
            }
        }
        return findings;
    }
}

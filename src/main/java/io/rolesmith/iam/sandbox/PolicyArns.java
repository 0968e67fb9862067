package io.rolesmith.iam.sandbox;

import io.rolesmith.account.Account;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import java.util.List;
import java.util.Optional;

/** Which managed policies an account has with what documents, and what IAM says to the ARN of one that it has not. */
record PolicyArns(Account account, ManagedPolicies managedPolicies) {

    private static final String SERVICE_LINKED = "aws-service-role/";

    /** Refuses an ARN that a role of the account cannot have attached. */
    void attachable(String arn) {
        if (exists("policyArn", arn)) {
            if (pathAndName(arn).startsWith(SERVICE_LINKED)) {
                throw Refusal.notAttachable("Cannot attach a Service Role Policy to a Customer Role.");
            }
        } else {
            throw Refusal.absent("Policy " + arn + " does not exist or is not attachable.");
        }
    }

    /** Refuses an ARN that cannot bound a role of the account. */
    void bounding(String arn) {
        if (!exists("permissionsBoundary", arn)) {
            throw Refusal.absent("Scope ARN: " + arn + " does not exist or is not attachable.");
        }
        if (pathAndName(arn).startsWith(SERVICE_LINKED)) {
            throw Refusal.notAttachable("Cannot attach a Service Role Policy to a Customer Role.");
        }
    }

    /** The document of the policy, empty if the account has none of that ARN. */
    Optional<String> document(String arn) {
        return document("policyArn", arn);
    }

    private boolean exists(String member, String arn) {
        return document(member, arn).isPresent();
    }

    private Optional<String> document(String member, String arn) {
        Constraints.arn(member, arn);
        List<String> segments = List.of(arn.split(":", 6));
        if (segments.size() < 6 || !segments.getFirst().equals("arn")) {
            throw Refusal.validation("Invalid ARN:  Could not be parsed!");
        }
        if (!segments.get(1).equals(account.partition().id())) {
            throw Refusal.validation("Invalid ARN partition");
        }
        if (!segments.get(2).equals("iam")
                || !segments.get(3).isEmpty()
                || !segments.get(5).startsWith("policy/")) {
            throw Refusal.invalidInput("ARN " + arn + " is not valid.");
        }
        if (segments.get(4).equals("aws")) {
            return managedPolicies.document(arn);
        }
        return segments.get(4).equals(account.id().value())
                ? Optional.ofNullable(account.managedPolicies().get(pathAndName(arn)))
                : Optional.empty();
    }

    private static String pathAndName(String arn) {
        return arn.substring(arn.indexOf(":policy/") + ":policy/".length());
    }
}

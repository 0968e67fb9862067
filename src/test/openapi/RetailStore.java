import io.rolesmith.client.ApiClient;
import io.rolesmith.client.ApiException;
import io.rolesmith.client.api.AuditApi;
import io.rolesmith.client.api.RoleRequestsApi;
import io.rolesmith.client.api.RolesApi;
import io.rolesmith.client.model.AuditEvent;
import io.rolesmith.client.model.Finding;
import io.rolesmith.client.model.ManagedRole;
import io.rolesmith.client.model.PolicyDocument;
import io.rolesmith.client.model.PolicyText;
import io.rolesmith.client.model.RoleRequest;
import io.rolesmith.client.model.RoleRequestRole;
import io.rolesmith.client.model.RoleRequestSubmission;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Provisions the retail store's roles with the generated client, reads what became of them, and deletes them again. */
public final class RetailStore {

    private static final String ACCOUNT = "123456789012";
    private static final String EXECUTION = "retailStoreECSTaskExecutionRole";
    private static final String TASK = "retailStoreEcsTaskRole";
    private static final String INSTANCE = "retailStoreEc2Role";

    private RetailStore() {}

    /**
     * Fails if anything is not as asked.
     *
     * @param args where Rolesmith is, a token of the team, a token of an auditor, and the task role's policy as pasted text
     */
    public static void main(String[] args) throws Exception {
        ApiClient team = client(args[0], args[1]);
        RoleRequestsApi requests = new RoleRequestsApi(team);
        RolesApi roles = new RolesApi(team);
        AuditApi audit = new AuditApi(client(args[0], args[2]));
        String pasted = args[3];
        PolicyDocument readsPictures = policy(List.of(Map.of(
                "Effect", "Allow", "Action", List.of("s3:GetObject"), "Resource", "arn:aws:s3:::retail-store-pictures/*")));

        RoleRequestRole unresolved = new RoleRequestRole()
                .name(TASK)
                .trustPolicy(trusting("ecs-tasks.amazonaws.com"))
                .putInlinePoliciesItem("ecs-exec", new PolicyText(pasted.replace("var.aws_region", "var.region")));
        expect("the refusal", refusal(() -> requests.submitRoleRequest(submission(unresolved), null, null)), 422);

        RoleRequest applied = requests.submitRoleRequest(
                submission(
                                new RoleRequestRole()
                                        .name(EXECUTION)
                                        .trustPolicy(trusting("ecs-tasks.amazonaws.com"))
                                        .addManagedPolicyArnsItem(
                                                "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy")
                                        .permissionsBoundaryArn(null),
                                new RoleRequestRole()
                                        .name(TASK)
                                        .trustPolicy(trusting("ecs-tasks.amazonaws.com"))
                                        .putInlinePoliciesItem("ecs-exec", new PolicyText(pasted))
                                        .putInlinePoliciesItem("pictures", new PolicyText(readsPictures)),
                                new RoleRequestRole()
                                        .name(INSTANCE)
                                        .trustPolicy(trusting("ec2.amazonaws.com"))
                                        .instanceProfile(true))
                        .putVariablesItem("aws_region", "us-east-1"),
                null,
                null);
        expect("the status", applied.getStatus(), RoleRequest.StatusEnum.APPLIED);
        expect(
                "the finding",
                applied.getFindings().stream().map(Finding::getCode).toList(),
                List.of("COMMENTS_REMOVED"));

        expect("the request as it is read", requests.getRoleRequest(applied.getId().toString()), applied);
        Set<String> names = Set.of(EXECUTION, TASK, INSTANCE);
        expect(
                "the roles",
                roles.listRoles("retail-store", null, null, null, null).getItems().stream()
                        .map(ManagedRole::getName)
                        .collect(Collectors.toSet()),
                names);
        Map<String, PolicyDocument> inline =
                roles.getRole(ACCOUNT, TASK).getWanted().getInlinePolicies();
        expect("the inline policies", inline.keySet(), Set.of("ecs-exec", "pictures"));
        Map<?, ?> onTasks = (Map<?, ?>) ((List<?>) inline.get("ecs-exec").getStatement()).get(1);
        expect(
                "the task's resource",
                ((List<?>) onTasks.get("Resource")).getFirst(),
                "arn:aws:ecs:us-east-1:123456789012:task/retail-store-ecs-cluster/*");
        expect("the policy given as an object", inline.get("pictures"), readsPictures);

        // Which seals what is pending: what is not sealed is not listed.
        expect("the chain", audit.verifyAuditChain(null).getIntact(), true);
        expect(
                "the creations in the trail",
                audit
                        .listAuditEvents(
                                null, null, null, "iam.CreateRole", null, applied.getId(), null, null, null, null)
                        .getItems()
                        .stream()
                        .map(AuditEvent::getRole)
                        .collect(Collectors.toSet()),
                names);
        RoleRequest deleted = requests.submitRoleRequest(
                submission(names.stream()
                                .map(name -> new RoleRequestRole().name(name))
                                .toArray(RoleRequestRole[]::new))
                        .action(RoleRequestSubmission.ActionEnum.DELETE),
                null,
                null);
        expect("the deletion", deleted.getStatus(), RoleRequest.StatusEnum.APPLIED);
        expect("a deleted role", refusal(() -> roles.getRole(ACCOUNT, TASK)), 404);
    }

    private static ApiClient client(String address, String token) {
        ApiClient client = new ApiClient();
        client.updateBaseUri(address);
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
        return client;
    }

    private static RoleRequestSubmission submission(RoleRequestRole... roles) {
        return new RoleRequestSubmission()
                .addAccountsItem(ACCOUNT)
                .team("retail-store")
                .reason("Onboard the retail store with the Java client")
                .roles(List.of(roles));
    }

    private static PolicyText trusting(String service) {
        return new PolicyText(policy(Map.of(
                "Effect", "Allow", "Principal", Map.of("Service", service), "Action", "sts:AssumeRole")));
    }

    private static PolicyDocument policy(Object statement) {
        return new PolicyDocument().version("2012-10-17").statement(statement);
    }

    private interface Call {
        Object make() throws ApiException;
    }

    private static int refusal(Call call) {
        try {
            call.make();
        } catch (ApiException e) {
            return e.getCode();
        }
        throw new AssertionError("It was not refused");
    }

    private static void expect(String what, Object actual, Object expected) {
        if (!expected.equals(actual)) {
            throw new AssertionError(what + ": " + actual + " is not " + expected);
        }
    }
}

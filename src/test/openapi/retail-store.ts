// Provisions the retail store's roles with the generated client, reads what became of them, and deletes them again.
// Arguments: where Rolesmith is, a token of the team, a token of an auditor, and the task role's policy as pasted text.
import {
    AuditApi,
    Configuration,
    PolicyDocument,
    ResponseError,
    RoleRequestsApi,
    RoleRequestSubmission,
    RoleRequestSubmissionActionEnum,
    RolesApi,
} from "./typescript";

declare const process: { argv: string[]; exitCode?: number };

const [, , basePath, portal, auditor, pasted] = process.argv;
const team = new Configuration({ basePath, accessToken: portal });
const requests = new RoleRequestsApi(team);
const roles = new RolesApi(team);
const audit = new AuditApi(new Configuration({ basePath, accessToken: auditor }));

const account = "123456789012";
const names = ["retailStoreECSTaskExecutionRole", "retailStoreEcsTaskRole", "retailStoreEc2Role"];

function trusting(service: string): PolicyDocument {
    return {
        Version: "2012-10-17",
        Statement: { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" },
    };
}

const readsPictures: PolicyDocument = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::retail-store-pictures/*" }],
};

const submission: RoleRequestSubmission = {
    accounts: [account],
    team: "retail-store",
    reason: "Onboard the retail store with the TypeScript client",
    variables: { aws_region: "us-east-1" },
    roles: [
        {
            name: names[0],
            trustPolicy: trusting("ecs-tasks.amazonaws.com"),
            managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"],
            permissionsBoundaryArn: null,
        },
        {
            name: names[1],
            trustPolicy: trusting("ecs-tasks.amazonaws.com"),
            inlinePolicies: { "ecs-exec": pasted, pictures: readsPictures },
        },
        { name: names[2], trustPolicy: trusting("ec2.amazonaws.com"), instanceProfile: true },
    ],
};

function expect(what: string, actual: unknown, expected: unknown): void {
    if (JSON.stringify(actual) !== JSON.stringify(expected)) {
        throw new Error(`${what}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
    }
}

async function refusal(call: Promise<unknown>): Promise<{ status: number; code: string }> {
    try {
        await call;
    } catch (e) {
        if (e instanceof ResponseError) {
            return { status: e.response.status, code: (await e.response.json()).code };
        }
        throw e;
    }
    throw new Error("It was not refused");
}

async function main(): Promise<void> {
    const unresolved = { ...submission, variables: undefined, roles: [{ ...submission.roles![1],
        inlinePolicies: { "ecs-exec": pasted.replace("var.aws_region", "var.region") } }] };
    expect("the refusal", await refusal(requests.submitRoleRequest({ roleRequestSubmission: unresolved })),
        { status: 422, code: "request-refused" });

    const applied = await requests.submitRoleRequest({ roleRequestSubmission: submission });
    expect("the status", applied.status, "APPLIED");
    expect("the finding", applied.findings.map(finding => finding.code), ["COMMENTS_REMOVED"]);

    const read = await requests.getRoleRequest({ id: applied.id });
    expect("the request as it is read", read, applied);
    const listed = await roles.listRoles({ team: "retail-store" });
    expect("the roles", listed.items.map(role => role.name).sort(), [...names].sort());
    const task = await roles.getRole({ account, name: names[1] });
    expect("the pasted policy", Object.keys(task.wanted.inlinePolicies), ["ecs-exec", "pictures"]);
    expect("the task's resource", task.wanted.inlinePolicies["ecs-exec"].Statement[1].Resource[0],
        "arn:aws:ecs:us-east-1:123456789012:task/retail-store-ecs-cluster/*");
    expect("the policy given as an object", task.wanted.inlinePolicies["pictures"], readsPictures);

    // Which seals what is pending: what is not sealed is not listed.
    expect("the chain", (await audit.verifyAuditChain()).intact, true);
    const trail = await audit.listAuditEvents({ requestId: applied.id, action: "iam.CreateRole" });
    expect("the creations in the trail", trail.items.map(event => event.role).sort(), [...names].sort());

    const deleted = await requests.submitRoleRequest({
        roleRequestSubmission: {
            action: RoleRequestSubmissionActionEnum.Delete,
            accounts: [account],
            team: "retail-store",
            reason: submission.reason,
            roles: names.map(name => ({ name })),
        },
    });
    expect("the deletion", deleted.status, "APPLIED");
    expect("a deleted role", await refusal(roles.getRole({ account, name: names[1] })), { status: 404, code: "not-found" });
    console.log("All as asked.");
}

main().catch(e => {
    console.error(e);
    process.exitCode = 1;
});

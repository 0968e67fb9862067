package io.rolesmith.policy.check;

import io.rolesmith.policy.check.EscalationPath.Group;
import io.rolesmith.policy.check.EscalationPath.Step;
import io.rolesmith.policy.check.EscalationPath.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The known ways from some permissions to more of them.
 *
 * <p>The first four groups are those of pathfinding.cloud; {@code iam:SetDefaultPolicyVersion} and
 * {@code iam:UpdateRole} are of others and ours, and so is the group that takes guards away.
 *
 * @see <a href="https://pathfinding.cloud">pathfinding.cloud</a>
 */
final class EscalationPaths {

    private static final String ITSELF = "give itself any permission";
    private static final String ANOTHER = "act as another principal";
    private static final String NEW = "run something of its own under any role";
    private static final String EXISTING = "act under the roles of what is already running";

    /** Each line: what is gained | the steps, joined by {@code +}: {@code action/action@TARGET} | services a role goes to. */
    private static final Map<Group, String> TABLE = new EnumMap<>(Map.of(
            Group.SELF,
            """
            iam:CreatePolicyVersion@POLICY
            iam:SetDefaultPolicyVersion@POLICY
            iam:PutRolePolicy@ROLE
            iam:PutUserPolicy@USER
            iam:PutGroupPolicy@GROUP
            iam:AttachRolePolicy@ROLE
            iam:AttachUserPolicy@USER
            iam:AttachGroupPolicy@GROUP
            iam:AddUserToGroup@GROUP
            """,
            Group.OTHER_PRINCIPAL,
            """
            iam:CreateAccessKey@USER
            iam:CreateLoginProfile@USER
            iam:UpdateLoginProfile@USER
            iam:UpdateAssumeRolePolicy@ROLE
            sts:AssumeRole@OTHER_ROLE
            """,
            Group.PASS_ROLE,
            """
            ec2:RunInstances@SOMETHING | ec2
            ec2:RequestSpotInstances@SOMETHING | ec2
            lambda:CreateFunction@SOMETHING + lambda:InvokeFunction/lambda:CreateEventSourceMapping/lambda:AddPermission@SOMETHING | lambda
            ecs:RegisterTaskDefinition@SOMETHING + ecs:RunTask/ecs:StartTask/ecs:CreateService@SOMETHING | ecs-tasks
            glue:CreateDevEndpoint@SOMETHING | glue
            glue:CreateJob/glue:UpdateJob@SOMETHING + glue:StartJobRun/glue:CreateTrigger@SOMETHING | glue
            cloudformation:CreateStack@SOMETHING | cloudformation
            cloudformation:CreateStackSet@SOMETHING + cloudformation:CreateStackInstances@SOMETHING | cloudformation
            cloudformation:UpdateStackSet@SOMETHING | cloudformation
            codebuild:CreateProject@SOMETHING + codebuild:StartBuild/codebuild:StartBuildBatch@SOMETHING | codebuild
            sagemaker:CreateNotebookInstance@SOMETHING | sagemaker
            sagemaker:CreateTrainingJob@SOMETHING | sagemaker
            sagemaker:CreateProcessingJob@SOMETHING | sagemaker
            apprunner:CreateService@SOMETHING | tasks.apprunner build.apprunner
            datapipeline:CreatePipeline@SOMETHING + datapipeline:PutPipelineDefinition@SOMETHING + datapipeline:ActivatePipeline@SOMETHING | datapipeline elasticmapreduce ec2
            bedrock-agentcore:CreateCodeInterpreter@SOMETHING + bedrock-agentcore:StartCodeInterpreterSession@SOMETHING + bedrock-agentcore:InvokeCodeInterpreter@SOMETHING | bedrock-agentcore
            """,
            Group.EXISTING_ROLE,
            """
            lambda:UpdateFunctionCode@FUNCTION
            ec2:ModifyInstanceAttribute@INSTANCE + ec2:StopInstances@INSTANCE + ec2:StartInstances@INSTANCE
            ec2:CreateLaunchTemplateVersion@LAUNCH_TEMPLATE + ec2:ModifyLaunchTemplate@LAUNCH_TEMPLATE
            ssm:SendCommand@INSTANCE
            ssm:StartSession@INSTANCE
            ec2-instance-connect:SendSSHPublicKey@INSTANCE
            cloudformation:UpdateStack@STACK
            cloudformation:CreateChangeSet@STACK + cloudformation:ExecuteChangeSet@STACK
            codebuild:StartBuild/codebuild:StartBuildBatch@PROJECT
            glue:UpdateDevEndpoint@DEV_ENDPOINT
            sagemaker:CreatePresignedNotebookInstanceUrl@NOTEBOOK
            sagemaker:CreateNotebookInstanceLifecycleConfig@SOMETHING + sagemaker:StopNotebookInstance@NOTEBOOK + sagemaker:UpdateNotebookInstance@NOTEBOOK + sagemaker:StartNotebookInstance@NOTEBOOK
            apprunner:UpdateService@APP_RUNNER_SERVICE
            bedrock-agentcore:StartCodeInterpreterSession@CODE_INTERPRETER + bedrock-agentcore:InvokeCodeInterpreter@CODE_INTERPRETER
            """,
            Group.GUARD,
            """
            iam:DeleteRolePermissionsBoundary@ROLE | take the permissions boundary off any role
            iam:PutRolePermissionsBoundary@ROLE | change the permissions boundary of any role
            iam:DeleteUserPermissionsBoundary@USER | take the permissions boundary off any user
            iam:PutUserPermissionsBoundary@USER | change the permissions boundary of any user
            iam:UpdateRole@ROLE | lengthen the sessions of any role
            iam:TagRole@ROLE | give any role the tags that decide about access
            iam:TagUser@USER | give any user the tags that decide about access
            iam:PutAccountProperties@SOMETHING | let services create roles by template
            iam:CreateOpenIDConnectProvider/iam:AddClientIDToOpenIDConnectProvider/iam:UpdateOpenIDConnectProviderThumbprint@PROVIDER | have the account trust an identity provider of its choice
            iam:CreateSAMLProvider/iam:UpdateSAMLProvider@SAML_PROVIDER | have the account trust an identity provider of its choice
            organizations:DetachPolicy/organizations:DeletePolicy/organizations:UpdatePolicy/organizations:DisablePolicyType/organizations:LeaveOrganization/organizations:MoveAccount/organizations:RemoveAccountFromOrganization@SOMETHING | take the organisation's policies off accounts
            """));

    private static final List<EscalationPath> ALL = Arrays.stream(Group.values())
            .flatMap(group -> TABLE.getOrDefault(group, "").lines().map(line -> path(group, line)))
            .toList();

    private EscalationPaths() {}

    /** All of them, the worst first. */
    static List<EscalationPath> all() {
        return ALL;
    }

    private static EscalationPath path(Group group, String line) {
        String[] columns = line.split(" \\| ", 2);
        List<Step> steps = Arrays.stream(columns[0].split(" \\+ "))
                .map(EscalationPaths::step)
                .toList();
        String more = columns.length > 1 ? columns[1] : "";
        List<String> actions =
                steps.stream().map(step -> step.actions().getFirst()).toList();
        String first = actions.getFirst();
        String others = String.join(" and ", actions.subList(1, actions.size()));
        String names = others.isEmpty() ? first : first + " with " + others;
        return switch (group) {
            case SELF -> new EscalationPath(names, ITSELF, steps, Set.of(), group);
            case OTHER_PRINCIPAL -> new EscalationPath(names, ANOTHER, steps, Set.of(), group);
            case EXISTING_ROLE -> new EscalationPath(names, EXISTING, steps, Set.of(), group);
            case GUARD -> new EscalationPath(names, more, steps, Set.of(), group);
            case PASS_ROLE -> {
                List<Step> all = new ArrayList<>(List.of(new Step(List.of("iam:PassRole"), Target.OTHER_ROLE)));
                all.addAll(steps);
                yield new EscalationPath(
                        "iam:PassRole with " + String.join(" and ", actions), NEW, all, Set.of(more.split(" ")), group);
            }
        };
    }

    private static Step step(String text) {
        int at = text.indexOf('@');
        return new Step(List.of(text.substring(0, at).split("/")), Target.valueOf(text.substring(at + 1)));
    }
}

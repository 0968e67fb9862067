package io.rolesmith.policy.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Trust policies as AWS documents them, each with the conditions that AWS recommends: none may be refused. */
class UseCaseTests {

    private static final String ACCOUNT = "\"StringEquals\":{\"aws:SourceAccount\":\"123456789012\"}";
    private static final String ASSUME = "\"sts:AssumeRole\"";

    @ParameterizedTest(name = "{0}")
    @MethodSource("useCases")
    void isNotRefused(String name, String principal, String actions, String conditions) {
        PolicyDocument trust = PolicyDocument.parse("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
                + "\"Principal\":" + principal + ",\"Action\":" + actions + ",\"Condition\":{" + conditions + "}}]}");

        assertThat(PolicyCheck.refusals(trust, PolicyKind.TRUST, "aws").stream().filter(Finding::refuses))
                .isEmpty();
        assertThat(TrustExposure.anonymousTrust(trust)).isEmpty();
    }

    static Stream<Arguments> useCases() {
        return Stream.of(
                service("ECS task execution role", "ecs-tasks", ""),
                service("ECS task role", "ecs-tasks", from("arn:aws:ecs:us-east-1:123456789012:*")),
                service("ECS infrastructure role", "ecs", from("arn:aws:ecs:us-east-1:123456789012:*")),
                service("EC2 with SSM, ECS container instance, EKS node", "ec2", ""),
                service("Lambda", "lambda", ""),
                useCase(
                        "EKS Pod Identity",
                        "{\"Service\":\"pods.eks.amazonaws.com\"}",
                        "[\"sts:AssumeRole\",\"sts:TagSession\"]",
                        "\"StringEquals\":{\"aws:RequestTag/eks-cluster-name\":\"retail\","
                                + "\"aws:RequestTag/kubernetes-namespace\":[\"shop\",\"cart\"]}"),
                useCase(
                        "IRSA",
                        provider("oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/ABCDEF0123456789"),
                        "\"sts:AssumeRoleWithWebIdentity\"",
                        "\"StringEquals\":{\"oidc.eks.us-east-1.amazonaws.com/id/ABCDEF0123456789:sub\":"
                                + "\"system:serviceaccount:shop:cart\","
                                + "\"oidc.eks.us-east-1.amazonaws.com/id/ABCDEF0123456789:aud\":\"sts.amazonaws.com\"}"),
                service("EKS cluster", "eks", ""),
                useCase(
                        "EKS cluster in Auto Mode",
                        "{\"Service\":\"eks.amazonaws.com\"}",
                        "[\"sts:AssumeRole\",\"sts:TagSession\"]",
                        ""),
                service(
                        "EKS Fargate",
                        "eks-fargate-pods",
                        "\"ArnLike\":{\"aws:SourceArn\":"
                                + "\"arn:aws:eks:us-east-1:123456789012:fargateprofile/retail/*\"}"),
                useCase(
                        "GitHub Actions on a branch",
                        provider("oidc-provider/token.actions.githubusercontent.com"),
                        "\"sts:AssumeRoleWithWebIdentity\"",
                        "\"StringEquals\":{\"token.actions.githubusercontent.com:aud\":\"sts.amazonaws.com\","
                                + "\"token.actions.githubusercontent.com:sub\":"
                                + "\"repo:octo-org/octo-repo:ref:refs/heads/main\"}"),
                useCase(
                        "GitHub Actions in an environment, by ids",
                        provider("oidc-provider/token.actions.githubusercontent.com"),
                        "\"sts:AssumeRoleWithWebIdentity\"",
                        "\"StringEquals\":{\"token.actions.githubusercontent.com:aud\":\"sts.amazonaws.com\"},"
                                + "\"StringLike\":{\"token.actions.githubusercontent.com:sub\":"
                                + "\"repo:octo-org@123456/octo-repo@456789:environment:prod*\"}"),
                useCase(
                        "SAML single sign-on",
                        provider("saml-provider/Okta"),
                        "[\"sts:AssumeRoleWithSAML\",\"sts:TagSession\"]",
                        "\"StringEquals\":{\"SAML:aud\":\"https://signin.aws.amazon.com/saml\"}"),
                useCase(
                        "Cognito identity pool",
                        "{\"Federated\":\"cognito-identity.amazonaws.com\"}",
                        "\"sts:AssumeRoleWithWebIdentity\"",
                        "\"StringEquals\":{\"cognito-identity.amazonaws.com:aud\":"
                                + "\"us-east-1:12345678-dead-beef-cafe-123456790ab\"},"
                                + "\"ForAnyValue:StringLike\":{\"cognito-identity.amazonaws.com:amr\":\"authenticated\"}"),
                service("Scheduler", "scheduler", from("arn:aws:scheduler:us-east-1:123456789012:schedule-group/shop")),
                service("EventBridge rule", "events", from("arn:aws:events:*:123456789012:rule/nightly")),
                service("EventBridge pipe", "pipes", from("arn:aws:pipes:*:123456789012:pipe/orders")),
                service("Step Functions", "states", from("arn:aws:states:us-east-1:123456789012:stateMachine:*")),
                service("CodeBuild", "codebuild", from("arn:aws:codebuild:us-east-1:123456789012:project/shop")),
                service("CodePipeline", "codepipeline", ACCOUNT),
                service("CodeDeploy", "codedeploy", ACCOUNT),
                service(
                        "Batch service",
                        "batch",
                        ACCOUNT + ",\"ArnLike\":{\"aws:SourceArn\":["
                                + "\"arn:aws:batch:us-east-1:123456789012:compute-environment/*\","
                                + "\"arn:aws:batch:us-east-1:123456789012:job/*\"]}"),
                service("Glue", "glue", ""),
                service("API Gateway logs", "apigateway", ""),
                service(
                        "RDS enhanced monitoring",
                        "monitoring.rds",
                        from("arn:aws:rds:us-east-1:123456789012:db:shop")),
                service("RDS import", "rds", ACCOUNT),
                service("VPC flow logs", "vpc-flow-logs", from("arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/*")),
                service(
                        "SageMaker",
                        "sagemaker",
                        "\"ArnLike\":{\"aws:SourceArn\":\"arn:aws:sagemaker:us-east-1:123456789012:*\"}"),
                service("EMR", "elasticmapreduce", from("arn:aws:elasticmapreduce:*:123456789012:*")),
                service("Backup", "backup", ""),
                service("Config", "config", ACCOUNT),
                service("App Runner access to ECR", "build.apprunner", ""),
                service("App Runner instance", "tasks.apprunner", ""),
                service("CloudFormation", "cloudformation", ACCOUNT),
                service(
                        "CloudFormation registry",
                        "resources.cloudformation",
                        from("arn:aws:cloudformation:us-east-1:123456789012:type/resource/Shop-Cart-Item")),
                service("Firehose", "firehose", "\"StringEquals\":{\"sts:ExternalId\":\"123456789012\"}"),
                service("IoT", "iot", ""),
                service("DMS", "dms", ACCOUNT),
                service("Transfer", "transfer", ACCOUNT),
                useCase(
                        "Roles Anywhere",
                        "{\"Service\":\"rolesanywhere.amazonaws.com\"}",
                        "[\"sts:AssumeRole\",\"sts:SetSourceIdentity\",\"sts:TagSession\"]",
                        "\"StringEquals\":{\"aws:PrincipalTag/x509Subject/CN\":\"cart\"},\"ArnEquals\":{\"aws:SourceArn\":"
                                + "\"arn:aws:rolesanywhere:us-east-1:123456789012:trust-anchor/12345678-abcd\"}"),
                useCase(
                        "Account access manager",
                        "{\"Service\":\"account-access.amazonaws.com\"}",
                        "[\"sts:AssumeRole\",\"sts:SetContext\",\"sts:TagSession\"]",
                        "\"StringEquals\":{\"aws:SourceAccount\":\"123456789012\",\"aws:SourceArn\":"
                                + "\"arn:aws:account-access:us-east-1:123456789012:application/app\"}"),
                useCase(
                        "another account, with a second factor",
                        "{\"AWS\":\"arn:aws:iam::210987654321:root\"}",
                        ASSUME,
                        "\"Bool\":{\"aws:MultiFactorAuthPresent\":\"true\"},"
                                + "\"NumericLessThan\":{\"aws:MultiFactorAuthAge\":3600}"),
                useCase(
                        "a third party",
                        "{\"AWS\":\"210987654321\"}",
                        ASSUME,
                        "\"StringEquals\":{\"sts:ExternalId\":\"our-secret\"},"
                                + "\"IpAddress\":{\"aws:SourceIp\":[\"203.0.113.0/24\",\"2001:db8::/32\"]}"),
                useCase(
                        "our organisation",
                        "{\"AWS\":\"*\"}",
                        ASSUME,
                        "\"StringEquals\":{\"aws:PrincipalOrgID\":\"o-a1b2c3d4e5\"}"),
                useCase(
                        "an account until a day",
                        "{\"AWS\":\"arn:aws:iam::210987654321:role/Deployer\"}",
                        ASSUME,
                        "\"DateLessThan\":{\"aws:CurrentTime\":\"2027-01-01T00:00:00Z\"},"
                                + "\"Null\":{\"aws:TokenIssueTime\":\"false\"}"));
    }

    private static Arguments service(String name, String service, String conditions) {
        return useCase(name, "{\"Service\":\"" + service + ".amazonaws.com\"}", ASSUME, conditions);
    }

    private static Arguments useCase(String name, String principal, String actions, String conditions) {
        return Arguments.of(name, principal, actions, conditions);
    }

    private static String provider(String resource) {
        return "{\"Federated\":\"arn:aws:iam::123456789012:" + resource + "\"}";
    }

    private static String from(String source) {
        return ACCOUNT + ",\"ArnLike\":{\"aws:SourceArn\":\"" + source + "\"}";
    }
}

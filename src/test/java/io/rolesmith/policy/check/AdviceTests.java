package io.rolesmith.policy.check;

import static io.rolesmith.policy.FindingAssert.assertThatOnly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.PolicyReader;
import io.rolesmith.policy.PolicySource;
import io.rolesmith.policy.Severity;
import io.rolesmith.policy.Variables;
import io.rolesmith.policy.catalogue.Catalogue;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What IAM takes and nobody should want: for each code a policy that has it, and the nearest one that has not. */
class AdviceTests {

    static final PolicyCheck CHECK = new PolicyCheck(Catalogue.bundled(), Severity.WARNING);

    private static final String S3 = "\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"";

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource({"roles", "operators", "values", "keys", "trust", "redundancies", "names", "mismatches"})
    void saysItOfThisAndNotOfThat(
            String code,
            Severity severity,
            String with,
            String pointer,
            String message,
            String remedy,
            String without) {
        assertThatOnly(of(code, with))
                .has(severity, code)
                .isAt(pointer)
                .says(message)
                .advises(remedy);
        assertThat(of(code, without)).isEmpty();
        assertThat(of(code, with).getFirst().link()).isPresent();
    }

    static Stream<Arguments> roles() {
        String pass = "Name the roles in Resource, or add a condition on iam:PassedToService.";
        String create = "Name the roles in Resource, or add a condition on iam:AWSServiceName.";
        return Stream.of(
                security(
                        "PASS_ROLE_WITH_STAR_IN_RESOURCE",
                        allow("iam:passrole", "arn:aws:iam::123456789012:role/*"),
                        "/Statement/0/Resource",
                        "The statement allows, by iam:PassRole and a wide resource, to pass any role to a service.",
                        pass,
                        allow("iam:passrole", "arn:aws:iam::123456789012:role/app-*")),
                security(
                        "PASS_ROLE_WITH_STAR_IN_RESOURCE",
                        "\"Effect\":\"Allow\",\"Action\":\"iam:PassRole\",\"Resource\":[\"arn:aws:iam::123456789012:role/a\",\"*\"],"
                                + condition("StringLike", "iam:PassedToService", "\"*\""),
                        "/Statement/0/Resource/1",
                        "The statement allows, by iam:PassRole and a wide resource, to pass any role to a service.",
                        pass,
                        allow("iam:PassRole", "*")
                                + ","
                                + condition("StringEquals", "iam:PassedToService", "\"ecs-tasks.amazonaws.com\"")),
                security(
                        "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
                        allow("iam:Pass*", "*"),
                        "/Statement/0/Resource",
                        "The statement allows, by a wildcard that covers iam:PassRole and a wide resource, to pass any role"
                                + " to a service.",
                        pass,
                        allow("iam:Put*", "*")),
                security(
                        "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
                        "\"Effect\":\"Allow\",\"NotAction\":\"s3:*\",\"Resource\":\"*\"",
                        "/Statement/0/Resource",
                        "The statement allows, by not naming iam:PassRole in NotAction and a wide resource, to pass any role"
                                + " to a service.",
                        pass,
                        "\"Effect\":\"Allow\",\"NotAction\":[\"s3:*\",\"iam:*\"],\"Resource\":\"*\""),
                security(
                        "PASS_ROLE_WITH_NOT_RESOURCE",
                        "\"Effect\":\"Allow\",\"Action\":\"iam:PassRole\",\"NotResource\":\"arn:aws:iam::*:role/admin\"",
                        "/Statement/0/NotResource",
                        "The statement allows, by iam:PassRole and a NotResource, to pass any role to a service.",
                        pass,
                        "\"Effect\":\"Deny\",\"Action\":\"iam:PassRole\",\"NotResource\":\"arn:aws:iam::*:role/admin\""),
                security(
                        "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
                        "\"Effect\":\"Allow\",\"Action\":\"*\",\"NotResource\":\"arn:aws:s3:::b\"",
                        "/Statement/0/NotResource",
                        "The statement allows, by a wildcard that covers iam:PassRole and a NotResource, to pass any role to"
                                + " a service.",
                        pass,
                        "\"Effect\":\"Allow\",\"Action\":\"*\",\"NotResource\":\"arn:aws:iam::*:role/*\""),
                security(
                        "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE",
                        "\"Effect\":\"Allow\",\"NotAction\":\"s3:*\",\"NotResource\":\"arn:aws:s3:::b\"",
                        "/Statement/0/NotResource",
                        "The statement allows, by not naming iam:PassRole in NotAction and a NotResource, to pass any role"
                                + " to a service.",
                        pass,
                        "\"Effect\":\"Allow\",\"NotAction\":\"iam:Pass*\",\"NotResource\":\"arn:aws:s3:::b\""),
                warning(
                        "CREATE_SLR_WITH_STAR_IN_RESOURCE",
                        allow("iam:CreateServiceLinkedRole", "*"),
                        "/Statement/0/Resource",
                        "The statement allows, by iam:CreateServiceLinkedRole and a wide resource, to create any"
                                + " service-linked role.",
                        create,
                        allow("iam:CreateServiceLinkedRole", "*") + ","
                                + condition("StringLike", "iam:AWSServiceName", "\"ecs.amazonaws.com\"")),
                warning(
                        "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE",
                        allow("iam:*", "arn:aws:iam::*:role/aws-service-role/*"),
                        "/Statement/0/Resource",
                        "The statement allows, by a wildcard that covers iam:CreateServiceLinkedRole and a wide resource, to"
                                + " create any service-linked role.",
                        create,
                        allow("iam:*", "arn:aws:iam::*:role/aws-service-role/ecs.amazonaws.com/*")),
                warning(
                        "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
                        "\"Effect\":\"Allow\",\"NotAction\":\"s3:*\",\"Resource\":\"*\"",
                        "/Statement/0/Resource",
                        "The statement allows, by not naming iam:CreateServiceLinkedRole in NotAction and a wide resource, to"
                                + " create any service-linked role.",
                        create,
                        "\"Effect\":\"Deny\",\"NotAction\":\"s3:*\",\"Resource\":\"*\""),
                warning(
                        "CREATE_SLR_WITH_NOT_RESOURCE",
                        "\"Effect\":\"Allow\",\"Action\":\"iam:CreateServiceLinkedRole\",\"NotResource\":\"arn:aws:s3:::b\"",
                        "/Statement/0/NotResource",
                        "The statement allows, by iam:CreateServiceLinkedRole and a NotResource, to create any service-linked"
                                + " role.",
                        create,
                        "\"Effect\":\"Allow\",\"Action\":\"iam:CreateRole\",\"NotResource\":\"arn:aws:s3:::b\""),
                warning(
                        "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
                        "\"Effect\":\"Allow\",\"Action\":\"iam:Create*\",\"NotResource\":\"arn:aws:s3:::b\"",
                        "/Statement/0/NotResource",
                        "The statement allows, by a wildcard that covers iam:CreateServiceLinkedRole and a NotResource, to"
                                + " create any service-linked role.",
                        create,
                        "\"Effect\":\"Allow\",\"Action\":\"iam:Get*\",\"NotResource\":\"arn:aws:s3:::b\""),
                warning(
                        "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE",
                        "\"Effect\":\"Allow\",\"NotAction\":\"s3:*\",\"NotResource\":\"arn:aws:s3:::b\"",
                        "/Statement/0/NotResource",
                        "The statement allows, by not naming iam:CreateServiceLinkedRole in NotAction and a NotResource, to"
                                + " create any service-linked role.",
                        create,
                        "\"Effect\":\"Allow\",\"NotAction\":\"iam:*\",\"NotResource\":\"arn:aws:s3:::b\""));
    }

    static Stream<Arguments> operators() {
        return Stream.of(
                warning(
                        "WILDCARD_WITHOUT_LIKE_OPERATOR",
                        S3 + "," + condition("StringNotEquals", "aws:PrincipalTag/team", "[\"a\",\"b-*\"]"),
                        "/Statement/0/Condition/StringNotEquals/aws:PrincipalTag~1team/1",
                        "StringNotEquals takes the wildcard in \"b-*\" as plain text.",
                        "Use StringNotLike if a pattern is meant.",
                        S3 + "," + condition("StringNotEquals", "aws:PrincipalTag/team", "[\"a\",\"b-${*}\"]")),
                suggestion(
                        "NULL_WITH_QUALIFIER",
                        S3 + "," + condition("ForAllValues:Null", "aws:TagKeys", "\"true\""),
                        "/Statement/0/Condition/ForAllValues:Null/aws:TagKeys",
                        "ForAllValues:Null is always true.",
                        "Use Null, which itself asks whether the key exists.",
                        S3 + "," + condition("Null", "aws:TagKeys", "\"true\"")),
                suggestion(
                        "EQUIVALENT_TO_NULL_FALSE",
                        S3 + "," + condition("StringLike", "aws:PrincipalTag/team", "\"*\""),
                        "/Statement/0/Condition/StringLike/aws:PrincipalTag~1team",
                        "StringLike of \"aws:PrincipalTag/team\" with \"*\" only asks whether the key is there.",
                        "Say so: {\"Null\": {\"aws:PrincipalTag/team\": \"false\"}}.",
                        S3 + "," + condition("StringLike", "aws:PrincipalTag/team", "\"*a\"")),
                suggestion(
                        "EQUIVALENT_TO_NULL_TRUE",
                        S3 + "," + condition("StringNotLikeIfExists", "aws:PrincipalTag/team", "\"*\""),
                        "/Statement/0/Condition/StringNotLikeIfExists/aws:PrincipalTag~1team",
                        "StringNotLikeIfExists of \"aws:PrincipalTag/team\" with \"*\" only asks whether the key is absent.",
                        "Say so: {\"Null\": {\"aws:PrincipalTag/team\": \"true\"}}.",
                        S3 + "," + condition("ForAnyValue:StringNotLike", "aws:PrincipalTag/team", "\"*\"")),
                suggestion(
                        "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",
                        S3 + "," + condition("ArnLikeIfExists", "aws:SourceArn", "\"*\""),
                        "/Statement/0/Condition/ArnLikeIfExists/aws:SourceArn",
                        "ArnLikeIfExists of \"aws:SourceArn\" with \"*\" always holds.",
                        "Remove the key, or name the values that are meant.",
                        S3 + "," + condition("ArnLike", "aws:SourceArn", "\"*\"")),
                suggestion(
                        "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",
                        S3 + "," + condition("ForAnyValue:StringNotLike", "aws:TagKeys", "\"*\""),
                        "/Statement/0/Condition/ForAnyValue:StringNotLike/aws:TagKeys",
                        "ForAnyValue:StringNotLike of \"aws:TagKeys\" with \"*\" never holds, so the statement has no effect.",
                        "Remove the key, or name the values that are meant.",
                        S3 + "," + condition("ForAllValues:StringNotLike", "aws:TagKeys", "\"*\"")));
    }

    static Stream<Arguments> values() {
        String noValues = "There are no values for the condition key \"aws:TagKeys\" of ";
        return Stream.of(
                suggestion(
                        "EMPTY_OBJECT_CONDITION",
                        S3 + ",\"Condition\":{}",
                        "/Statement/0/Condition",
                        "The condition block is empty and changes nothing.",
                        "Remove it, or say what the condition is.",
                        S3),
                suggestion(
                        "EMPTY_OBJECT_CONDITION",
                        S3 + ",\"Condition\":{\"Bool\":{}}",
                        "/Statement/0/Condition/Bool",
                        "The condition block is empty and changes nothing.",
                        "Remove it, or say what the condition is.",
                        S3 + "," + condition("Bool", "aws:SecureTransport", "true")),
                suggestion(
                        "EMPTY_ARRAY_CONDITION",
                        S3 + "," + condition("StringEquals", "aws:TagKeys", "[]"),
                        "/Statement/0/Condition/StringEquals/aws:TagKeys",
                        noValues + "StringEquals.",
                        "Give the values that are meant, or remove the key.",
                        S3 + "," + condition("StringEquals", "aws:TagKeys", "[\"a\"]")),
                suggestion(
                        "EMPTY_ARRAY_CONDITION_FORALLVALUES",
                        S3 + "," + condition("ForAllValues:StringEquals", "aws:TagKeys", "[]"),
                        "/Statement/0/Condition/ForAllValues:StringEquals/aws:TagKeys",
                        noValues + "ForAllValues:StringEquals, so it holds only for requests without the key.",
                        "Use Null with \"true\" to ask that, or give values.",
                        S3 + "," + condition("ForAllValues:StringEquals", "aws:TagKeys", "\"a\"")),
                suggestion(
                        "EMPTY_ARRAY_CONDITION_FORANYVALUE",
                        S3 + "," + condition("ForAnyValue:StringEquals", "aws:TagKeys", "[]"),
                        "/Statement/0/Condition/ForAnyValue:StringEquals/aws:TagKeys",
                        noValues + "ForAnyValue:StringEquals, so it never holds.",
                        "Give the values that are meant.",
                        S3 + "," + condition("ForAnyValue:StringEquals", "aws:TagKeys", "\"a\"")),
                suggestion(
                        "EMPTY_ARRAY_CONDITION_IFEXISTS",
                        S3 + "," + condition("StringEqualsIfExists", "aws:TagKeys", "[]"),
                        "/Statement/0/Condition/StringEqualsIfExists/aws:TagKeys",
                        noValues + "StringEqualsIfExists, so it holds only for requests without the key.",
                        "Use Null with \"true\" to ask that, or give values.",
                        S3 + "," + condition("StringEqualsIfExists", "aws:TagKeys", "\"a\"")),
                suggestion(
                        "REDUNDANT_CONDITION_VALUE_NUM",
                        S3 + "," + condition("NumericLessThan", "aws:MultiFactorAuthAge", "[2700,\"3.6e3\"]"),
                        "/Statement/0/Condition/NumericLessThan/aws:MultiFactorAuthAge",
                        "Of the 2 values of NumericLessThan only 3.6e3 counts, the greatest.",
                        "Keep 3.6e3 alone.",
                        S3 + "," + condition("NumericEquals", "aws:MultiFactorAuthAge", "[2700,3600]")),
                suggestion(
                        "REDUNDANT_CONDITION_VALUE_NUM",
                        S3 + "," + condition("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", "[2700,3600]"),
                        "/Statement/0/Condition/NumericGreaterThanEquals/aws:MultiFactorAuthAge",
                        "Of the 2 values of NumericGreaterThanEquals only 2700 counts, the least.",
                        "Keep 2700 alone.",
                        S3 + "," + condition("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", "[2700]")),
                warning(
                        "INVALID_DATE_VALUE",
                        S3 + "," + condition("DateLessThan", "aws:CurrentTime", "1767225600"),
                        "/Statement/0/Condition/DateLessThan/aws:CurrentTime",
                        "The date \"1767225600\" is in seconds since 1970 and easily misread.",
                        "Write it as in 2026-01-31T12:00:00Z.",
                        S3 + "," + condition("DateLessThan", "aws:CurrentTime", "2026")),
                warning(
                        "INVALID_DATE_VALUE",
                        S3 + "," + condition("DateLessThan", "aws:CurrentTime", "\"2026-01-31T12:00:00.5\""),
                        "/Statement/0/Condition/DateLessThan/aws:CurrentTime",
                        "The date \"2026-01-31T12:00:00.5\" has a time but no zone, and AWS does not say which one it takes.",
                        "Write it as in 2026-01-31T12:00:00Z.",
                        S3 + "," + condition("DateLessThan", "aws:CurrentTime", "\"2026-01-31T12:00:00.5-01:00\"")),
                suggestion(
                        "IMPROVE_IP_RANGE",
                        S3 + "," + condition("IpAddress", "aws:SourceIp", "[\"203.0.113.0/24\",\"198.51.100.77/26\"]"),
                        "/Statement/0/Condition/IpAddress/aws:SourceIp/1",
                        "The range \"198.51.100.77/26\" begins before its address.",
                        "Write 198.51.100.64/26, which is the same.",
                        S3 + "," + condition("IpAddress", "aws:SourceIp", "\"198.51.100.77\"")),
                warning(
                        "PRIVATE_IP_ADDRESS",
                        S3 + "," + condition("IpAddress", "aws:SourceIp", "[\"10.1.0.0/16\",\"fd00::/8\"]"),
                        "/Statement/0/Condition/IpAddress/aws:SourceIp",
                        "aws:SourceIp is compared with private addresses only, which it never is, so the condition never"
                                + " holds.",
                        "Use aws:VpcSourceIp for private addresses.",
                        S3 + "," + condition("IpAddress", "aws:SourceIp", "[\"172.32.0.0/16\",\"10.0.0.0/7\"]")),
                warning(
                        "PRIVATE_NOT_IP_ADDRESS",
                        S3 + "," + condition("NotIpAddress", "aws:SourceIp", "\"172.16.0.1\""),
                        "/Statement/0/Condition/NotIpAddress/aws:SourceIp",
                        "aws:SourceIp is compared with private addresses only, which it never is, so the condition always"
                                + " holds.",
                        "Use aws:VpcSourceIp for private addresses.",
                        S3 + "," + condition("NotIpAddress", "aws:VpcSourceIp", "\"172.16.0.1\"")),
                suggestion(
                        "PRIVATE_IP_ADDRESS_SUBSET",
                        S3 + "," + condition("IpAddress", "aws:SourceIp", "[\"203.0.113.0/24\",\"192.168.0.0/24\"]"),
                        "/Statement/0/Condition/IpAddress/aws:SourceIp/1",
                        "The private address \"192.168.0.0/24\" has no effect, since aws:SourceIp holds public addresses"
                                + " only.",
                        "Use aws:VpcSourceIp for private addresses.",
                        S3 + "," + condition("IpAddress", "aws:SourceIp", "[\"203.0.113.0/24\",\"192.169.0.0/24\"]")),
                suggestion(
                        "PRIVATE_NOT_IP_ADDRESS_SUBSET",
                        S3 + "," + condition("NotIpAddress", "aws:SourceIp", "[\"203.0.113.0/24\",\"10.0.0.0/8\"]"),
                        "/Statement/0/Condition/NotIpAddress/aws:SourceIp/1",
                        "The private address \"10.0.0.0/8\" has no effect, since aws:SourceIp holds public addresses only.",
                        "Use aws:VpcSourceIp for private addresses.",
                        S3 + "," + condition("NotIpAddress", "aws:SourceIp", "\"203.0.113.0/24\"")));
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                warning(
                        "DEPRECATED_GLOBAL_CONDITION_KEY",
                        S3 + "," + condition("ArnLike", "aws:arn", "\"arn:aws:iam::123456789012:role/a\""),
                        "/Statement/0/Condition/ArnLike/aws:arn",
                        "The condition key \"aws:ARN\" is deprecated.",
                        "Use aws:PrincipalArn.",
                        S3 + "," + condition("ArnLike", "aws:PrincipalArn", "\"arn:aws:iam::123456789012:role/a\"")),
                security(
                        "UNTRUSTWORTHY_CONDITION_KEY",
                        S3 + "," + condition("StringLike", "aws:Referer", "\"https://example.com/*\""),
                        "/Statement/0/Condition/StringLike/aws:Referer",
                        "The caller itself chooses what \"aws:Referer\" holds.",
                        "Do not let access depend on it.",
                        S3 + "," + condition("StringLike", "aws:PrincipalTag/Referer", "\"https://example.com/*\"")),
                security(
                        "MISSING_PAIRED_CONDITION_KEYS",
                        S3 + "," + condition("IpAddress", "aws:VpcSourceIp", "\"10.0.0.0/8\""),
                        "/Statement/0/Condition/IpAddress/aws:VpcSourceIp",
                        "The address in \"aws:VpcSourceIp\" may be that of anybody's VPC.",
                        "Add a condition on aws:SourceVpc or aws:SourceVpce or aws:SourceVpcArn.",
                        S3 + ",\"Condition\":{\"IpAddress\":{\"aws:VpcSourceIp\":\"10.0.0.0/8\"},"
                                + "\"StringEquals\":{\"aws:sourceVPC\":\"vpc-1\"}}"),
                security(
                        "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT",
                        allow("dynamodb:Query", "*") + ","
                                + condition("ForAllValues:StringEquals", "dynamodb:Attributes", "[\"id\"]"),
                        "/Statement/0/Condition/ForAllValues:StringEquals/dynamodb:Attributes",
                        "A read that names no attributes returns all of them, whatever \"dynamodb:Attributes\" says.",
                        "Add StringEquals of dynamodb:Select with SPECIFIC_ATTRIBUTES.",
                        allow("dynamodb:PutItem", "*") + ","
                                + condition("ForAllValues:StringEquals", "dynamodb:Attributes", "[\"id\"]")),
                security(
                        "FORALLVALUES_WITH_SINGLE_VALUED_KEY",
                        S3 + "," + condition("ForAllValues:StringEquals", "aws:PrincipalTag/team", "\"a\""),
                        "/Statement/0/Condition/ForAllValues:StringEquals/aws:PrincipalTag~1team",
                        "ForAllValues:StringEquals also holds when the request has no \"aws:PrincipalTag/team\", and the key"
                                + " has one value at most.",
                        "Leave ForAllValues: away.",
                        S3 + "," + condition("ForAllValues:StringEquals", "aws:TagKeys", "\"a\"")),
                security(
                        "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS",
                        S3 + "," + condition("StringLikeIfExists", "aws:SourceArn", "\"arn:aws:sns:*:123456789012:t\""),
                        "/Statement/0/Condition/StringLikeIfExists/aws:SourceArn",
                        "A star of StringLikeIfExists goes over the colons of the ARN in \"aws:SourceArn\".",
                        "Use ArnLikeIfExists, whose stars stay within a segment.",
                        S3 + ","
                                + condition(
                                        "StringEquals", "aws:SourceArn", "\"arn:aws:sns:us-east-1:123456789012:t\"")),
                warning(
                        "TYPE_MISMATCH",
                        S3 + "," + condition("StringEquals", "aws:MultiFactorAuthPresent", "\"true\""),
                        "/Statement/0/Condition/StringEquals/aws:MultiFactorAuthPresent",
                        "StringEquals does not go with \"aws:MultiFactorAuthPresent\", which is true or false.",
                        "Use an operator such as Bool.",
                        S3 + "," + condition("Null", "aws:MultiFactorAuthPresent", "\"true\"")),
                suggestion(
                        "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
                        "\"Effect\":\"Allow\",\"Action\":[\"ec2:StartInstances\",\"sts:GetSessionToken\",\"health:Describe*\"],"
                                + "\"Resource\":\"*\","
                                + condition("StringEquals", "aws:ResourceTag/team", "\"a\""),
                        "/Statement/0/Condition/StringEquals/aws:ResourceTag~1team",
                        "Requests to health carry no \"aws:ResourceTag/team\", so the statement does not allow them.",
                        "Move these actions to a statement without this condition.",
                        allow("ec2:StartInstances", "*") + ","
                                + condition("StringEquals", "aws:ResourceTag/team", "\"a\"")),
                security(
                        "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
                        "\"Effect\":\"Deny\",\"Action\":\"health:*\",\"Resource\":\"*\","
                                + condition("StringEquals", "aws:ResourceTag/team", "\"a\""),
                        "/Statement/0/Condition/StringEquals/aws:ResourceTag~1team",
                        "Requests to health carry no \"aws:ResourceTag/team\", so the statement does not deny them.",
                        "Move these actions to a statement without this condition.",
                        "\"Effect\":\"Deny\",\"Action\":\"health:*\",\"Resource\":\"*\","
                                + condition("StringNotEquals", "aws:ResourceTag/team", "\"a\"")),
                suggestion(
                        "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
                        "\"Effect\":\"Allow\",\"NotAction\":\"iam:*\",\"Resource\":\"*\","
                                + condition("StringEquals", "aws:ResourceTag/team", "\"a\""),
                        "/Statement/0/Condition/StringEquals/aws:ResourceTag~1team",
                        "Many actions carry no \"aws:ResourceTag/team\", so the statement does not allow them.",
                        "Name the actions that are meant in Action.",
                        "\"Effect\":\"Allow\",\"NotAction\":\"iam:*\",\"Resource\":\"*\","
                                + condition("StringEquals", "aws:PrincipalTag/team", "\"a\"")),
                security(
                        "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
                        "\"Effect\":\"Deny\",\"NotAction\":\"iam:*\",\"Resource\":\"*\","
                                + condition("StringEquals", "aws:ResourceTag/team", "\"a\""),
                        "/Statement/0/Condition/StringEquals/aws:ResourceTag~1team",
                        "Many actions carry no \"aws:ResourceTag/team\", so the statement does not deny them.",
                        "Name the actions that are meant in Action.",
                        "\"Effect\":\"Deny\",\"NotAction\":\"iam:*\",\"Resource\":\"*\","
                                + condition("StringNotEquals", "aws:ResourceTag/team", "\"a\"")));
    }

    static Stream<Arguments> trust() {
        String github = "\"Effect\":\"Allow\",\"Principal\":{\"Federated\":"
                + "\"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com\"},"
                + "\"Action\":\"sts:AssumeRoleWithWebIdentity\",";
        String subject = "token.actions.githubusercontent.com:sub";
        String google = "\"Effect\":\"Allow\",\"Principal\":{\"Federated\":\"accounts.google.com\"},"
                + "\"Action\":\"sts:AssumeRoleWithWebIdentity\",";
        String audience = "accounts.google.com:aud";
        String role = "\"arn:aws:iam::123456789012:role/team/ci\"";
        return Stream.of(
                security(
                        "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
                        trusting("{\"Service\":[\"ec2.amazonaws.com\",\"scheduler.amazonaws.com\"]}"),
                        "/Statement/0/Principal/Service/1",
                        "The service \"scheduler.amazonaws.com\" may assume the role on behalf of any account.",
                        "Add a condition on aws:SourceAccount and aws:SourceArn.",
                        trusting("{\"Service\":\"scheduler.amazonaws.com\"}") + ","
                                + condition("StringEquals", "aws:sourceaccount", "\"123456789012\"")),
                security(
                        "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
                        trusting("{\"Service\":\"states.amazonaws.com\"}") + ","
                                + condition("StringEqualsIfExists", "aws:SourceAccount", "\"123456789012\""),
                        "/Statement/0/Principal/Service",
                        "The service \"states.amazonaws.com\" may assume the role on behalf of any account.",
                        "Add a condition on aws:SourceAccount and aws:SourceArn.",
                        trusting("{\"Service\":\"lambda.amazonaws.com\"}")),
                warning(
                        "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED",
                        github + condition("StringLike", subject, "\"repo:octo-org/octo-repo:*\""),
                        "/Statement/0/Condition/StringLike/" + subject,
                        "The pattern \"repo:octo-org/octo-repo:*\" may let in more workflows of GitHub than were meant.",
                        "Write repository and branch out, as in repo:octo-org/octo-repo:ref:refs/heads/main, and use"
                                + " StringEquals.",
                        github + condition("StringLike", subject, "\"repo:octo-org/octo-repo:ref:refs/heads/main\"")),
                security(
                        "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE",
                        google + condition("ForAnyValue:StringEquals", audience, "\"sts.amazonaws.com\""),
                        "/Statement/0/Condition/ForAnyValue:StringEquals/" + audience,
                        "The audience \"" + audience + "\" is a single value, for which ForAnyValue is too permissive.",
                        "Leave ForAnyValue: away.",
                        google + condition("StringEquals", audience, "\"sts.amazonaws.com\"")),
                suggestion(
                        "CONFIRM_AUDIENCE_CLAIM_TYPE",
                        github.replace("token.actions.githubusercontent.com", "idp.example.com")
                                + condition("ForAnyValue:StringEquals", "idp.example.com:aud", "\"a\""),
                        "/Statement/0/Condition/ForAnyValue:StringEquals/idp.example.com:aud",
                        "ForAnyValue:StringEquals is for several audiences, and \"idp.example.com:aud\" is a single one in"
                                + " most tokens.",
                        "Leave the qualifier away unless your provider's tokens have several audiences.",
                        github.replace("token.actions.githubusercontent.com", "idp.example.com")
                                + condition("ForAnyValue:StringEquals", "idp.example.com:amr", "\"a\"")),
                suggestion(
                        "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY",
                        trusting("{\"AWS\":[" + role + ",\"arn:aws:sts::123456789012:assumed-role/ci/build\"]}"),
                        "/Statement/0/Principal/AWS/1",
                        "The session \"arn:aws:sts::123456789012:assumed-role/ci/build\" is trusted already as one of "
                                + role + ".",
                        "Remove the session, or the role if only the session is meant.",
                        trusting("{\"AWS\":[" + role + ",\"arn:aws:sts::210987654321:assumed-role/ci/build\"]}")),
                suggestion(
                        "EMPTY_ARRAY_PRINCIPAL",
                        trusting("{\"AWS\":[],\"Service\":\"ec2.amazonaws.com\"}"),
                        "/Statement/0/Principal/AWS",
                        "No principal of kind AWS is named.",
                        "Remove AWS, or name who is meant.",
                        trusting("{\"Service\":\"ec2.amazonaws.com\"}")));
    }

    static Stream<Arguments> redundancies() {
        return Stream.of(
                suggestion(
                        "REDUNDANT_ACTION",
                        "\"Effect\":\"Allow\",\"Action\":[\"s3:getobject\",\"s3:Get*\",\"s3:PutObject\"],\"Resource\":\"*\"",
                        "/Statement/0/Action/0",
                        "The action \"s3:getobject\", which \"s3:Get*\" covers, is redundant.",
                        "Remove it.",
                        "\"Effect\":\"Allow\",\"Action\":[\"s3:*Object\",\"s3:Get*\"],\"Resource\":\"*\""),
                suggestion(
                        "REDUNDANT_ACTION",
                        "\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:getObject\",\"s3:Get?bject\"],\"Resource\":\"*\"",
                        "/Statement/0/Action/0",
                        "2 actions are redundant, such as \"s3:GetObject\", which \"s3:Get?bject\" covers.",
                        "Remove them.",
                        "\"Effect\":\"Allow\",\"Action\":[\"s3:Get*\",\"s3:Get?*\"],\"Resource\":\"*\""
                                .replace("s3:Get?*", "s3:Put?*")),
                suggestion(
                        "REDUNDANT_RESOURCE",
                        "\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":"
                                + "[\"arn:aws:s3:::b/*\",\"arn:aws:s3:::b/${aws:username}/*\"]",
                        "/Statement/0/Resource/1",
                        "The resource \"arn:aws:s3:::b/${aws:username}/*\", which \"arn:aws:s3:::b/*\" covers, is redundant.",
                        "Remove it.",
                        "\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":"
                                + "[\"arn:aws:s3:::b/team/*\",\"arn:aws:s3:::b/${aws:username}/*\"]"),
                suggestion(
                        "REDUNDANT_RESOURCE",
                        "\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":"
                                + "[\"arn:aws:s3:::b/${aws:username}/*\",\"arn:aws:s3:::b/${aws:username}/*\"]",
                        "/Statement/0/Resource/1",
                        "The resource \"arn:aws:s3:::b/${aws:username}/*\", which stands there twice, is redundant.",
                        "Remove it.",
                        // What the variable stands for may hold less than the star.
                        "\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":"
                                + "[\"arn:aws:s3:::b/${aws:username}*\",\"arn:aws:s3:::b/ann\"]"),
                suggestion(
                        "REDUNDANT_STATEMENT",
                        allow("s3:GetObject", "arn:aws:s3:::b/c/*") + ","
                                + condition("Bool", "aws:SecureTransport", "true") + "},{"
                                + allow("s3:Get*", "arn:aws:s3:::b/*"),
                        "/Statement/0",
                        "The statement changes nothing beside /Statement/1, which covers it with the same effect.",
                        "Remove it.",
                        allow("s3:GetObject", "arn:aws:s3:::b/c/*") + "},{"
                                + allow("s3:Get*", "arn:aws:s3:::b/*") + ","
                                + condition("Bool", "aws:SecureTransport", "true")),
                suggestion(
                        "REDUNDANT_STATEMENT",
                        allow("s3:GetObject", "*") + "},{" + allow("s3:getobject", "*"),
                        "/Statement/1",
                        "The statement changes nothing beside /Statement/0, which covers it with the same effect.",
                        "Remove it.",
                        allow("s3:GetObject", "*") + "},{"
                                + allow("s3:GetObject", "*").replace("Allow", "Deny")),
                suggestion(
                        "REDUNDANT_STATEMENT",
                        trusting("{\"AWS\":[\"123456789012\",\"210987654321\"]}") + "},{"
                                + trusting("{\"AWS\":\"arn:aws:iam::210987654321:root\"}"),
                        "/Statement/1",
                        "The statement changes nothing beside /Statement/0, which covers it with the same effect.",
                        "Remove it.",
                        trusting("{\"AWS\":\"123456789012\"}") + "},{" + trusting("{\"AWS\":\"210987654321\"}")));
    }

    static Stream<Arguments> names() {
        return Stream.of(
                warning(
                        "UNKNOWN_SERVICE",
                        "\"Effect\":\"Allow\",\"Action\":[\"s4:GetObject\",\"s4:PutObject\"],\"Resource\":\"*\"",
                        "/Statement/0/Action/0",
                        "No service is known whose actions begin with \"s4:\".",
                        "Did you mean s3:GetObject?",
                        allow("S3:GetObject", "*")),
                warning(
                        "UNKNOWN_ACTION",
                        "\"Effect\":\"Deny\",\"NotAction\":[\"s3:GetObject\",\"s3:GetObjects\"],\"Resource\":\"*\"",
                        "/Statement/0/NotAction/1",
                        "Amazon S3 has no known action \"s3:GetObjects\".",
                        "Did you mean s3:GetObject?",
                        "\"Effect\":\"Deny\",\"NotAction\":[\"s3:GetObject\",\"s3:getobjectacl\"],\"Resource\":\"*\""),
                warning(
                        "UNKNOWN_ACTION",
                        allow("s3:Fetch*", "*"),
                        "/Statement/0/Action",
                        "No known action of Amazon S3 is covered by \"s3:Fetch*\".",
                        "Check its spelling; a name that is newer than the catalogue is fine.",
                        allow("s3:*etch*", "*").replace("etch", "etO")),
                warning(
                        "UNKNOWN_CONDITION_KEY",
                        S3 + "," + condition("StringEquals", "aws:SourceAcount", "\"123456789012\""),
                        "/Statement/0/Condition/StringEquals/aws:SourceAcount",
                        "No condition key is known by the name \"aws:SourceAcount\".",
                        "Did you mean aws:SourceAccount?",
                        S3 + "," + condition("StringEquals", "AWS:sourceaccount", "\"123456789012\"")),
                warning(
                        "UNKNOWN_CONDITION_KEY",
                        trusting("{\"Service\":\"ec2.amazonaws.com\"}") + ","
                                + condition("StringEquals", "sts:ExternalID2", "\"a\""),
                        "/Statement/0/Condition/StringEquals/sts:ExternalID2",
                        "No condition key is known by the name \"sts:ExternalID2\".",
                        "Did you mean sts:ExternalId?",
                        trusting("{\"Service\":\"ec2.amazonaws.com\"}") + ","
                                + condition("StringEquals", "idp.example.com/oidc:tenant", "\"a\"")),
                warning(
                        "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
                        allow("s3:GetObject", "*") + "," + condition("StringLike", "s3:prefix", "\"a/*\""),
                        "/Statement/0/Condition/StringLike/s3:prefix",
                        "Requests for the statement's actions do not carry the condition key \"s3:prefix\".",
                        "Use a key that AWS documents for these actions.",
                        "\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:List*\"],\"Resource\":\"*\","
                                + condition("StringLike", "s3:prefix", "\"a/*\"")));
    }

    static Stream<Arguments> mismatches() {
        return Stream.of(
                warning(
                        "RESOURCE_MISMATCH",
                        "\"Effect\":\"Allow\",\"Action\":\"s3:GetObject\",\"Resource\":"
                                + "[\"arn:aws:s3:::b\",\"arn:aws:s3:::b/*\"]",
                        "/Statement/0/Resource/0",
                        "None of the statement's actions can be about \"arn:aws:s3:::b\".",
                        "Name a resource of a type that the actions are for, or add the action that is meant.",
                        "\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:ListBucket\"],\"Resource\":"
                                + "[\"arn:aws:s3:::b\",\"arn:aws:s3:::b/*\"]"),
                warning(
                        "RESOURCE_MISMATCH",
                        "\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:ListBucket\"],\"Resource\":"
                                + "\"arn:aws:s3:::b/*\"",
                        "/Statement/0/Action/1",
                        "\"s3:ListBucket\" is about none of the statement's resources.",
                        "Name a resource like arn:${Partition}:s3:::${BucketName}, or move it to another statement.",
                        "\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:ListBucket\"],\"Resource\":"
                                + "\"arn:aws:s3:::*\""),
                warning(
                        "RESOURCE_MISMATCH",
                        "\"Effect\":\"Allow\",\"Action\":[\"ecr:GetAuthorizationToken\",\"ecr:BatchGetImage\"],\"Resource\":"
                                + "\"arn:aws:ecr:us-east-1:123456789012:repository/shop\"",
                        "/Statement/0/Action/0",
                        "\"ecr:GetAuthorizationToken\" is for no single resource, so the statement does not reach it.",
                        "Move it to a statement with \"Resource\": \"*\".",
                        "\"Effect\":\"Allow\",\"Action\":[\"ecr:GetAuthorizationToken\",\"ecr:BatchGetImage\"],\"Resource\":"
                                + "[\"arn:aws:ecr:us-east-1:123456789012:repository/shop\",\"*\"]"));
    }

    @Test
    void unknownNamesAreErrorsWhereConfigurationWantsIt() {
        PolicyCheck strict = new PolicyCheck(Catalogue.bundled(), Severity.ERROR);
        String policy =
                document("\"Effect\":\"Allow\",\"Action\":[\"s4:GetObject\",\"s3:GetObjects\"],\"Resource\":\"*\","
                        + condition("Bool", "aws:SecureTransports", "true"));

        assertThat(strict.check(PolicyDocument.parse(policy), PolicyKind.IDENTITY, "aws"))
                .extracting(Finding::code, Finding::severity)
                .containsExactly(
                        tuple("UNKNOWN_SERVICE", Severity.ERROR),
                        tuple("UNKNOWN_ACTION", Severity.ERROR),
                        tuple("UNKNOWN_CONDITION_KEY", Severity.ERROR));
    }

    @Test
    void comesAfterRefusalsOfTheSamePlaceAndInTheOrderOfTheDocument() {
        assertThat(check(document("\"Sid\":\"a-b\",\"Effect\":\"Allow\",\"Action\":[\"nothing\",\"s3:GetObjects\"],"
                        + "\"Resource\":[\"arn:aws:s3:::b/*\",\"b\"]")))
                .extracting(Finding::code, Finding::pointer)
                .containsExactly(
                        tuple("UNSUPPORTED_SID", "/Statement/0/Sid"),
                        tuple("INVALID_ACTION", "/Statement/0/Action/0"),
                        tuple("UNKNOWN_ACTION", "/Statement/0/Action/1"),
                        tuple("INVALID_ARN_PREFIX", "/Statement/0/Resource/1"));
    }

    @Test
    void hasLineAndColumnInPastedText() {
        PolicyDocument pasted = PolicyReader.read(
                        new PolicySource(
                                "{\"Version\":\"2012-10-17\",\"Statement\":{\n\"Effect\":\"Allow\",\n"
                                        + "  \"Action\":\"s3:GetObjects\",\"Resource\":\"*\"}}",
                                true),
                        Variables.of(Map.of()))
                .document()
                .orElseThrow();

        assertThatOnly(CHECK.check(pasted, PolicyKind.IDENTITY, "aws"))
                .has(Severity.WARNING, "UNKNOWN_ACTION")
                .isAt("/Statement/Action")
                .isAt(3, 12);
    }

    @Test
    void neverCrowdsOutARefusal() {
        String advised = String.join(
                ",",
                IntStream.range(0, 150).mapToObj(i -> "\"s3:Get" + i + "\"").toList());
        List<Finding> findings = check(document("\"Effect\":\"Allow\",\"Action\":[" + advised
                + "],\"Resource\":\"bucket\"},{\"Effect\":\"Allow\",\"Action\":\"iam:PassRole\",\"Resource\":\"*\""));

        assertThat(findings).hasSize(101);
        assertThat(findings)
                .extracting(Finding::code)
                .contains("INVALID_ARN_PREFIX", "PASS_ROLE_WITH_STAR_IN_RESOURCE")
                .endsWith("TOO_MANY_FINDINGS");
        assertThat(findings.getLast().severity()).isEqualTo(Severity.ERROR);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\",\"s3:PutObject\"],\"Resource\":\"arn:aws:s3:::b/*\"",
                "\"Effect\":\"Allow\",\"Action\":\"ssmmessages:OpenDataChannel\",\"Resource\":\"*\"",
                "\"Effect\":\"Allow\",\"Action\":[\"logs:CreateLogStream\",\"logs:PutLogEvents\"],"
                        + "\"Resource\":\"arn:aws:logs:us-east-1:123456789012:log-group:/ecs/shop:*\"",
                "\"Effect\":\"Allow\",\"Action\":\"dynamodb:Query\",\"Resource\":"
                        + "\"arn:aws:dynamodb:us-east-1:123456789012:table/orders/index/*\"",
                "\"Effect\":\"Allow\",\"Action\":\"ssm:GetParameters\",\"Resource\":"
                        + "\"arn:aws:ssm:us-east-1:123456789012:parameter/shop/*\"",
                "\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"Bool\":{\"aws:SecureTransport\":false}}",
                "\"Effect\":\"Allow\",\"Action\":\"iam:PassRole\",\"Resource\":\"arn:aws:iam::123456789012:role/shop-task\","
                        + "\"Condition\":{\"StringEquals\":{\"iam:PassedToService\":\"ecs-tasks.amazonaws.com\"}}",
                "\"Effect\":\"Allow\",\"Action\":\"ec2:RunInstances\",\"Resource\":[\"arn:aws:ec2:*:*:instance/*\","
                        + "\"arn:aws:ec2:*::image/*\"],\"Condition\":{\"StringEquals\":{\"ec2:InstanceType\":\"t4g.micro\"}}"
            })
    void hasNothingToSayOfGoodStatements(String statement) {
        assertThat(check(document(statement))).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.rolesmith.policy.check.UseCaseTests#useCases")
    void hasNoSecurityWarningForUseCasesAsAwsDocumentsThem(
            String name, String principal, String actions, String conditions) {
        List<Finding> findings = check(document("\"Effect\":\"Allow\",\"Principal\":" + principal + ",\"Action\":"
                + actions + ",\"Condition\":{" + conditions + "}"));

        assertThat(findings).noneMatch(finding -> finding.severity() == Severity.SECURITY_WARNING);
        assertThat(findings).noneMatch(Finding::refuses);
        assertThat(findings).extracting(Finding::code).doesNotContain("UNKNOWN_CONDITION_KEY", "TYPE_MISMATCH");
    }

    private static List<Finding> of(String code, String statement) {
        return check(document(statement)).stream()
                .filter(finding -> finding.code().equals(code))
                .toList();
    }

    private static List<Finding> check(String document) {
        return CHECK.check(
                PolicyDocument.parse(document),
                document.contains("\"Principal\"") ? PolicyKind.TRUST : PolicyKind.IDENTITY,
                "aws");
    }

    private static String document(String statements) {
        return "{\"Version\":\"2012-10-17\",\"Statement\":[{" + statements + "}]}";
    }

    private static String allow(String action, String resource) {
        return "\"Effect\":\"Allow\",\"Action\":\"" + action + "\",\"Resource\":\"" + resource + "\"";
    }

    private static String trusting(String principal) {
        return "\"Effect\":\"Allow\",\"Principal\":" + principal + ",\"Action\":\"sts:AssumeRole\"";
    }

    private static String condition(String operator, String key, String values) {
        return "\"Condition\":{\"" + operator + "\":{\"" + key + "\":" + values + "}}";
    }

    private static Arguments security(
            String code, String with, String pointer, String message, String remedy, String without) {
        return Arguments.of(code, Severity.SECURITY_WARNING, with, pointer, message, remedy, without);
    }

    private static Arguments warning(
            String code, String with, String pointer, String message, String remedy, String without) {
        return Arguments.of(code, Severity.WARNING, with, pointer, message, remedy, without);
    }

    private static Arguments suggestion(
            String code, String with, String pointer, String message, String remedy, String without) {
        return Arguments.of(code, Severity.SUGGESTION, with, pointer, message, remedy, without);
    }
}

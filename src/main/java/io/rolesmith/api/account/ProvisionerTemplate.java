package io.rolesmith.api.account;

import io.rolesmith.account.Account;
import io.rolesmith.iam.ProvisionerPolicy;
import io.rolesmith.policy.PolicyDocument;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What makes Rolesmith's role in an account.
 *
 * @param role path and name, which begin with a slash
 * @param principal who assumes it; empty: whoever applies it must say so
 */
record ProvisionerTemplate(Account account, String role, ProvisionerPolicy policy, Optional<String> principal) {

    private static final String DESCRIPTION = "The role as which Rolesmith makes roles";

    /** Stands in the trust policy for the variable, until the text is escaped. */
    private static final String PRINCIPAL = "ROLESMITH-PRINCIPAL";

    private static final JsonMapper JSON = new JsonMapper();

    private static final JsonMapper PRETTY =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private String path() {
        return role.substring(0, role.lastIndexOf('/') + 1);
    }

    private String name() {
        return role.substring(role.lastIndexOf('/') + 1);
    }

    /** A configuration for the account, as {@code terraform fmt} would write it. */
    String terraform() {
        return """
                # What Rolesmith needs in the account %s. Apply it there.

                variable "rolesmith_principal_arn" {
                  description = "The ARN of the principal as which Rolesmith runs; it alone may assume the role"
                  type        = string
                %s}

                resource "aws_iam_role" "rolesmith" {
                  name        = %s
                  path        = %s
                  description = %s

                  assume_role_policy = <<-JSON
                %s
                  JSON
                }

                resource "aws_iam_role_policy" "rolesmith" {
                  name = "rolesmith"
                  role = aws_iam_role.rolesmith.id

                  policy = <<-JSON
                %s
                  JSON
                }

                output "rolesmith_role_arn" {
                  value = aws_iam_role.rolesmith.arn
                }
                """.formatted(
                account.id(),
                principal.map(arn -> "  default     = " + text(arn) + "\n").orElse(""),
                text(name()),
                text(path()),
                text(DESCRIPTION),
                heredoc(ProvisionerPolicy.trust(PRINCIPAL, account.externalId()))
                        .replace(PRINCIPAL, "${var.rolesmith_principal_arn}"),
                heredoc(policy.document()));
    }

    private static String heredoc(PolicyDocument document) {
        return PRETTY.writeValueAsString(PRETTY.readTree(document.json()))
                .replace("${", "$${")
                .replace("%{", "%%{")
                .lines()
                .map(line -> "    " + line)
                .collect(Collectors.joining("\n"));
    }

    /** A template that says nothing of the account, so that a StackSet can bring it to all with the same configuration. */
    String cloudFormation() {
        StringBuilder out = new StringBuilder();
        line(out, 0, "AWSTemplateFormatVersion: \"2010-09-09\"");
        line(out, 0, "Description: What Rolesmith needs in an account. Needs CAPABILITY_NAMED_IAM.");
        line(out, 0, "Parameters:");
        line(out, 1, "PrincipalArn:");
        line(out, 2, "Type: String");
        line(out, 2, "Description: The ARN of the principal as which Rolesmith runs; it alone may assume the role");
        line(out, 2, "AllowedPattern: \"arn:[^:]+:iam::[0-9]{12}:(role|user)/.+\"");
        principal.ifPresent(arn -> line(out, 2, "Default: " + text(arn)));
        String externalId = account.externalId();
        if (externalId != null) {
            line(out, 1, "ExternalId:");
            line(out, 2, "Type: String");
            line(out, 2, "Description: What Rolesmith shows when it assumes the role, as configured there");
            line(out, 2, "MinLength: 2");
            line(out, 2, "Default: " + text(externalId));
        }
        line(out, 0, "Resources:");
        line(out, 1, "Role:");
        line(out, 2, "Type: AWS::IAM::Role");
        line(out, 2, "Properties:");
        line(out, 3, "RoleName: " + text(name()));
        line(out, 3, "Path: " + text(path()));
        line(out, 3, "Description: " + DESCRIPTION);
        line(out, 3, "AssumeRolePolicyDocument:");
        line(out, 4, "Version: \"2012-10-17\"");
        line(out, 4, "Statement:");
        line(out, 5, "- Sid: Rolesmith");
        line(out, 6, "Effect: Allow");
        line(out, 6, "Principal:");
        line(out, 7, "AWS: !Ref PrincipalArn");
        line(out, 6, "Action: sts:AssumeRole");
        if (externalId != null) {
            line(out, 6, "Condition:");
            line(out, 7, "StringEquals:");
            line(out, 8, "sts:ExternalId: !Ref ExternalId");
        }
        line(out, 3, "Policies:");
        line(out, 4, "- PolicyName: rolesmith");
        line(out, 5, "PolicyDocument:");
        line(out, 6, "Version: \"2012-10-17\"");
        line(out, 6, "Statement:");
        policy.statements().forEach(statement -> statement(out, statement));
        line(out, 0, "Outputs:");
        line(out, 1, "RoleArn:");
        line(out, 2, "Value: !GetAtt Role.Arn");
        return out.toString();
    }

    private void statement(StringBuilder out, ProvisionerPolicy.Statement statement) {
        line(out, 7, "- Sid: " + statement.sid());
        line(out, 8, "Effect: " + statement.effect().word());
        line(out, 8, "Action:");
        values(out, 9, statement.actions());
        line(out, 8, "Resource:");
        values(out, 9, statement.resources());
        if (!statement.conditions().isEmpty()) {
            line(out, 8, "Condition:");
            statement.conditions().forEach((operator, keys) -> {
                line(out, 9, text(operator) + ":");
                keys.forEach((key, values) -> {
                    line(out, 10, text(key) + ":");
                    values(out, 11, values);
                });
            });
        }
    }

    private void values(StringBuilder out, int depth, List<String> values) {
        values.forEach(value -> line(out, depth, "- " + anywhere(value)));
    }

    /** The value with what differs between accounts left to CloudFormation. */
    private String anywhere(String value) {
        String partition = "arn:" + account.partition().id() + ":iam::";
        String general = value.replace(partition + account.id() + ":", "arn:${AWS::Partition}:iam::${AWS::AccountId}:")
                .replace(partition + "aws:", "arn:${AWS::Partition}:iam::aws:");
        return general.equals(value) ? text(value) : "!Sub " + text(general);
    }

    /** Quoted; YAML and HCL read what JSON writes, of text that holds no variable. */
    private static String text(String value) {
        return JSON.writeValueAsString(value);
    }

    private static void line(StringBuilder out, int depth, String text) {
        out.append("  ".repeat(depth)).append(text).append('\n');
    }
}

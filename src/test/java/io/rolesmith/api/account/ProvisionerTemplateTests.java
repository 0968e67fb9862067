package io.rolesmith.api.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rolesmith.account.Account;
import io.rolesmith.account.AccountId;
import io.rolesmith.account.AccountKind;
import io.rolesmith.account.Partition;
import io.rolesmith.iam.ProvisionerPolicy;
import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.MotoServer;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** That the templates make just the role of which the JSON tells. */
class ProvisionerTemplateTests {

    private static final String HUB = "arn:aws:iam::210987654321:role/platform/Rolesmith";

    private static final JsonMapper JSON = new JsonMapper();

    static Stream<ProvisionerTemplate> templates() {
        return Stream.of(
                template(Account.Limits.NONE, null, Optional.empty()),
                template(
                        new Account.Limits(
                                "/workloads/",
                                List.of(
                                        "arn:aws:iam::123456789012:policy/team-boundary",
                                        "arn:aws:iam::aws:policy/PowerUserAccess")),
                        "rolesmith:1",
                        Optional.of(HUB)));
    }

    private static ProvisionerTemplate template(
            Account.Limits limits, @Nullable String externalId, Optional<String> principal) {
        String role = "/platform/RolesmithProvisioner";
        Account account = new Account(
                new AccountId("123456789012"),
                "retail-prod",
                AccountKind.AWS,
                Partition.AWS,
                "us-east-1",
                null,
                "arn:aws:iam::123456789012:role" + role,
                externalId,
                null,
                Map.of(),
                limits);
        return new ProvisionerTemplate(
                account,
                role,
                ProvisionerPolicy.of(account, "Läden & Lager", "arn:aws:iam::123456789012:role" + role),
                principal);
    }

    private static JsonNode policy(ProvisionerTemplate template) {
        return JSON.readTree(template.policy().document().json());
    }

    private static JsonNode trust(ProvisionerTemplate template) {
        return JSON.readTree(
                ProvisionerPolicy.trust(HUB, template.account().externalId()).json());
    }

    // --- CloudFormation

    @ParameterizedTest
    @MethodSource("templates")
    void cloudFormationMakesTheRoleInWhateverAccount(ProvisionerTemplate template) {
        Map<String, String> values = new LinkedHashMap<>(
                Map.of("AWS::Partition", "aws", "AWS::AccountId", "123456789012", "PrincipalArn", HUB));
        if (template.account().externalId() != null) {
            values.put("ExternalId", "rolesmith:1");
        }
        assertThat(template.cloudFormation()).doesNotContain("123456789012");
        JsonNode stack = JSON.valueToTree(new Yaml(new Intrinsics(values)).<Object>load(template.cloudFormation()));

        assertThat(stack.propertyNames())
                .containsExactly("AWSTemplateFormatVersion", "Description", "Parameters", "Resources", "Outputs");
        JsonNode role = stack.at("/Resources/Role");
        assertThat(role.get("Type").asString()).isEqualTo("AWS::IAM::Role");
        assertThat(role.at("/Properties/RoleName").asString()).isEqualTo("RolesmithProvisioner");
        assertThat(role.at("/Properties/Path").asString()).isEqualTo("/platform/");
        assertThat(role.at("/Properties/AssumeRolePolicyDocument")).isEqualTo(trust(template));
        assertThat(role.at("/Properties/Policies")).hasSize(1);
        assertThat(lists(role.at("/Properties/Policies/0/PolicyDocument"))).isEqualTo(lists(policy(template)));
        assertThat(stack.at("/Parameters/PrincipalArn/Default").asString(""))
                .isEqualTo(template.principal().orElse(""));
        assertThat(stack.get("Parameters").has("ExternalId"))
                .isEqualTo(template.account().externalId() != null);
    }

    /** One value and a list of one are the same to IAM. */
    private static List<Object> lists(JsonNode policy) {
        List<Object> all = new ArrayList<>();
        policy.get("Statement").forEach(statement -> {
            Map<String, Object> plain = new LinkedHashMap<>();
            statement
                    .properties()
                    .forEach(member -> plain.put(
                            member.getKey(),
                            member.getKey().equals("Condition")
                                    ? conditions(member.getValue())
                                    : values(member.getValue())));
            all.add(plain);
        });
        return all;
    }

    private static Map<String, List<String>> conditions(JsonNode block) {
        Map<String, List<String>> lines = new LinkedHashMap<>();
        block.properties()
                .forEach(operator -> operator.getValue()
                        .properties()
                        .forEach(key -> lines.put(operator.getKey() + " " + key.getKey(), values(key.getValue()))));
        return lines;
    }

    private static List<String> values(JsonNode value) {
        return value.isArray() ? value.valueStream().map(JsonNode::asString).toList() : List.of(value.asString());
    }

    /** Does of CloudFormation's functions what the template uses. */
    private static final class Intrinsics extends SafeConstructor {

        Intrinsics(Map<String, String> values) {
            super(new LoaderOptions());
            yamlMultiConstructors.put("!", new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    String text = ((ScalarNode) node).getValue();
                    return switch (node.getTag().getValue()) {
                        case "!Ref" -> value(text);
                        case "!Sub" -> {
                            String all = text;
                            for (String name : values.keySet()) {
                                all = all.replace("${" + name + "}", value(name));
                            }
                            assertThat(all).doesNotContain("${");
                            yield all;
                        }
                        case "!GetAtt" -> text;
                        default -> throw new IllegalStateException(node.getTag().getValue());
                    };
                }

                private String value(String name) {
                    assertThat(values).containsKey(name);
                    return String.valueOf(values.get(name));
                }
            });
        }
    }

    // --- Terraform

    @ParameterizedTest
    @MethodSource("templates")
    void terraformMakesTheRole(ProvisionerTemplate template) {
        String configuration = template.terraform();
        List<JsonNode> documents = heredocs(configuration);

        assertThat(documents).hasSize(2);
        assertThat(documents.getFirst().toString().replace("${var.rolesmith_principal_arn}", HUB))
                .isEqualTo(trust(template).toString());
        assertThat(documents.getLast()).isEqualTo(policy(template));
        assertThat(configuration.contains("default     = \"" + HUB + "\""))
                .isEqualTo(template.principal().isPresent());
    }

    private static List<JsonNode> heredocs(String configuration) {
        return Arrays.stream(configuration.split("<<-JSON\n"))
                .skip(1)
                .map(text -> JSON.readTree(text.substring(0, text.indexOf("\n  JSON\n"))))
                .toList();
    }

    /**
     * With {@code terraform} on the PATH; that the provider takes it is looked at where Terraform is told where to find it
     * ({@code TF_CLI_ARGS_init=-plugin-dir=…}).
     */
    @ParameterizedTest
    @MethodSource("templates")
    void terraformTakesItAsItIsFormatted(ProvisionerTemplate template, @TempDir Path directory) throws Exception {
        Optional<Path> terraform = program("terraform");
        assumeTrue(terraform.isPresent(), "no terraform on the PATH");
        Files.writeString(directory.resolve("main.tf"), template.terraform());
        run(directory, terraform.orElseThrow(), "fmt", "-check", "-diff");
        if (System.getenv("TF_CLI_ARGS_init") == null) {
            System.out.println("ProvisionerTemplateTests: terraform validate is left out, no TF_CLI_ARGS_init");
            return;
        }
        run(directory, terraform.orElseThrow(), "init", "-input=false");
        run(directory, terraform.orElseThrow(), "validate");
    }

    private static Optional<Path> program(String name) {
        return Arrays.stream(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static void run(Path directory, Path program, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output.txt");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue())
                .as("%s", Files.readString(output, StandardCharsets.UTF_8))
                .isZero();
    }

    // --- IAM

    @Test
    void motoTakesTheDocuments() {
        Optional<Path> program = MotoServer.program();
        assumeTrue(program.isPresent(), "no moto_server on the PATH");
        try (MotoServer moto = MotoServer.start(program.orElseThrow())) {
            templates().forEach(template -> {
                String role = "Provisioner" + template.principal().isPresent();
                assertThat(FaultProxy.ask(
                                moto,
                                "CreateRole",
                                Map.of(
                                        "RoleName",
                                        role,
                                        "AssumeRolePolicyDocument",
                                        trust(template).toString())))
                        .matches(reply -> reply.succeeded());
                assertThat(FaultProxy.ask(
                                moto,
                                "PutRolePolicy",
                                Map.of(
                                        "RoleName",
                                        role,
                                        "PolicyName",
                                        "rolesmith",
                                        "PolicyDocument",
                                        template.policy().document().json())))
                        .matches(reply -> reply.succeeded());
                assertThat(FaultProxy.ask(
                                moto,
                                "UpdateAssumeRolePolicy",
                                Map.of(
                                        "RoleName",
                                        role,
                                        "PolicyDocument",
                                        trust(template).toString())))
                        .matches(reply -> reply.succeeded());
            });
        }
    }
}

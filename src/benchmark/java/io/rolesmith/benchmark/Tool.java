package io.rolesmith.benchmark;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What can make the two roles of the retail store's ECS tasks, and take them away again. */
sealed interface Tool {

    String EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
    String TRUST = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
            "Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";
    String INLINE = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ssmmessages:CreateControlChannel",\
            "ssmmessages:CreateDataChannel","ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],\
            "Resource":"*"},{"Effect":"Allow","Action":["ecs:ExecuteCommand","ecs:DescribeTasks"],"Resource":[\
            "arn:aws:ecs:us-east-1:123456789012:task/retail-store-ecs-cluster/*",\
            "arn:aws:ecs:us-east-1:123456789012:cluster/*"]}]}""";

    String name();

    void create() throws Exception;

    /** Asks for the same again; false if the tool has no such thing. */
    boolean repeat() throws Exception;

    void delete() throws Exception;

    /** A service that runs already. */
    record Rolesmith(URI address, String token, HttpClient http) implements Tool {

        @Override
        public String name() {
            return "Rolesmith";
        }

        @Override
        public void create() throws Exception {
            post("""
                    {"accounts": ["retail-dev"], "team": "%s", "roles": [
                      {"name": "retailStoreECSTaskExecutionRole", "trustPolicy": %s, "managedPolicyArns": ["%s"]},
                      {"name": "retailStoreEcsTaskRole", "trustPolicy": %s, "inlinePolicies": {"ecs-exec": %s}}]}
                    """.formatted(Replica.TEAM, TRUST, EXECUTION_POLICY, TRUST, INLINE));
        }

        @Override
        public boolean repeat() throws Exception {
            create();
            return true;
        }

        @Override
        public void delete() throws Exception {
            post("""
                    {"action": "delete", "accounts": ["retail-dev"], "team": "%s", "roles": [
                      {"name": "retailStoreECSTaskExecutionRole"}, {"name": "retailStoreEcsTaskRole"}]}
                    """.formatted(Replica.TEAM));
        }

        private void post(String body) throws IOException, InterruptedException {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(address.resolve("/api/v1/role-requests"))
                            .header("Content-Type", "application/json")
                            .header("Authorization", "Bearer " + token)
                            .header("Prefer", "wait=60")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 201) {
                throw new IllegalStateException(answer.statusCode() + " " + answer.body());
            }
        }
    }

    /** One command after the other, as in a script. It knows what it made, and looks at nothing. */
    record AwsCli(Path program, URI iam) implements Tool {

        @Override
        public String name() {
            return "AWS CLI";
        }

        @Override
        public void create() throws Exception {
            for (String role : List.of("retailStoreECSTaskExecutionRole", "retailStoreEcsTaskRole")) {
                iam("create-role", "--role-name", role, "--assume-role-policy-document", TRUST);
            }
            iam(
                    "attach-role-policy",
                    "--role-name",
                    "retailStoreECSTaskExecutionRole",
                    "--policy-arn",
                    EXECUTION_POLICY);
            iam(
                    "put-role-policy",
                    "--role-name",
                    "retailStoreEcsTaskRole",
                    "--policy-name",
                    "ecs-exec",
                    "--policy-document",
                    INLINE);
        }

        @Override
        public boolean repeat() {
            return false;
        }

        @Override
        public void delete() throws Exception {
            iam(
                    "detach-role-policy",
                    "--role-name",
                    "retailStoreECSTaskExecutionRole",
                    "--policy-arn",
                    EXECUTION_POLICY);
            iam("delete-role-policy", "--role-name", "retailStoreEcsTaskRole", "--policy-name", "ecs-exec");
            for (String role : List.of("retailStoreECSTaskExecutionRole", "retailStoreEcsTaskRole")) {
                iam("delete-role", "--role-name", role);
            }
        }

        private void iam(String... arguments) throws IOException, InterruptedException {
            List<String> command = new ArrayList<>(
                    List.of(program.toString(), "--endpoint-url", iam.toString(), "--region", "us-east-1", "iam"));
            command.addAll(List.of(arguments));
            Tool.run(
                    command,
                    null,
                    Map.of("AWS_ACCESS_KEY_ID", "test", "AWS_SECRET_ACCESS_KEY", "test", "AWS_PAGER", ""));
        }
    }

    /** Its AWS provider comes from where Terraform's own configuration says (TF_CLI_CONFIG_FILE). */
    record Terraform(Path program, Path directory) implements Tool {

        private static final String PROVIDER = "5.100.0";

        /** @throws IllegalStateException if Terraform cannot get its provider */
        static Terraform at(Path program, URI iam) throws IOException, InterruptedException {
            Path directory = Files.createTempDirectory("rolesmith-terraform");
            Files.writeString(directory.resolve("main.tf"), """
                    terraform {
                      required_providers {
                        aws = { source = "hashicorp/aws", version = "%s" }
                      }
                    }
                    provider "aws" {
                      region                      = "us-east-1"
                      access_key                  = "test"
                      secret_key                  = "test"
                      skip_credentials_validation = true
                      skip_requesting_account_id  = true
                      skip_metadata_api_check     = true
                      endpoints { iam = "%s" }
                    }
                    resource "aws_iam_role" "execution" {
                      name               = "retailStoreECSTaskExecutionRole"
                      assume_role_policy = file("trust.json")
                    }
                    resource "aws_iam_role_policy_attachment" "execution" {
                      role       = aws_iam_role.execution.name
                      policy_arn = "%s"
                    }
                    resource "aws_iam_role" "task" {
                      name               = "retailStoreEcsTaskRole"
                      assume_role_policy = file("trust.json")
                    }
                    resource "aws_iam_role_policy" "task" {
                      role   = aws_iam_role.task.name
                      name   = "ecs-exec"
                      policy = file("inline.json")
                    }
                    """.formatted(PROVIDER, iam, EXECUTION_POLICY));
            Files.writeString(directory.resolve("trust.json"), TRUST);
            Files.writeString(directory.resolve("inline.json"), INLINE);
            Terraform terraform = new Terraform(program, directory);
            terraform.run("init");
            return terraform;
        }

        @Override
        public String name() {
            return "Terraform";
        }

        @Override
        public void create() throws Exception {
            run("apply", "-auto-approve");
        }

        @Override
        public boolean repeat() throws Exception {
            create();
            return true;
        }

        @Override
        public void delete() throws Exception {
            run("destroy", "-auto-approve");
        }

        private void run(String... arguments) throws IOException, InterruptedException {
            List<String> command = new ArrayList<>(List.of(program.toString()));
            command.addAll(List.of(arguments));
            command.addAll(List.of("-input=false", "-no-color"));
            Tool.run(command, directory, Map.of("CHECKPOINT_DISABLE", "true"));
        }
    }

    private static void run(List<String> command, @Nullable Path directory, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        if (directory != null) {
            builder.directory(directory.toFile());
        }
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IllegalStateException(String.join(" ", command) + ": " + said);
        }
    }
}

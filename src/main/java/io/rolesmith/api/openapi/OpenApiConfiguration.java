package io.rolesmith.api.openapi;

import io.rolesmith.api.problem.Problem;
import io.rolesmith.api.problem.ProblemCode;
import io.rolesmith.api.wire.PolicyObject;
import io.rolesmith.api.wire.PolicyText;
import io.rolesmith.caller.Caller;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.converter.ResolvedSchema;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Contact;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import io.swagger.v3.oas.models.tags.Tag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The OpenAPI document: how to come in, the problems of each operation from their one table, and examples. */
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

    private static final String BEARER = "bearer";
    private static final String PROBLEM = "Problem";

    /** What any operation may answer with. */
    private static final List<ProblemCode> ANY = List.of(
            ProblemCode.UNAUTHENTICATED,
            ProblemCode.NOT_ACCEPTABLE,
            ProblemCode.ISSUER_UNAVAILABLE,
            ProblemCode.DATABASE_UNAVAILABLE,
            ProblemCode.INTERNAL_ERROR);

    static {
        // springdoc keeps these for all documents of the process, so that there is no bean to hang them on.
        SpringDocUtils.getConfig()
                .addRequestWrapperToIgnore(Caller.class)
                .replaceWithSchema(PolicyText.class, PolicySchemas.policyText())
                .replaceWithSchema(PolicyObject.class, PolicySchemas.policyDocument())
                .replaceWithSchema(JsonNode.class, new ObjectSchema());
    }

    @Bean
    RequiredMembers requiredMembers() {
        return new RequiredMembers();
    }

    @Bean
    OpenAPI openApi() {
        return new OpenAPI()
                .info(new Info()
                        .title("Rolesmith")
                        // Of the API, as in its paths, and not of the build: the committed document outlives builds.
                        .version("1")
                        .description("The service through which an organisation's workloads get their AWS IAM roles.")
                        .contact(new Contact().name("The platform team that runs it"))
                        .license(new License().name("Apache-2.0").identifier("Apache-2.0")))
                .addServersItem(new Server().url("/"))
                .components(new Components()
                        .addSecuritySchemes(
                                BEARER,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("bearer")
                                        .bearerFormat("JWT")
                                        .description(
                                                "A token of a configured issuer; paste it without the word Bearer")))
                .addSecurityItem(new SecurityRequirement().addList(BEARER));
    }

    @Bean
    GlobalOpenApiCustomizer moreSchemas() {
        return document -> {
            ResolvedSchema problem = ModelConverters.getInstance(true)
                    .resolveAsResolvedSchema(new AnnotatedType(Problem.class).resolveAsRef(false));
            problem.referencedSchemas.forEach(document.getComponents()::addSchemas);
            document.getComponents().addSchemas(PROBLEM, problem.schema);
            PolicySchemas.components().forEach(document.getComponents()::addSchemas);
            // They are gathered in no order that lasts.
            document.getTags().sort(Comparator.comparing(Tag::getName));
            document.getComponents()
                    .setSchemas(new TreeMap<>(document.getComponents().getSchemas()));
        };
    }

    @Bean
    GlobalOperationCustomizer problemsAndExamples(JsonMapper json) {
        SortedMap<String, SortedMap<String, OperationExample>> examples = examples(json);
        return (operation, method) -> {
            Answers answers = method.getMethodAnnotation(Answers.class);
            if (answers != null) {
                problems(operation, answers);
            }
            examples.getOrDefault(operation.getOperationId(), new TreeMap<>())
                    .forEach((name, example) -> example.addTo(operation, name));
            return operation;
        };
    }

    private static void problems(Operation operation, Answers answers) {
        Stream.concat(Arrays.stream(answers.value()), ANY.stream())
                .collect(Collectors.groupingBy(code -> code.status().value(), TreeMap::new, Collectors.toList()))
                .forEach((status, codes) ->
                        operation.getResponses().addApiResponse(Integer.toString(status), response(status, codes)));
    }

    private static ApiResponse response(int status, List<ProblemCode> codes) {
        ApiResponse response = new ApiResponse()
                .description(codes.stream()
                        .map(code -> "`" + code.code() + "`: " + code.title())
                        .collect(Collectors.joining(". ")))
                .content(new Content()
                        .addMediaType(
                                "application/problem+json",
                                new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + PROBLEM))));
        if (status == 503 || status == 429) {
            response.addHeaderObject(
                    "Retry-After", new Header().description("Seconds to wait").schema(new StringSchema()));
        }
        return response;
    }

    /** {@code openapi/examples/<operationId>/<name>.json}. */
    private static SortedMap<String, SortedMap<String, OperationExample>> examples(JsonMapper json) {
        SortedMap<String, SortedMap<String, OperationExample>> examples = new TreeMap<>();
        try {
            for (Resource file :
                    new PathMatchingResourcePatternResolver().getResources("classpath:openapi/examples/*/*.json")) {
                List<String> path = List.of(file.getURI().toString().split("/", -1));
                try (var content = file.getInputStream()) {
                    examples.computeIfAbsent(path.get(path.size() - 2), _ -> new TreeMap<>())
                            .put(path.getLast().replace(".json", ""), json.readValue(content, OperationExample.class));
                }
            }
            return examples;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.rolesmith.blueprint;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.JsonPointer;
import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.Variables;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import io.rolesmith.policy.check.PolicyCheck;
import io.rolesmith.role.Boundary;
import io.rolesmith.role.Expectation;
import io.rolesmith.role.ExpectationCheck;
import io.rolesmith.role.PolicyArn;
import io.rolesmith.role.RoleDraft;
import io.rolesmith.role.RoleQuotas;
import io.rolesmith.role.RoleSpec;
import io.rolesmith.role.SpecPermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads the files of the catalogue and refuses them unless every blueprint in them can be followed.
 *
 * <p>A file is named for its blueprint's id and describes either {@code roles} (see {@link RoleTemplate}) or a
 * {@code compose} of other blueprints, whose parameters it may {@code rename}. Files whose name begins with an
 * underscore hold {@code definitions}, schemas that the others take in with {@code $use}.
 */
final class Catalogue {

    private static final String SUFFIX = ".yaml";
    private static final String USE = "$use";
    private static final String COMPOSE = "compose";

    private static final List<String> TEXTS = List.of("id", "title", "description", "trustedEntity", "useCase");
    private static final Set<String> PLAIN_MEMBERS = Set.of(
            "id", "title", "description", "trustedEntity", "useCase", "parameters", "required", "roles", "example");
    private static final Set<String> COMPOSED_MEMBERS =
            Set.of("id", "title", "description", "trustedEntity", "useCase", "parameters", COMPOSE, "example");

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** An account as good as any to try the examples in. */
    private static final String SAMPLE_ACCOUNT = "123456789012";

    private static final String SAMPLE_PARTITION = "aws";
    private static final Variables SAMPLE_VARIABLES = Variables.of(
            Map.of("aws_partition", SAMPLE_PARTITION, "aws_region", "us-east-1", "aws_account_id", SAMPLE_ACCOUNT));

    private final ManagedPolicies managedPolicies;
    private final PolicyCheck policyCheck;
    private final Map<String, JsonNode> definitions = new HashMap<>();
    private final SequencedMap<String, Recipe> recipes = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * @param managedPolicies the documents of AWS's, against which expectations are held
     * @param policyCheck looks into the policies of the roles that are made
     * @param files YAML by file name
     * @throws InvalidCatalogueException with every problem found, each with file and place
     */
    Catalogue(ManagedPolicies managedPolicies, PolicyCheck policyCheck, SequencedMap<String, String> files) {
        this.managedPolicies = managedPolicies;
        this.policyCheck = policyCheck;
        SequencedMap<String, ObjectNode> trees = new LinkedHashMap<>();
        files.forEach((file, yaml) -> reading(file, () -> trees.put(file, tree(yaml))));
        trees.forEach((file, tree) -> {
            if (file.startsWith("_")) {
                reading(file, () -> takeDefinitions(tree));
            }
        });
        SequencedMap<String, Recipe> composed = new LinkedHashMap<>();
        trees.forEach((file, tree) -> {
            if (!file.startsWith("_") && !tree.has(COMPOSE)) {
                reading(file, () -> recipes.put(id(file, tree), plain(tree)));
            }
        });
        trees.forEach((file, tree) -> {
            if (!file.startsWith("_") && tree.has(COMPOSE)) {
                reading(file, () -> composed.put(id(file, tree), composed(tree)));
            }
        });
        recipes.putAll(composed);
        if (recipes.isEmpty() && problems.isEmpty()) {
            problems.add("there is no blueprint in it");
        }
        if (!problems.isEmpty()) {
            throw new InvalidCatalogueException(problems);
        }
    }

    /** The blueprints in the order of their ids. */
    List<Recipe> recipes() {
        return recipes.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
    }

    private void reading(String file, Runnable step) {
        try {
            step.run();
        } catch (ProblemsException e) {
            e.problems.forEach(problem -> problems.add(file + " " + problem));
        }
    }

    private static ObjectNode tree(String yaml) {
        JsonNode tree;
        try {
            tree = YAML.readTree(yaml);
        } catch (JacksonException e) {
            var location = e.getLocation();
            throw new ProblemsException("line " + (location == null ? "?" : location.getLineNr()) + ": "
                    + e.getOriginalMessage().lines().findFirst().orElse("not YAML"));
        }
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw new ProblemsException("/: must be a mapping");
    }

    private void takeDefinitions(ObjectNode tree) {
        requireMembers(tree, Set.of("definitions"));
        tree.path("definitions").properties().forEach(definition -> {
            if (definitions.putIfAbsent(definition.getKey(), definition.getValue()) != null) {
                throw new ProblemsException(
                        JsonPointer.member("/definitions", definition.getKey()) + ": is defined in another file too");
            }
        });
    }

    private static String id(String file, ObjectNode tree) {
        String id = tree.path("id").asString("");
        if (!BlueprintId.isValid(id) || !file.equals(id + SUFFIX)) {
            throw new ProblemsException(
                    "/id: must be the file's name without " + SUFFIX + ", of lower-case words joined by -");
        }
        return id;
    }

    private Recipe plain(ObjectNode tree) {
        requireMembers(tree, PLAIN_MEMBERS);
        ObjectNode properties = JsonNodeFactory.instance.objectNode();
        tree.path("parameters").properties().forEach(parameter -> {
            String place = JsonPointer.member("/parameters", parameter.getKey());
            requireParameterName(parameter.getKey(), place);
            properties.set(parameter.getKey(), used(parameter.getValue(), place, Set.of()));
        });
        List<RoleTemplate> roles = new ArrayList<>();
        for (JsonNode role : tree.path("roles")) {
            if (!(role instanceof ObjectNode template)) {
                throw new ProblemsException(JsonPointer.element("/roles", roles.size()) + ": must be a mapping");
            }
            roles.add(new RoleTemplate(template));
        }
        List<String> required = new ArrayList<>();
        for (JsonNode name : tree.path("required")) {
            if (!properties.has(name.asString())) {
                throw new ProblemsException("/required: there is no parameter '" + name.asString() + "'");
            }
            required.add(name.asString());
        }
        return recipe(tree, properties, required, roles);
    }

    private Recipe composed(ObjectNode tree) {
        requireMembers(tree, COMPOSED_MEMBERS);
        ObjectNode properties = JsonNodeFactory.instance.objectNode();
        Set<String> required = new LinkedHashSet<>();
        List<RoleTemplate> roles = new ArrayList<>();
        JsonNode parts = tree.path(COMPOSE);
        for (int i = 0; i < parts.size(); i++) {
            String place = JsonPointer.element("/compose", i);
            JsonNode part = parts.get(i);
            String id = part.path("blueprint").asString("");
            Recipe recipe = recipes.get(id);
            if (recipe == null) {
                throw new ProblemsException(
                        place + "/blueprint: there is no blueprint '" + id + "' of roles of its own");
            }
            ObjectNode schema = recipe.schema().tree();
            Map<String, String> renamed = new HashMap<>();
            part.path("rename").properties().forEach(entry -> {
                if (!schema.path("properties").has(entry.getKey())) {
                    throw new ProblemsException(JsonPointer.member(place + "/rename", entry.getKey()) + ": '" + id
                            + "' has no such parameter");
                }
                requireParameterName(
                        entry.getValue().asString(""), JsonPointer.member(place + "/rename", entry.getKey()));
                renamed.put(entry.getKey(), entry.getValue().stringValue());
            });
            Set<String> names = new HashSet<>();
            schema.path("properties").properties().forEach(property -> {
                String name = renamed.getOrDefault(property.getKey(), property.getKey());
                if (!names.add(name)) {
                    throw new ProblemsException(
                            place + ": two parameters of '" + id + "' would be called '" + name + "'");
                }
                if (properties.has(name) && !properties.get(name).equals(property.getValue())) {
                    throw new ProblemsException(place + ": the parameter '" + name + "' of '" + id
                            + "' is another than the one above; rename one of them");
                }
                properties.set(name, property.getValue().deepCopy());
            });
            schema.path("required")
                    .forEach(name -> required.add(renamed.getOrDefault(name.stringValue(), name.stringValue())));
            recipe.templates().forEach(role -> roles.add(new RoleTemplate((ObjectNode) renamed(role.tree(), renamed))));
        }
        tree.path("parameters").properties().forEach(parameter -> {
            String place = JsonPointer.member("/parameters", parameter.getKey());
            if (!(properties.get(parameter.getKey()) instanceof ObjectNode property)) {
                throw new ProblemsException(place + ": no blueprint above has such a parameter");
            }
            if (!(parameter.getValue() instanceof ObjectNode changes)) {
                throw new ProblemsException(place + ": must be a mapping");
            }
            property.setAll(changes);
        });
        return recipe(tree, properties, List.copyOf(required), roles);
    }

    private Recipe recipe(ObjectNode tree, ObjectNode properties, List<String> required, List<RoleTemplate> roles) {
        for (String name : TEXTS) {
            if (!tree.path(name).isString() || tree.path(name).stringValue().isBlank()) {
                throw new ProblemsException("/" + name + ": must be a text");
            }
        }
        if (!(tree.path("example") instanceof ObjectNode example)) {
            throw new ProblemsException("/example: must be a mapping of parameters");
        }
        if (roles.isEmpty()) {
            throw new ProblemsException("/roles: a blueprint makes at least one role");
        }
        for (String name : required) {
            if (properties.path(name).has("default")) {
                throw new ProblemsException("/parameters/" + name + ": a required parameter has no default");
            }
        }
        ObjectNode schemaTree = JsonNodeFactory.instance
                .objectNode()
                .put("$schema", ParameterSchema.DIALECT)
                .put("title", tree.path("title").stringValue())
                .put("type", "object");
        schemaTree.set("properties", properties);
        required.forEach(schemaTree.putArray("required")::add);
        schemaTree.put("additionalProperties", false);
        ParameterSchema schema;
        try {
            schema = new ParameterSchema(schemaTree);
        } catch (IllegalArgumentException e) {
            throw new ProblemsException("parameters, as a schema, " + e.getMessage());
        }
        List<String> problems = TemplateCheck.problems(schemaTree, roles);
        if (!problems.isEmpty()) {
            throw new ProblemsException(problems);
        }
        Blueprint blueprint = new Blueprint(
                new BlueprintId(tree.path("id").stringValue()),
                tree.path("title").stringValue(),
                tree.path("description").stringValue(),
                tree.path("trustedEntity").stringValue(),
                tree.path("useCase").stringValue(),
                schemaTree,
                example);
        Recipe recipe = new Recipe(blueprint, schema, List.copyOf(roles));
        ObjectNode least = JsonNodeFactory.instance.objectNode();
        required.stream().filter(example::has).forEach(name -> least.set(name, example.get(name)));
        // Defaults are put in after the check of what a requester said, so they get one of their own.
        follow(recipe, schema.withDefaults(least), "/example, reduced to what is required and with the defaults,");
        follow(recipe, example, "/example");
        return recipe;
    }

    private void follow(Recipe recipe, ObjectNode parameters, String what) {
        BlueprintReading reading = recipe.roles(parameters);
        requireNone(reading.findings(), what);
        for (RoleDraft role : reading.roles()) {
            String made = what + " makes the role '" + role.name() + "' with";
            RoleDraft.RoleReading read = role.read(
                    SAMPLE_VARIABLES, SAMPLE_ACCOUNT, SAMPLE_PARTITION, new RoleQuotas.Unknown(), policyCheck);
            requireNone(read.findings(), made);
            read.spec().ifPresent(spec -> requireNone(unmet(spec, read.expectations()), made));
        }
    }

    /** What the blueprint expects of a role that it made, and the role does not do. */
    private List<Finding> unmet(RoleSpec spec, List<Expectation> expectations) {
        Optional<PolicyArn> boundary =
                spec.boundary() instanceof Boundary.Policy(PolicyArn arn) ? Optional.of(arn) : Optional.empty();
        return ExpectationCheck.check(
                spec,
                SAMPLE_PARTITION,
                SAMPLE_ACCOUNT,
                expectations,
                SpecPermissions.of(
                        spec,
                        boundary,
                        arn -> managedPolicies.document(arn.value()).map(PolicyDocument::parse)));
    }

    private static void requireNone(List<Finding> findings, String what) {
        List<String> refusals = findings.stream()
                .filter(Finding::refuses)
                .map(finding -> what + " " + finding.pointer() + ": " + finding.message())
                .toList();
        if (!refusals.isEmpty()) {
            throw new ProblemsException(refusals);
        }
    }

    /** {@code schema} with each {@code $use} replaced by the definition that it names. */
    private JsonNode used(JsonNode schema, String place, Set<String> within) {
        if (schema instanceof ArrayNode list) {
            ArrayNode result = JsonNodeFactory.instance.arrayNode();
            for (int i = 0; i < list.size(); i++) {
                result.add(used(list.get(i), JsonPointer.element(place, i), within));
            }
            return result;
        }
        if (!(schema instanceof ObjectNode mapping)) {
            return schema;
        }
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        if (mapping.has(USE)) {
            String name = mapping.path(USE).asString("");
            JsonNode definition = definitions.get(name);
            if (definition == null || within.contains(name)) {
                throw new ProblemsException(JsonPointer.member(place, USE) + ": "
                        + (definition == null ? "there is no definition '" : "in a circle, '") + name + "'");
            }
            Set<String> deeper = new HashSet<>(within);
            deeper.add(name);
            if (used(definition, place, deeper) instanceof ObjectNode members) {
                result.setAll(members);
            }
        }
        mapping.properties().forEach(member -> {
            if (!member.getKey().equals(USE)) {
                result.set(
                        member.getKey(), used(member.getValue(), JsonPointer.member(place, member.getKey()), within));
            }
        });
        return result;
    }

    /** {@code template} with every parameter called as {@code names} says. */
    private static JsonNode renamed(JsonNode template, Map<String, String> names) {
        if (template instanceof ArrayNode list) {
            ArrayNode result = JsonNodeFactory.instance.arrayNode();
            list.forEach(element -> result.add(renamed(element, names)));
            return result;
        }
        if (template instanceof ObjectNode mapping) {
            ObjectNode result = JsonNodeFactory.instance.objectNode();
            mapping.properties().forEach(member -> {
                boolean aName = member.getKey().equals(RoleTemplate.WHEN)
                        || member.getKey().equals(RoleTemplate.SPLICE);
                String text = member.getValue().asString("");
                result.set(
                        member.getKey(),
                        aName ? StringNode.valueOf(names.getOrDefault(text, text)) : renamed(member.getValue(), names));
            });
            return result;
        }
        return template.isString()
                ? StringNode.valueOf(ParameterReference.replace(
                        template.stringValue(),
                        reference -> new ParameterReference(
                                        names.getOrDefault(reference.name(), reference.name()), reference.optional())
                                .toString()))
                : template;
    }

    private static void requireMembers(ObjectNode tree, Set<String> known) {
        for (String member : tree.propertyNames()) {
            if (!known.contains(member)) {
                throw new ProblemsException(JsonPointer.member("", member) + ": there is no such member");
            }
        }
    }

    private static void requireParameterName(String name, String place) {
        if (!name.matches("[A-Za-z][A-Za-z0-9]*")) {
            throw new ProblemsException(place + ": a parameter's name is of letters and digits");
        }
    }

    /** Ends the reading of one file, so that the others still have their say. */
    private static final class ProblemsException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final List<String> problems;

        ProblemsException(String problem) {
            this(List.of(problem));
        }

        ProblemsException(List<String> problems) {
            super(String.join("; ", problems));
            this.problems = List.copyOf(problems);
        }
    }
}

package io.rolesmith.blueprint;

import io.rolesmith.policy.catalogue.ManagedPolicies;
import io.rolesmith.policy.check.PolicyCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** The catalogue of blueprints: read and checked as a whole when the service starts, and unchanged from then on. */
@Component
public class Blueprints {

    private static final String CATALOGUE = "classpath:blueprints/*.yaml";

    private final SequencedMap<String, Recipe> recipes;

    /**
     * The catalogue that comes with the service.
     *
     * @param managedPolicies the documents of AWS's, against which the blueprints' expectations are held
     * @param policyCheck refuses here what it would refuse of a role that is asked for
     * @throws InvalidCatalogueException if anything in it is wrong, naming each file and place
     */
    @Autowired
    public Blueprints(ManagedPolicies managedPolicies, PolicyCheck policyCheck) {
        this(managedPolicies, policyCheck, CATALOGUE);
    }

    /** The catalogue in the files that match {@code location}. */
    Blueprints(ManagedPolicies managedPolicies, PolicyCheck policyCheck, String location) {
        this(managedPolicies, policyCheck, files(location));
    }

    /** The catalogue in {@code files}: YAML by file name. */
    Blueprints(ManagedPolicies managedPolicies, PolicyCheck policyCheck, SequencedMap<String, String> files) {
        SequencedMap<String, Recipe> found = new LinkedHashMap<>();
        new Catalogue(managedPolicies, policyCheck, files)
                .recipes()
                .forEach(recipe -> found.put(recipe.blueprint().id().value(), recipe));
        recipes = found;
    }

    /** Every blueprint there is, by id. */
    public List<Blueprint> all() {
        return recipes.values().stream().map(Recipe::blueprint).toList();
    }

    /** The blueprint of that id, if there is one. */
    public Optional<Blueprint> find(String id) {
        return Optional.ofNullable(recipes.get(id)).map(Recipe::blueprint);
    }

    /**
     * The roles that the blueprint makes of these parameters.
     *
     * <p>Variables such as <code>${var.aws_region}</code> are still in them: they are resolved for each account by
     * {@code RoleDraft.read}. A value goes into a role as a value: nothing in it is read as a template.
     *
     * @param parameters null for none
     * @throws IllegalArgumentException if the blueprint is not one of this catalogue
     */
    public BlueprintReading roles(Blueprint blueprint, @Nullable JsonNode parameters) {
        Recipe recipe = recipes.get(blueprint.id().value());
        if (recipe == null) {
            throw new IllegalArgumentException("There is no blueprint '" + blueprint.id() + "' in this catalogue");
        }
        return recipe.roles(parameters);
    }

    private static SequencedMap<String, String> files(String location) {
        try {
            TreeMap<String, String> files = new TreeMap<>();
            for (Resource resource : new PathMatchingResourcePatternResolver().getResources(location)) {
                files.put(
                        Objects.requireNonNull(resource.getFilename()),
                        resource.getContentAsString(StandardCharsets.UTF_8));
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException("The blueprints at " + location + " cannot be read", e);
        }
    }
}

package io.rolesmith.policy.catalogue;

import java.nio.file.Path;
import java.util.List;

/**
 * What is known of AWS without asking it.
 *
 * <p>It ages: AWS adds actions daily, so a name that is not in here may be right.
 */
public record Catalogue(ServiceCatalogue services, ManagedPolicies managedPolicies) {

    /**
     * The catalogue that ships with Rolesmith, read when first asked for and once.
     *
     * @throws BrokenCatalogueException when the class path has none
     */
    public static Catalogue bundled() {
        return new Catalogue(ServiceCatalogue.bundled(), ManagedPolicies.bundled());
    }

    /**
     * The catalogue in {@code directory}: {@code services.txt} and {@code managed-policies.txt}, as the script
     * {@code src/main/scripts/catalogue} writes them.
     *
     * @throws BrokenCatalogueException when one of the two is missing, or is broken anywhere
     */
    public static Catalogue load(Path directory) {
        return new Catalogue(
                ServiceCatalogue.read(CatalogueFile.at(directory.resolve("services.txt"), ServiceCatalogue.KIND), true),
                ManagedPolicies.read(
                        CatalogueFile.at(directory.resolve("managed-policies.txt"), ManagedPolicies.KIND), true));
    }

    /** Of what the catalogue was made: the services first, then the managed policies. */
    public List<Source> sources() {
        return List.of(services.source(), managedPolicies.source());
    }
}

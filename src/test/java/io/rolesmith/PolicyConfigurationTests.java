package io.rolesmith;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.Severity;
import io.rolesmith.policy.catalogue.BrokenCatalogueException;
import io.rolesmith.policy.catalogue.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class PolicyConfigurationTests {

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(PolicyConfiguration.class, Properties.class);

    @EnableConfigurationProperties(PolicyProperties.class)
    static class Properties {}

    @Test
    void theBundledCatalogueIsUsedUnlessAnotherIsNamed() {
        runner.run(context -> {
            assertThat(context.getBean(Catalogue.class)).isEqualTo(Catalogue.bundled());
            assertThat(context.getBean(PolicyProperties.class).unknownNames().severity())
                    .isEqualTo(Severity.WARNING);
        });
    }

    @Test
    void unknownNamesCanBeRefused() {
        runner.withPropertyValues("rolesmith.policy.unknown-names=refuse")
                .run(context -> assertThat(context.getBean(PolicyProperties.class)
                                .unknownNames()
                                .severity())
                        .isEqualTo(Severity.ERROR));
    }

    @Test
    void anotherCatalogueReplacesTheBundledOne(@TempDir Path directory) throws IOException {
        for (String file : new String[] {"services.txt", "managed-policies.txt"}) {
            Files.copy(Path.of("src/main/resources/catalogue", file), directory.resolve(file));
        }
        runner.withPropertyValues("rolesmith.policy.catalogue=" + directory).run(context -> {
            assertThat(context.getBean(Catalogue.class)).isNotEqualTo(Catalogue.bundled());
            assertThat(context.getBean(Catalogue.class).sources())
                    .isEqualTo(Catalogue.bundled().sources());
        });
    }

    @Test
    void aCatalogueThatCannotBeUsedEndsTheStart(@TempDir Path empty) {
        runner.withPropertyValues("rolesmith.policy.catalogue=" + empty)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOfAny(BrokenCatalogueException.class, IOException.class)
                        .hasMessageContaining("services.txt"));
    }
}

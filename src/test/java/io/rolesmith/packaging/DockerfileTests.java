package io.rolesmith.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DockerfileTests {

    private static final Dockerfile IMAGE = Dockerfile.parse(new ProjectFile("Dockerfile").text());

    @ParameterizedTest
    @ValueSource(strings = {"Dockerfile", "src/main/docker/issuer/Dockerfile"})
    void imagesArePinnedUnprivilegedAndNeedNoShell(String path) {
        assertThat(Dockerfile.parse(new ProjectFile(path).text()).complaints()).isEmpty();
    }

    @Test
    void anImageThatBreaksEveryPromiseIsComplainedAbout() {
        Dockerfile careless = Dockerfile.parse("""
                FROM registry.example/jdk AS build
                USER 10001:10001
                FROM jre:25
                ADD app.jar \\
                    /
                HEALTHCHECK CMD curl --fail localhost
                ENTRYPOINT java -jar app.jar
                """);

        assertThat(careless.complaints())
                .containsExactly(
                        "registry.example/jdk names a registry's host",
                        "registry.example/jdk is not pinned to a version",
                        "jre:25 is not pinned to a version",
                        "ADD fetches and unpacks by its own judgement: use COPY",
                        "The image does not run as a numbered user and group other than root",
                        "ENTRYPOINT is not in exec form: a shell would not pass SIGTERM on",
                        "There is no HEALTHCHECK that works without a shell");
        assertThat(careless.missingLabels()).containsExactly("title", "description", "licenses", "version", "revision");
    }

    @Test
    void slipsAreComplainedAbout() {
        Dockerfile slips = Dockerfile.parse("""
            FROM maven:3.9.16 AS build
            MAINTAINER somebody
            ENV DATABASE_PASSWORD=geheim
            WORKDIR build
            RUN cd /build && apt-get update
            RUN curl https://example.com/installer | sh
            FROM jre:25.0
            COPY --from=bild /build/app.jar ./
            COPY LICENSE NOTICE opt
            USER 10001:10001
            HEALTHCHECK CMD ["java"]
            ENTRYPOINT ["java"]
            ENTRYPOINT ["java", "-version"]
            """);

        assertThat(slips.complaints())
                .containsExactly(
                        "MAINTAINER is not an instruction that is used here",
                        "ENV holds a secret, which stays in the image",
                        "WORKDIR build is relative",
                        "RUN with sudo or cd: use USER or WORKDIR",
                        "RUN fetches what is not pinned: cd /build && apt-get update",
                        "RUN with a pipe, which hides a failure",
                        "RUN fetches what is not pinned: curl https://example.com/installer | sh",
                        "COPY from bild, which is no stage before it",
                        "COPY of several files to what is no directory: LICENSE NOTICE opt",
                        "Only the last ENTRYPOINT counts");
    }

    @Test
    void theImageSaysWhatItIs() {
        assertThat(IMAGE.missingLabels()).isEmpty();
        assertThat(IMAGE.instructions())
                .contains(new Dockerfile.Instruction(
                        "ARG", "VERSION=" + new ProjectFile("pom.xml").xml("/project/version")));
    }

    @Test
    void theHealthCheckAsksForReadiness() {
        assertThat(IMAGE.get("HEALTHCHECK")).contains("http://127.0.0.1:8080/actuator/health/readiness");
    }

    @Test
    void theHeapFollowsTheContainerAndRunningOutOfItEndsTheProcess() {
        assertThat(IMAGE.get("ENTRYPOINT")).contains("-XX:MaxRAMPercentage=", "-XX:+ExitOnOutOfMemoryError");
    }

    /** A cache counts only on the JVM and the files that it was trained on. */
    @Test
    void whatStartsFasterWasTrainedOnTheImageItself() {
        assertThat(IMAGE.get("ENTRYPOINT")).contains("-XX:AOTCache=rolesmith.aot", "-XX:+UseSerialGC");
        assertThat(IMAGE.instructions())
                .contains(new Dockerfile.Instruction(
                        "RUN",
                        "[\"java\", \"-cp\", \"/training\", \"Training\", \"/tmp/rolesmith.aot\","
                                + " \"-XX:+UseSerialGC\"]"));
        assertThat(IMAGE.instructions())
                .extracting(Dockerfile.Instruction::arguments)
                .contains("run AS training", "run", "--from=training /tmp/rolesmith.aot ./");
    }

    @Test
    void onlyTheTemporaryDirectoryIsWritable() {
        assertThat(IMAGE.get("VOLUME")).isEqualTo("/tmp");
        assertThat(IMAGE.instructions())
                .noneMatch(instruction -> instruction.arguments().contains("--chown"));
    }
}

# syntax=docker/dockerfile:1

FROM maven:3.9.16-eclipse-temurin-25-noble AS build
WORKDIR /build
COPY pom.xml LICENSE NOTICE ./
COPY src/main src/main
# Tests and formatting are checked where the source is, before an image is made of it.
RUN --mount=type=cache,target=/root/.m2 \
    mvn --batch-mode --no-transfer-progress -Dmaven.test.skip=true -Dspotless.check.skip=true package
RUN java -Djarmode=tools -jar target/rolesmith.jar extract --layers --destination extracted
COPY src/main/docker/HttpProbe.java src/main/docker/Training.java ./
RUN javac -d probe HttpProbe.java && javac -d training Training.java

FROM eclipse-temurin:25.0.4.1_1-jre-noble AS run
WORKDIR /opt/rolesmith
# Who collects the log of a container reads JSON; empty for plain text.
ENV LOGGING_STRUCTURED_FORMAT_CONSOLE=ecs
# From what changes least to what changes most, so that an ordinary new version, made by a builder that kept its cache,
# ships only the last layers. Root owns all of it: the process can read its code but not change it.
COPY LICENSE NOTICE ./
COPY --from=build /build/probe/ probe/
COPY --from=build /build/extracted/dependencies/ ./
COPY --from=build /build/extracted/spring-boot-loader/ ./
COPY --from=build /build/extracted/snapshot-dependencies/ ./
COPY --from=build /build/extracted/application/ ./

# Starts the service without any database, on the very JVM and files that it will run on, and keeps what was loaded, linked
# and profiled on the way. A start that fails ends the build.
FROM run AS training
COPY --from=build /build/training/ /training/
RUN ["java", "-cp", "/training", "Training", "/tmp/rolesmith.aot", "-XX:+UseSerialGC"]

FROM run
# VERSION follows pom.xml; REVISION is the commit: docker build --build-arg REVISION=$(git rev-parse HEAD) .
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Rolesmith" \
      org.opencontainers.image.description="The service through which an organisation's workloads get their AWS IAM roles" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

COPY --from=training /tmp/rolesmith.aot ./

# By number, so that Kubernetes can see that it is not root.
USER 10001:10001
# The only place that is written to; everything else works with a read-only root file system.
VOLUME /tmp
EXPOSE 8080

# Without the service's JVM options: a second JVM with the same debugger or agent port could not start.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --start-interval=2s --retries=3 \
    CMD ["env", "-u", "JDK_JAVA_OPTIONS", "-u", "JAVA_TOOL_OPTIONS", "java", "-Xmx16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", "probe", "HttpProbe", "http://127.0.0.1:8080/actuator/health/readiness"]

# The collector is the one that the JVM chooses itself below two cores or 1792 MB, said here so that it is the one of the
# training. A third of a start was compiling what hardly runs again, so compiling begins after twice as many calls.
# More options, another collector or an -Xmx in place of the percentage: JDK_JAVA_OPTIONS.
ENTRYPOINT ["java", "-XX:AOTCache=rolesmith.aot", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=75", "-XX:+ExitOnOutOfMemoryError", "-XX:CompileThresholdScaling=2", "-jar", "rolesmith.jar"]

package io.rolesmith.iam.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;

/** The managed policies that AWS keeps in every account, by path and name. */
final class AwsManagedPolicies {

    private static final String RESOURCE = "/sandbox/aws-managed-policies.txt";

    private AwsManagedPolicies() {}

    /** @param pathAndName what follows {@code :policy/}, {@code service-role/AmazonECSTaskExecutionRolePolicy} for one */
    static boolean contains(String pathAndName) {
        return Listed.POLICIES.contains(pathAndName);
    }

    /** Read when first asked for: many runs never do. */
    private static final class Listed {
        static final Set<String> POLICIES = read();

        private static Set<String> read() {
            try (InputStream resource = AwsManagedPolicies.class.getResourceAsStream(RESOURCE)) {
                if (resource == null) {
                    throw new IllegalStateException(
                            "The list of AWS managed policies is not on the class path: " + RESOURCE);
                }
                return new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))
                        .lines()
                        .filter(line -> !line.startsWith("#"))
                        .collect(Collectors.toUnmodifiableSet());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

package io.rolesmith.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.RolesmithApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.ApplicationModule;
import org.springframework.modulith.core.ApplicationModules;

/** The picture of the house in docs/architecture.md, held against the packages as Modulith sees them. */
class ArchitectureDocumentTests {

    private static final Pattern ARROWS = Pattern.compile("^ +(\\w+) --> ([\\w &]+)$", Pattern.MULTILINE);
    private static final Pattern ROW = Pattern.compile("^\\| `(\\w+)` \\| [^|]+ \\| ([^|]+) \\|$", Pattern.MULTILINE);

    private static String document;
    private static ApplicationModules house;

    @BeforeAll
    static void read() throws IOException {
        document = Files.readString(Path.of("docs/architecture.md"));
        house = ApplicationModules.of(RolesmithApplication.class);
    }

    @Test
    void theDiagramHasTheArrowsThatAreThereButForShorterWays() {
        Map<String, Set<String>> drawn = new TreeMap<>();
        String diagram = document.substring(document.indexOf("```mermaid"));
        ARROWS.matcher(diagram.substring(0, diagram.indexOf("```\n", 3)))
                .results()
                .forEach(arrow -> drawn.computeIfAbsent(arrow.group(1), _ -> new TreeSet<>())
                        .addAll(Arrays.asList(arrow.group(2).split(" & ", -1))));

        assertThat(drawn).isEqualTo(withoutShorterWays(used()));
    }

    @Test
    void theTableSaysWhatEachPackageMayUse() {
        Map<String, Set<String>> said = new TreeMap<>();
        ROW.matcher(document)
                .results()
                .forEach(row -> said.put(
                        row.group(1),
                        switch (row.group(2)) {
                            case "–" -> Set.of();
                            case "all of these" -> {
                                Set<String> others = names();
                                others.remove(row.group(1));
                                yield others;
                            }
                            default -> new TreeSet<>(Arrays.asList(row.group(2).split(", ", -1)));
                        }));

        assertThat(said).isEqualTo(allowed());
    }

    @Test
    void nothingIsAllowedThatIsNotUsed() {
        assertThat(allowed()).isEqualTo(used());
    }

    private static Set<String> names() {
        return house.stream()
                .map(module -> module.getIdentifier().toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, Set<String>> used() {
        Map<String, Set<String>> used = new TreeMap<>();
        house.forEach(module -> used.put(
                module.getIdentifier().toString(),
                module.getDirectDependencies(house)
                        .uniqueModules()
                        .map(other -> other.getIdentifier().toString())
                        .collect(Collectors.toCollection(TreeSet::new))));
        return used;
    }

    /** Rooms of a package, {@code policy :: check}, count as the package. */
    private static Map<String, Set<String>> allowed() {
        Map<String, Set<String>> allowed = new TreeMap<>();
        for (String name : names()) {
            allowed.put(
                    name,
                    Arrays.stream(declaration(name).allowedDependencies())
                            .map(dependency -> dependency.split(" :: ", -1)[0])
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
        return allowed;
    }

    private static ApplicationModule declaration(String name) {
        try {
            return Class.forName("io.rolesmith." + name + ".package-info").getAnnotation(ApplicationModule.class);
        } catch (ClassNotFoundException e) {
            throw new AssertionError("No package-info.java in " + name, e);
        }
    }

    private static Map<String, Set<String>> withoutShorterWays(Map<String, Set<String>> arrows) {
        Map<String, Set<String>> reduced = new TreeMap<>();
        arrows.forEach((from, to) -> {
            Set<String> direct = new TreeSet<>(to);
            to.forEach(over -> direct.removeAll(reachable(over, arrows)));
            if (!direct.isEmpty()) {
                reduced.put(from, direct);
            }
        });
        return reduced;
    }

    private static Set<String> reachable(String from, Map<String, Set<String>> arrows) {
        Set<String> reachable = new TreeSet<>();
        arrows.getOrDefault(from, Set.of()).forEach(to -> {
            reachable.add(to);
            reachable.addAll(reachable(to, arrows));
        });
        return reachable;
    }
}

package io.rolesmith.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An invariant that cites a test which is not there is a promise that nobody keeps. */
class SecurityDocumentTests {

    private static final Pattern INVARIANT = Pattern.compile("- \\*\\*INV-(\\d+)\\*\\*");
    private static final Pattern CITED = Pattern.compile("`(\\w+Tests|\\w+Scenarios)(?:\\.(\\w+))*?(?:\\.(\\w+))?`");

    @Test
    void everyInvariantCitesTestsThatExist() throws IOException {
        Map<String, String> tests = tests();
        List<String> wrong = new ArrayList<>();
        List<String> invariants = invariants();

        for (String invariant : invariants) {
            List<MatchResult> cited = CITED.matcher(invariant).results().toList();
            if (cited.isEmpty()) {
                wrong.add(invariant.lines().findFirst().orElse("") + " cites no test");
            }
            for (MatchResult test : cited) {
                String text = tests.getOrDefault(test.group(1), "");
                boolean there = test.group(3) == null ? !text.isEmpty() : text.contains("void " + test.group(3) + "(");
                if (!there) {
                    wrong.add(test.group() + " is not there");
                }
            }
        }

        assertThat(invariants).hasSizeGreaterThan(30);
        assertThat(wrong).isEmpty();
    }

    @Test
    void invariantsAreNumberedInOrder() throws IOException {
        List<String> numbers = invariants().stream()
                .map(INVARIANT::matcher)
                .filter(matcher -> matcher.find())
                .map(matcher -> matcher.group(1))
                .toList();

        assertThat(numbers)
                .isEqualTo(IntStream.rangeClosed(1, numbers.size())
                        .mapToObj(Integer::toString)
                        .toList());
    }

    private static List<String> invariants() throws IOException {
        String document = Files.readString(Path.of("docs/SECURITY.md"));
        List<String> invariants = new ArrayList<>();
        List<Integer> starts =
                INVARIANT.matcher(document).results().map(MatchResult::start).toList();
        for (int i = 0; i < starts.size(); i++) {
            int end = i + 1 < starts.size() ? starts.get(i + 1) : document.length();
            invariants.add(document.substring(starts.get(i), end));
        }
        return invariants;
    }

    /** The source of each test by its simple name. */
    private static Map<String, String> tests() throws IOException {
        Map<String, String> tests = new HashMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                tests.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }
        return tests;
    }
}

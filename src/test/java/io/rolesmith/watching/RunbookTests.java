package io.rolesmith.watching;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.api.problem.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Whoever is woken by an alert, or asked about a problem, finds what to do. */
class RunbookTests {

    private static final Path RUNBOOK = Path.of("docs/runbook.md");
    private static final Pattern ENTRY = Pattern.compile("(?m)^### (.+)$");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern LINK = Pattern.compile("\\]\\(([a-z.]*)#([a-z0-9-]+)\\)");

    private static List<JsonNode> alerts() throws IOException {
        return new YAMLMapper()
                .readTree(Files.readString(Path.of("docs/alerts.yaml")))
                .at("/groups/0/rules")
                .valueStream()
                .toList();
    }

    private static List<String> entries(String begin, String end) throws IOException {
        String text = Files.readString(RUNBOOK);
        int until = end.isEmpty() ? text.length() : text.indexOf("\n## " + end);
        return ENTRY.matcher(text.substring(text.indexOf("\n## " + begin), until))
                .results()
                .map(entry -> entry.group(1))
                .toList();
    }

    @Test
    void everyAlertHasItsEntryAndEveryEntryItsAlert() throws IOException {
        assertThat(entries("Alerts", "Problem codes"))
                .containsExactlyElementsOf(alerts().stream()
                        .map(alert -> alert.get("alert").asString())
                        .toList());
    }

    @Test
    void everyAlertSaysHowBadItIsAndWhatToDo() throws IOException {
        assertThat(alerts()).allSatisfy(alert -> {
            assertThat(alert.at("/labels/severity").asString()).isIn("critical", "warning");
            assertThat(alert.at("/annotations/summary").asString()).isNotEmpty();
            assertThat(alert.at("/annotations/runbook_url").asString())
                    .isEqualTo("docs/runbook.md#" + anchor(alert.get("alert").asString()));
        });
    }

    @Test
    void everyProblemCodeHasItsEntry() throws IOException {
        assertThat(entries("Problem codes", ""))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ProblemCode.values())
                        .map(ProblemCode::code)
                        .toList());
    }

    @Test
    void everyLinkLeadsToAHeading() throws IOException {
        for (String document : List.of("runbook.md", "operations.md")) {
            for (var link : LINK.matcher(Files.readString(Path.of("docs", document)))
                    .results()
                    .toList()) {
                String target = link.group(1).isEmpty() ? document : link.group(1);
                assertThat(anchors(target))
                        .as("%s in %s", link.group(), document)
                        .contains(link.group(2));
            }
        }
    }

    private static Set<String> anchors(String document) throws IOException {
        return Stream.of(Files.readString(Path.of("docs", document)))
                .flatMap(text -> HEADING.matcher(text).results())
                .map(heading -> anchor(heading.group(1)))
                .collect(Collectors.toSet());
    }

    /** As GitHub makes it of a heading. */
    private static String anchor(String heading) {
        return heading.toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9 -]", "")
                .replace(' ', '-');
    }
}

package io.rolesmith.policy.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.access.SimulatorCases.Case;
import io.rolesmith.policy.access.SimulatorCases.Document;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Holds our decisions against those of another simulator, which runs as a program of its own.
 *
 * <p>A disagreement counts as explained when it vanishes once we read the policies as the other one is known to read
 * them, and the difference in reading stands in {@code src/test/differential/disagreements.md}. It runs only in the
 * profile {@code differential}; its README says how.
 */
class SimulatorDifferential {

    private static final Path HOME = Path.of("src/test/differential");
    private static final int PAIRS = Integer.getInteger("differential.pairs", 24_000);
    private static final int BATCH = 400;

    /** What the other simulator's answers mean in ours. */
    private static final Map<String, Decision> DECISIONS = Map.of(
            "\"Allowed\"", Decision.ALLOWED,
            "\"ExplicitlyDenied\"", Decision.EXPLICIT_DENY,
            "\"ImplicitlyDenied\"", Decision.IMPLICIT_DENY);

    @Test
    void disagreesOnlyWhereTheFileSaysWhy() throws IOException, InterruptedException {
        long seed = Long.getLong("differential.seed", System.nanoTime());
        System.out.println("SimulatorDifferential, seed " + seed);
        assertThat(HOME.resolve("node_modules"))
                .as("Run npm install in %s first", HOME)
                .isDirectory();
        SimulatorCases cases = new SimulatorCases(new Random(seed));
        Map<Decision, Integer> agreed = new EnumMap<>(Decision.class);
        Map<SimulatorReading, Integer> explained = new TreeMap<>();
        List<String> unexplained = new ArrayList<>();
        int several = 0;
        Process simulator = new ProcessBuilder("node", "simulate.js")
                .directory(HOME.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedWriter questions = simulator.outputWriter();
                BufferedReader answers = simulator.inputReader()) {
            for (int asked = 0; asked < PAIRS; ) {
                List<Case> batch = new ArrayList<>();
                for (; batch.size() < BATCH && asked < PAIRS; asked++) {
                    batch.add(cases.next());
                }
                for (Case one : batch) {
                    questions.write(one.json());
                    questions.newLine();
                }
                questions.flush();
                for (Case one : batch) {
                    Decision theirs = decision(answers.readLine(), one);
                    Decision ours = decide(one);
                    assertThat(decide(one, one.openContext()))
                            .as("With less said of the context, %s, seed %d", one.json(), seed)
                            .isIn(ours, Decision.UNDETERMINED);
                    if (ours == theirs) {
                        agreed.merge(ours, 1, Integer::sum);
                        continue;
                    }
                    Set<SimulatorReading> why = explanation(one, theirs);
                    if (why.isEmpty()) {
                        unexplained.add(ours + " here, " + theirs + " there: " + one.json());
                    }
                    several += why.size() > 1 ? 1 : 0;
                    why.forEach(reading -> explained.merge(reading, 1, Integer::sum));
                }
            }
        }
        assertThat(simulator.waitFor()).isZero();

        int agreements = agreed.values().stream().mapToInt(Integer::intValue).sum();
        System.out.printf(
                "%d pairs, %d agreements %s, %d explained disagreements (%d by more than one reading), %d unexplained%n",
                PAIRS, agreements, agreed, PAIRS - agreements - unexplained.size(), several, unexplained.size());
        explained.entrySet().stream()
                .sorted(Map.Entry.<SimulatorReading, Integer>comparingByValue(Comparator.reverseOrder()))
                .forEach(entry -> System.out.printf("  %6d  %s%n", entry.getValue(), entry.getKey()));
        assertThat(unexplained).isEmpty();
        assertThat(agreed.keySet()).contains(Decision.ALLOWED, Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY);
        String file = Files.readString(HOME.resolve("disagreements.md"));
        for (SimulatorReading reading : SimulatorReading.values()) {
            assertThat(file).contains("## " + reading + "\n");
        }
    }

    /**
     * The other simulator's readings that make us decide as it does: one by itself, or all that apply, one after the
     * other.
     */
    private static Set<SimulatorReading> explanation(Case one, Decision theirs) {
        Set<SimulatorReading> applied = EnumSet.noneOf(SimulatorReading.class);
        Case all = one;
        for (SimulatorReading reading : SimulatorReading.values()) {
            Case read = one.readAs(reading);
            if (!read.equals(one) && decide(read) == theirs) {
                return Set.of(reading);
            }
            Case next = all.readAs(reading);
            if (!next.equals(all)) {
                applied.add(reading);
            }
            all = next;
        }
        return decide(all) == theirs ? applied : Set.of();
    }

    private static Decision decide(Case one) {
        return decide(one, one.context());
    }

    private static Decision decide(Case one, Map<String, List<String>> context) {
        List<NamedPolicy> policies = new ArrayList<>();
        for (Document document : one.policies()) {
            policies.add(NamedPolicy.of("p" + policies.size(), PolicyDocument.parse(document.json())));
        }
        Optional<NamedPolicy> boundary =
                one.boundary().map(document -> NamedPolicy.of("boundary", PolicyDocument.parse(document.json())));
        return AccessEvaluator.decide(
                        new Permissions(policies, boundary), new AccessRequest(one.action(), one.resource(), context))
                .decision();
    }

    private static Decision decision(String answer, Case one) {
        for (Map.Entry<String, Decision> decision : DECISIONS.entrySet()) {
            if (answer.equals("{\"decision\":" + decision.getKey() + "}")) {
                return decision.getValue();
            }
        }
        throw new AssertionError("The other simulator answers " + answer + " to " + one.json());
    }
}

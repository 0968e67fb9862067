package io.rolesmith.policy.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FormulasTests {

    private static final int ATOMS = 5;
    private static final int ASSIGNMENTS = 1 << ATOMS;

    /** A formula is its truth table: one bit for each of the assignments. */
    @Test
    void areEqualExactlyWhenTheirTruthTablesAre() {
        long seed = System.nanoTime();
        System.out.println("FormulasTests seed " + seed);
        Random random = new Random(seed);
        Formulas formulas = new Formulas(new Effort(10_000_000));
        List<Integer> made = new ArrayList<>(List.of(Formulas.FALSE, Formulas.TRUE));
        List<Integer> tables = new ArrayList<>(List.of(0, -1));
        for (int atom = 0; atom < ATOMS; atom++) {
            made.add(formulas.atom(atom));
            int table = 0;
            for (int assignment = 0; assignment < ASSIGNMENTS; assignment++) {
                table |= ((assignment >> atom) & 1) << assignment;
            }
            tables.add(table);
        }
        Map<Integer, Integer> byTable = new HashMap<>();
        for (int i = 0; i < made.size(); i++) {
            byTable.put(tables.get(i), made.get(i));
        }
        for (int round = 0; round < 20_000; round++) {
            int left = random.nextInt(made.size());
            int right = random.nextInt(made.size());
            int formula;
            int table;
            switch (random.nextInt(4)) {
                case 0 -> {
                    formula = formulas.not(made.get(left));
                    table = ~tables.get(left);
                }
                case 1 -> {
                    formula = formulas.and(made.get(left), made.get(right));
                    table = tables.get(left) & tables.get(right);
                }
                case 2 -> {
                    formula = formulas.or(made.get(left), made.get(right));
                    table = tables.get(left) | tables.get(right);
                }
                // Keeps the tables from running out into all and nothing.
                default -> {
                    formula = formulas.or(
                            formulas.and(made.get(left), formulas.not(made.get(right))),
                            formulas.and(formulas.not(made.get(left)), made.get(right)));
                    table = tables.get(left) ^ tables.get(right);
                }
            }
            Integer known = byTable.putIfAbsent(table, formula);
            assertThat(known == null ? formula : known)
                    .as("seed %s, round %s", seed, round)
                    .isEqualTo(formula);
            assertThat(formulas.exceeds(made.get(left), made.get(right)))
                    .isEqualTo((tables.get(left) & ~tables.get(right)) != 0);
            made.add(formula);
            tables.add(table);
        }
        assertThat(byTable.size()).as("formulas that differ").isGreaterThan(400);
        assertThat(byTable.values()).doesNotHaveDuplicates();
    }

    @Test
    void endWithTheirEffort() {
        Formulas formulas = new Formulas(new Effort(1_000));

        assertThatThrownBy(() -> {
                    int parity = Formulas.FALSE;
                    for (int i = 0; i < 1_000; i++) {
                        int atom = formulas.atom(i);
                        parity = formulas.or(
                                formulas.and(parity, formulas.not(atom)), formulas.and(formulas.not(parity), atom));
                    }
                })
                .isInstanceOf(Effort.Exhausted.class);
    }
}

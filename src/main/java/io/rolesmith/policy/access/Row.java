package io.rolesmith.policy.access;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Formulas in a row, equal when all of them are. */
final class Row {

    private final int[] formulas;

    /** Keeps the array itself: whoever hands it over must not write to it afterwards. */
    Row(int[] formulas) {
        this.formulas = formulas;
    }

    int get(int index) {
        return formulas[index];
    }

    /** The indexes at which something is possible. */
    int[] possible() {
        int[] possible = new int[formulas.length];
        int count = 0;
        for (int index = 0; index < formulas.length; index++) {
            if (formulas[index] != Formulas.FALSE) {
                possible[count++] = index;
            }
        }
        return Arrays.copyOf(possible, count);
    }

    /** Of this row only these indexes, in this order. */
    Row only(int[] indexes) {
        int[] part = new int[indexes.length];
        for (int i = 0; i < indexes.length; i++) {
            part[i] = formulas[indexes[i]];
        }
        return new Row(part);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Row row && Arrays.equals(formulas, row.formulas);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(formulas);
    }
}

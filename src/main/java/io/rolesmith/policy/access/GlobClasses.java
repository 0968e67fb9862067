package io.rolesmith.policy.access;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which of several patterns can be matched by one and the same text.
 *
 * <p>All patterns are run side by side as automata, over the characters that stand in them and one that stands for all
 * others. What they accept together, in any state that can be reached, is a class of texts.
 */
final class GlobClasses {

    private static final int END = -3;
    private static final int OTHER = -4;

    private final Effort effort;

    // The symbols of all patterns one after another, each pattern with an end; a position is an index into them.
    private final int[] symbols;
    private final int[] patterns;
    private final boolean[] inHead;
    private final int[] starts;

    private final int[] mark;
    private int marked;
    private final int[] next;
    private int count;

    private GlobClasses(List<WildcardText> globs, Effort effort) {
        this.effort = effort;
        int size = globs.stream().mapToInt(glob -> glob.symbols().length + 1).sum();
        effort.spend(size);
        symbols = new int[size];
        patterns = new int[size];
        inHead = new boolean[size];
        starts = new int[globs.size()];
        mark = new int[size];
        next = new int[size];
        int position = 0;
        for (int pattern = 0; pattern < globs.size(); pattern++) {
            WildcardText glob = globs.get(pattern);
            starts[pattern] = position;
            Arrays.fill(inHead, position, position + glob.head(), true);
            Arrays.fill(patterns, position, position + glob.symbols().length + 1, pattern);
            System.arraycopy(glob.symbols(), 0, symbols, position, glob.symbols().length);
            position += glob.symbols().length;
            symbols[position++] = END;
        }
    }

    /**
     * All sets of patterns, by index, that some text matches while it matches no other; among them the empty one, unless
     * every text matches something.
     *
     * @throws Effort.Exhausted when there are too many
     */
    static Set<BitSet> of(List<WildcardText> globs, Effort effort) {
        return new GlobClasses(globs, effort).explore();
    }

    private Set<BitSet> explore() {
        Set<BitSet> classes = new LinkedHashSet<>();
        Set<State> seen = new HashSet<>();
        ArrayDeque<State> open = new ArrayDeque<>();
        marked++;
        for (int start : starts) {
            reach(start);
        }
        State first = reached();
        seen.add(first);
        open.add(first);
        while (!open.isEmpty()) {
            State state = open.remove();
            BitSet accepted = new BitSet();
            for (int position : state.positions) {
                if (symbols[position] == END) {
                    accepted.set(patterns[position]);
                }
            }
            classes.add(accepted);
            for (int character : charactersFrom(state)) {
                State following = step(state, character);
                if (seen.add(following)) {
                    open.add(following);
                }
            }
        }
        return classes;
    }

    /** Those that tell positions apart. */
    private int[] charactersFrom(State state) {
        int[] characters = new int[state.positions.length + 1];
        int size = 0;
        for (int position : state.positions) {
            if (symbols[position] >= 0) {
                characters[size++] = symbols[position];
            } else if (inHead[position]) {
                characters[size++] = ':';
            }
        }
        Arrays.sort(characters, 0, size);
        int distinct = 0;
        for (int i = 0; i < size; i++) {
            if (distinct == 0 || characters[distinct - 1] != characters[i]) {
                characters[distinct++] = characters[i];
            }
        }
        characters[distinct++] = OTHER;
        return Arrays.copyOf(characters, distinct);
    }

    private State step(State state, int character) {
        effort.spend(8 + state.positions.length);
        marked++;
        count = 0;
        for (int position : state.positions) {
            int symbol = symbols[position];
            if (symbol == character) {
                reach(position + 1);
            } else if ((symbol == WildcardText.STAR || symbol == WildcardText.ANY)
                    && !(inHead[position] && character == ':')) {
                reach(symbol == WildcardText.STAR ? position : position + 1);
            }
        }
        return reached();
    }

    private void reach(int position) {
        for (int reached = position; mark[reached] != marked; reached++) {
            mark[reached] = marked;
            next[count++] = reached;
            if (symbols[reached] != WildcardText.STAR) {
                return;
            }
        }
    }

    private State reached() {
        int[] positions = Arrays.copyOf(next, count);
        Arrays.sort(positions);
        return new State(positions, Arrays.hashCode(positions));
    }

    /** The positions that the patterns may be at after the same text. */
    private record State(int[] positions, int hash) {

        @Override
        public boolean equals(Object other) {
            return other instanceof State state && Arrays.equals(positions, state.positions);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }
}

package io.rolesmith.policy.access;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Boolean formulas over atoms, each formula a number: equal formulas have equal numbers, so one that cannot be true is
 * {@link #FALSE}.
 *
 * <p>They are reduced ordered binary decision diagrams. An atom is a fact about a request that we do not look into, such
 * as that a condition holds; all atoms are free, as if any of them could be true together. Where they cannot, more is
 * taken for possible than is, never less.
 */
final class Formulas {

    static final int FALSE = 0;
    static final int TRUE = 1;

    /** Formulas nest as deep as there are atoms, and so does the recursion over them. */
    private static final int MAX_ATOMS = 1_500;

    private static final int UNKNOWN = -1;
    private static final int CACHE = 1 << 14;

    private final Effort effort;
    private final Map<Object, Integer> atoms = new HashMap<>();

    // A node is "if atom then high else low"; nodes of atoms seen earlier stand above those of later ones.
    private int[] atom = new int[256];
    private int[] low = new int[256];
    private int[] high = new int[256];
    private int[] negation = new int[256];
    private int nodes = 2;

    // Finds nodes by content: open addressing, at most half full, 0 for a free place.
    private int[] places = new int[1024];

    private final long[] asked = new long[CACHE];
    private final int[] answered = new int[CACHE];

    Formulas(Effort effort) {
        this.effort = effort;
        atom[FALSE] = Integer.MAX_VALUE;
        atom[TRUE] = Integer.MAX_VALUE;
        negation[FALSE] = TRUE;
        negation[TRUE] = FALSE;
    }

    /** The atom of this name, which may be any value; the same name is the same atom. */
    int atom(Object name) {
        Integer known = atoms.get(name);
        if (known == null) {
            if (atoms.size() == MAX_ATOMS) {
                throw new Effort.Exhausted();
            }
            known = atoms.size();
            atoms.put(name, known);
        }
        return node(known, FALSE, TRUE);
    }

    int not(int formula) {
        if (negation[formula] != UNKNOWN) {
            return negation[formula];
        }
        int negated = node(atom[formula], not(low[formula]), not(high[formula]));
        negation[formula] = negated;
        negation[negated] = formula;
        return negated;
    }

    int or(int left, int right) {
        return left == FALSE ? right : right == FALSE ? left : not(and(not(left), not(right)));
    }

    int and(int left, int right) {
        if (left == right || right == TRUE) {
            return left;
        }
        if (left == TRUE) {
            return right;
        }
        if (left == FALSE || right == FALSE || negation[left] == right) {
            return FALSE;
        }
        long question = left < right ? ((long) left << 32) | right : ((long) right << 32) | left;
        int place = (int) ((question * 0x9E3779B97F4A7C15L) >>> 50);
        if (asked[place] == question) {
            return answered[place];
        }
        effort.spend(2);
        int first = Math.min(atom[left], atom[right]);
        int answer = node(
                first,
                and(atom[left] == first ? low[left] : left, atom[right] == first ? low[right] : right),
                and(atom[left] == first ? high[left] : left, atom[right] == first ? high[right] : right));
        asked[place] = question;
        answered[place] = answer;
        return answer;
    }

    /** Whether {@code left} can be true where {@code right} is not. */
    boolean exceeds(int left, int right) {
        return left != right && and(left, not(right)) != FALSE;
    }

    private int node(int ofAtom, int ifFalse, int ifTrue) {
        if (ifFalse == ifTrue) {
            return ifFalse;
        }
        int place = place(ofAtom, ifFalse, ifTrue);
        int there = places[place];
        if (there != 0) {
            return there;
        }
        effort.spend(4);
        if (nodes == atom.length) {
            grow();
        }
        if (nodes * 2 > places.length) {
            rehash();
            place = place(ofAtom, ifFalse, ifTrue);
        }
        atom[nodes] = ofAtom;
        low[nodes] = ifFalse;
        high[nodes] = ifTrue;
        negation[nodes] = UNKNOWN;
        places[place] = nodes;
        return nodes++;
    }

    private int place(int ofAtom, int ifFalse, int ifTrue) {
        long content = (ofAtom * 0x9E3779B97F4A7C15L + ifFalse) * 0xC2B2AE3D27D4EB4FL + ifTrue;
        int mask = places.length - 1;
        int place = (int) ((content * 0x9E3779B97F4A7C15L) >>> 32) & mask;
        for (int there = places[place]; there != 0; there = places[place]) {
            if (atom[there] == ofAtom && low[there] == ifFalse && high[there] == ifTrue) {
                break;
            }
            place = (place + 1) & mask;
        }
        return place;
    }

    private void grow() {
        int size = nodes * 2;
        atom = Arrays.copyOf(atom, size);
        low = Arrays.copyOf(low, size);
        high = Arrays.copyOf(high, size);
        negation = Arrays.copyOf(negation, size);
    }

    private void rehash() {
        places = new int[places.length * 2];
        for (int node = 2; node < nodes; node++) {
            places[place(atom[node], low[node], high[node])] = node;
        }
    }
}

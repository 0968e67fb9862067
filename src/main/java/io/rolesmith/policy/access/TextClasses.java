package io.rolesmith.policy.access;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The classes of texts that patterns tell apart, each given by the patterns that its texts match and when they do.
 *
 * <p>Where there are too many, there is one class in which any pattern may be matched, each as an atom says.
 */
final class TextClasses {

    /** No more than this of an effort goes into one set of patterns. */
    private static final long SHARE = 500_000;

    /** Patterns with a wildcard in the head beyond which they are not held against each other. */
    private static final int MAX_IN_HEAD = 200;

    private final Formulas formulas;
    private final Effort effort;
    private final List<WildcardText> globs = new ArrayList<>();

    /** By glob, what is known of whoever matches it. */
    private final List<List<Match>> matches = new ArrayList<>();

    private TextClasses(Formulas formulas, Effort effort) {
        this.formulas = formulas;
        this.effort = effort;
    }

    /** That a pattern is matched when a formula is true. */
    private record Match(String pattern, int when) {}

    /** The classes under patterns of actions, whose wildcards take every character. */
    static List<Map<String, Integer>> ofActions(Set<String> patterns, Formulas formulas, Effort effort) {
        TextClasses classes = new TextClasses(formulas, effort);
        for (String pattern : patterns) {
            classes.add(WildcardText.pattern(pattern)).add(new Match(pattern, Formulas.TRUE));
        }
        return classes.classes(patterns);
    }

    /**
     * The classes under patterns of ARNs.
     *
     * <p>AWS says that wildcards are for use within a segment, and that a star at its end may go beyond the colon. Either
     * may be: such a pattern matches segment by segment, and beyond that when an atom says so.
     *
     * @see <a
     *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html">Wildcards in
     *     resource ARNs</a>
     */
    static List<Map<String, Integer>> ofResources(Set<String> patterns, Formulas formulas, Effort effort) {
        TextClasses classes = new TextClasses(formulas, effort);
        List<String> inHead = patterns.stream()
                .filter(pattern -> WildcardText.arn(pattern).hasWildcardInHead())
                .toList();
        Map<String, List<Match>> openings = new HashMap<>();
        for (String pattern : patterns) {
            WildcardText glob = WildcardText.arn(pattern);
            classes.add(glob).add(new Match(pattern, Formulas.TRUE));
            if (glob.hasWildcardInHead()) {
                openings.computeIfAbsent(pattern.substring(0, glob.literals()), _ -> classes.add(glob.opening()))
                        .add(new Match(pattern, classes.beyondSegments(pattern, inHead)));
            }
        }
        return classes.classes(patterns);
    }

    /** What is known of whoever matches {@code glob}, to be filled in. */
    private List<Match> add(WildcardText glob) {
        List<Match> known = new ArrayList<>();
        globs.add(glob);
        matches.add(known);
        return known;
    }

    /** When the pattern matches as its wildcards take colons: always when one does that it covers. */
    private int beyondSegments(String pattern, List<String> inHead) {
        int beyond = beyond(pattern);
        if (inHead.size() <= MAX_IN_HEAD) {
            WildcardText covering = WildcardText.pattern(pattern);
            for (String covered : inHead) {
                effort.spend(4);
                if (covering.covers(WildcardText.pattern(covered))) {
                    beyond = formulas.or(beyond, beyond(covered));
                }
            }
        }
        return beyond;
    }

    private int beyond(String pattern) {
        return formulas.atom(List.of("beyond segments", pattern));
    }

    private List<Map<String, Integer>> classes(Set<String> patterns) {
        Effort loan = effort.lend(SHARE);
        try {
            return GlobClasses.of(globs, loan).stream().map(this::textClass).toList();
        } catch (Effort.Exhausted tooMany) {
            Map<String, Integer> any = new HashMap<>();
            for (String pattern : patterns) {
                any.put(
                        pattern,
                        pattern.equals("*") ? Formulas.TRUE : formulas.atom(List.of("matches a pattern", pattern)));
            }
            return List.of(any);
        } finally {
            effort.giveBack(loan);
        }
    }

    private Map<String, Integer> textClass(BitSet matched) {
        Map<String, Integer> textClass = new HashMap<>();
        for (int glob = matched.nextSetBit(0); glob >= 0; glob = matched.nextSetBit(glob + 1)) {
            for (Match match : matches.get(glob)) {
                textClass.merge(match.pattern, match.when, formulas::or);
            }
        }
        return textClass;
    }
}

package io.rolesmith.policy.access;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Effect;
import io.rolesmith.policy.Principals;
import io.rolesmith.policy.Statement;
import io.rolesmith.policy.Values;
import io.rolesmith.policy.Wildcards;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;

/**
 * All requests that some policies can tell apart, divided into regions.
 *
 * <p>A region is a class of actions together with a class of resources, or of principals where the policies are trust
 * policies: to all requests in it the same statements apply. What is left to decide within a region are the conditions,
 * which are formulas. Regions in which every policy says the same are one.
 *
 * <p>Whatever is not known becomes an atom of a formula: both are then held for possible.
 */
final class AccessSpace {

    private static final String VERSION_WITH_VARIABLES = "2012-10-17";
    private static final int COLONS_OF_AN_ARN = 5;

    private final Formulas formulas;
    private final Effort effort;
    private final Map<PolicyInForce, Integer> policies = new LinkedHashMap<>();
    private final List<Line> lines = new ArrayList<>();
    private final boolean changesAnywhere;
    private final List<Row> regions;
    private boolean allowsElsewhere;

    /**
     * The space of these policies.
     *
     * @param constant policies that are always in force; where only they speak, nothing is divided
     * @param changing policies that are in force at times
     * @param anotherBoundary whether the boundary changes: what a boundary does not speak of it takes away
     * @param trust whether they are trust policies, which speak of principals instead of resources
     * @throws Effort.Exhausted when there is too much in it
     */
    AccessSpace(
            Set<PolicyInForce> constant,
            Set<PolicyInForce> changing,
            boolean anotherBoundary,
            boolean trust,
            Effort effort) {
        this.effort = effort;
        this.formulas = new Formulas(effort);
        this.changesAnywhere = anotherBoundary || changing.stream().anyMatch(AccessSpace::isUnread);
        this.allowsElsewhere = constant.stream().anyMatch(AccessSpace::isUnread);
        changing.forEach(policy -> read(policy, true));
        constant.forEach(policy -> read(policy, false));
        this.regions = List.copyOf(regions(actions(), trust ? principals() : resources()));
    }

    private static boolean isUnread(PolicyInForce policy) {
        return policy.policy().document().isEmpty();
    }

    /** A statement of one of the policies. */
    private record Line(int policy, boolean changes, Statement statement, boolean variables, RoleTags retagged) {

        boolean hasVariable(String resource) {
            return variables && resource.contains("${");
        }

        /** The resource pattern, covering whatever a variable in it may stand for. */
        String opened(String resource) {
            if (!hasVariable(resource)) {
                return resource;
            }
            int colons = 0;
            for (int i = 0; i < resource.indexOf("${"); i++) {
                colons += resource.charAt(i) == ':' ? 1 : 0;
            }
            return colons < COLONS_OF_AN_ARN ? "*" : Wildcards.openVariables(resource);
        }
    }

    private void read(PolicyInForce policy, boolean changes) {
        int index = policies.size();
        policies.put(policy, index);
        policy.policy().document().ifPresent(document -> {
            boolean variables = document.version().equals(VERSION_WITH_VARIABLES);
            for (Statement statement : document.statements()) {
                lines.add(new Line(index, changes, statement, variables, new RoleTags(policy.retagged())));
            }
        });
    }

    private int indexOf(PolicyInForce policy) {
        return Objects.requireNonNull(
                policies.get(policy),
                "Not a policy of this space: " + policy.policy().name());
    }

    Formulas formulas() {
        return formulas;
    }

    /** Whether something may be allowed where only constant policies speak, whatever else is in force. */
    boolean allowsElsewhere() {
        return allowsElsewhere;
    }

    /** For each region the formula that says when the policies in force allow a request in it. */
    int[] allowed(PoliciesInForce inForce) {
        int[] identity = inForce.identity().stream().mapToInt(this::indexOf).toArray();
        int boundary = inForce.boundary().map(this::indexOf).orElse(-1);
        int[] allowed = new int[regions.size()];
        effort.spend((long) allowed.length * (identity.length + 2));
        for (int i = 0; i < allowed.length; i++) {
            Row says = regions.get(i);
            int allows = Formulas.FALSE;
            int denies = Formulas.FALSE;
            for (int policy : identity) {
                allows = formulas.or(allows, says.get(2 * policy));
                denies = formulas.or(denies, says.get(2 * policy + 1));
            }
            if (boundary >= 0) {
                allows = formulas.and(allows, says.get(2 * boundary));
                denies = formulas.or(denies, says.get(2 * boundary + 1));
            }
            allowed[i] = formulas.and(allows, formulas.not(denies));
        }
        return allowed;
    }

    /**
     * Crosses the classes of actions with those of resources or principals, each a row of when every line speaks of it.
     *
     * @return what every policy says in each region: when it allows, and when it denies
     */
    private Set<Row> regions(Set<Row> actions, Set<Row> others) {
        ConditionFormulas conditions = new ConditionFormulas(formulas);
        lines.forEach(line -> conditions.note(line.statement.conditions(), line.variables, line.retagged));
        int[] met = lines.stream()
                .mapToInt(line -> conditions.allOf(line.statement.conditions(), line.variables, line.retagged))
                .toArray();
        Parts parts = new Parts(List.copyOf(others));
        Set<Row> found = new LinkedHashSet<>();
        for (Row action : actions) {
            int[] concerned = action.possible();
            if (isElsewhere(concerned)) {
                continue;
            }
            for (Row part : parts.of(concerned)) {
                int[] says = unread();
                effort.spend(says.length + concerned.length);
                boolean changes = changesAnywhere;
                for (int i = 0; i < concerned.length; i++) {
                    Line line = lines.get(concerned[i]);
                    int applies = formulas.and(formulas.and(action.get(concerned[i]), part.get(i)), met[concerned[i]]);
                    int place = 2 * line.policy + (line.statement.effect() == Effect.ALLOW ? 0 : 1);
                    says[place] = formulas.or(says[place], applies);
                    changes |= line.changes && applies != Formulas.FALSE;
                }
                if (changes) {
                    found.add(new Row(says));
                } else {
                    allowsElsewhere |= new Row(says).possible().length > 0;
                }
            }
        }
        return found;
    }

    /**
     * Rows, asked for a few lines at a time. Most rows say of these the same as the first one, which is that of a text that
     * matches little; only the others are looked at.
     */
    private final class Parts {

        private final List<Row> rows;

        /** By line, the rows that say something else than the first. */
        private final BitSet[] others = new BitSet[lines.size()];

        Parts(List<Row> rows) {
            this.rows = rows;
            effort.spend((long) rows.size() * lines.size());
            for (int line = 0; line < others.length; line++) {
                others[line] = new BitSet();
                for (int row = 1; row < rows.size(); row++) {
                    if (rows.get(row).get(line) != rows.getFirst().get(line)) {
                        others[line].set(row);
                    }
                }
            }
        }

        Set<Row> of(int[] concerned) {
            BitSet candidates = new BitSet();
            candidates.set(0);
            for (int line : concerned) {
                candidates.or(others[line]);
            }
            effort.spend((long) concerned.length * (1 + rows.size() / 64)
                    + (8L + concerned.length) * candidates.cardinality());
            Set<Row> parts = new LinkedHashSet<>();
            candidates.stream().forEach(row -> parts.add(rows.get(row).only(concerned)));
            return parts;
        }
    }

    /** Whether none of the lines changes. */
    private boolean isElsewhere(int[] concerned) {
        if (changesAnywhere) {
            return false;
        }
        for (int line : concerned) {
            if (lines.get(line).changes) {
                return false;
            }
            allowsElsewhere |= lines.get(line).statement.effect() == Effect.ALLOW;
        }
        return true;
    }

    /** What policies say before their statements are looked at: nothing, or anything where they could not be read. */
    private int[] unread() {
        int[] says = new int[2 * policies.size()];
        policies.forEach((policy, index) -> {
            if (policy.policy().document().isEmpty()) {
                says[2 * index] = formulas.atom(List.of("unread policy allows", policy));
                says[2 * index + 1] = formulas.atom(List.of("unread policy denies", policy));
            }
        });
        return says;
    }

    private Set<Row> actions() {
        Elements elements = new Elements();
        for (Line line : lines) {
            elements.add(line, line.statement.actions(), line.statement.notActions(), Ascii::lower, _ -> Formulas.TRUE);
        }
        return elements.rows(TextClasses.ofActions(elements.patterns(), formulas, effort));
    }

    private Set<Row> resources() {
        Elements elements = new Elements();
        for (Line line : lines) {
            elements.add(
                    line,
                    line.statement.resources(),
                    line.statement.notResources(),
                    line::opened,
                    resource -> variable(line, resource));
        }
        return elements.rows(TextClasses.ofResources(elements.patterns(), formulas, effort));
    }

    /** When the variable in a resource has the value that a text matching the opened resource needs. */
    private int variable(Line line, String resource) {
        return line.hasVariable(resource)
                ? formulas.atom(List.of("variable", resource, line.retagged.standIn(resource)))
                : Formulas.TRUE;
    }

    /** The Action and NotAction elements of all lines, or the Resource and NotResource ones. */
    private final class Elements {

        private final Map<String, List<Use>> uses = new LinkedHashMap<>();
        private final int[] without = new int[lines.size()];
        private final boolean[] negated = new boolean[lines.size()];
        private int line;

        /** That a line uses a pattern, under a condition. */
        private record Use(int line, int when) {}

        /** Adds the element of the next line. */
        void add(
                Line of,
                Values values,
                Values notValues,
                UnaryOperator<String> pattern,
                ToIntFunction<String> condition) {
            if (values.isPresent() == notValues.isPresent()) {
                // IAM takes no policy with neither or both; whatever it would make of one is possible.
                without[line] = formulas.atom(List.of("unclear", values.isPresent(), of.statement));
            } else {
                negated[line] = notValues.isPresent();
                for (String value : (negated[line] ? notValues : values).texts()) {
                    uses.computeIfAbsent(pattern.apply(value), _ -> new ArrayList<>())
                            .add(new Use(line, condition.applyAsInt(value)));
                }
            }
            line++;
        }

        Set<String> patterns() {
            return uses.keySet();
        }

        /** For each class of texts when every line speaks of them. */
        Set<Row> rows(List<Map<String, Integer>> classes) {
            Set<Row> rows = new LinkedHashSet<>();
            for (Map<String, Integer> textClass : classes) {
                effort.spend(4 + without.length + 4L * textClass.size());
                int[] speaks = without.clone();
                textClass.forEach((pattern, matches) -> {
                    for (Use use : uses.getOrDefault(pattern, List.of())) {
                        speaks[use.line] = formulas.or(speaks[use.line], formulas.and(matches, use.when));
                    }
                });
                for (int i = 0; i < speaks.length; i++) {
                    if (negated[i]) {
                        speaks[i] = formulas.not(speaks[i]);
                    }
                }
                rows.add(new Row(speaks));
            }
            return rows;
        }
    }

    private Set<Row> principals() {
        List<Principals.Group> named = new ArrayList<>();
        for (Line line : lines) {
            if (line.statement.principals() instanceof Principals.Listed listed) {
                named.addAll(listed.groups());
            }
        }
        Set<Row> rows = new LinkedHashSet<>();
        for (Party party : Party.all(named)) {
            effort.spend(4 + lines.size());
            rows.add(new Row(
                    lines.stream().mapToInt(line -> principal(line, party)).toArray()));
        }
        return rows;
    }

    private int principal(Line line, Party party) {
        return switch (line.statement.principals()) {
            case Principals.Absent _ -> formulas.atom(List.of("no principal", party, line.statement));
            case Principals.Anyone _ -> Formulas.TRUE;
            case Principals.Listed listed -> {
                int covers = Formulas.FALSE;
                for (Principals.Group group : listed.groups()) {
                    effort.spend(4L * group.values().texts().size());
                    for (String value : group.values().texts()) {
                        covers = formulas.or(covers, Party.covers(group.type(), value, party, formulas));
                    }
                }
                yield covers;
            }
        };
    }
}

package io.rolesmith.policy.check;

import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Quotes;
import io.rolesmith.policy.access.MatchedStatement;
import java.util.List;
import java.util.function.Function;

/**
 * Ways to more permissions that the same statements open.
 *
 * @param paths the permissions of each way, in short, and the worst first; at least one
 * @param gain what the first one leads to, as the end of a sentence
 * @param statements those that allow it; at least one
 * @param boundaryUnknown whether there is a permissions boundary that may forbid it and could not be read
 */
public record Escalation(List<String> paths, String gain, List<MatchedStatement> statements, boolean boundaryUnknown) {

    private static final int MOST_NAMED = 4;

    public Escalation {
        paths = List.copyOf(paths);
        statements = List.copyOf(statements);
    }

    /**
     * The finding {@code PRIVILEGE_ESCALATION}, at the first statement; the others are named by their policies.
     *
     * @param pointers where a statement stands in what was checked
     */
    public Finding finding(Function<MatchedStatement, String> pointers) {
        StringBuilder message =
                new StringBuilder("The role can ").append(gain).append(" by ").append(paths.getFirst());
        if (paths.size() > 1) {
            int named = Math.min(paths.size(), MOST_NAMED);
            message.append("; ")
                    .append(paths.size() - 1)
                    .append(
                            paths.size() == 2
                                    ? " other way to more permissions is "
                                    : " other ways to more permissions are ")
                    .append(String.join(", ", paths.subList(1, named)))
                    .append(paths.size() > named ? ", …" : "");
        }
        MatchedStatement first = statements.getFirst();
        if (statements.size() > 1) {
            message.append("; it takes this and ")
                    .append(String.join(
                            " and ",
                            statements.stream()
                                    .skip(1)
                                    .map(other -> other.policy().equals(first.policy())
                                            ? other.pointer()
                                            : other.pointer() + " of " + Quotes.quote(other.policy()))
                                    .toList()));
        }
        message.append(boundaryUnknown ? ", unless the permissions boundary forbids it." : ".");
        return Finding.securityWarning(
                "PRIVILEGE_ESCALATION",
                pointers.apply(first),
                message.toString(),
                "Name the resources that are meant, or have a permissions boundary demanded.");
    }
}

package io.rolesmith.policy.access;

import io.rolesmith.policy.Effect;
import io.rolesmith.policy.Quotes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the statements of one group of policies say of a request, and the decision that groups make together. */
final class Tally {

    private final List<MatchedStatement> denying = new ArrayList<>(1);
    private final List<MatchedStatement> allowing = new ArrayList<>(2);
    private final List<Doubt> doubts = new ArrayList<>(0);
    private final List<String> unread;

    /** A statement of which it is unknown whether it applies. */
    private record Doubt(MatchedStatement statement, String reason) {}

    /**
     * A tally without statements yet.
     *
     * @param unread names of policies whose statements are not known
     */
    Tally(List<String> unread) {
        this.unread = unread;
    }

    /** Counts a statement. */
    void add(MatchedStatement statement, Truth applies) {
        switch (applies) {
            case Truth.Known known -> {
                if (known == Truth.Known.TRUE) {
                    (statement.effect() == Effect.DENY ? denying : allowing).add(statement);
                }
            }
            case Truth.Unknown unknown -> doubts.add(new Doubt(statement, unknown.reason()));
        }
    }

    /** The decision of a group that nothing bounds. */
    AccessAnswer answer(String nothingAllows) {
        return answer(List.of(this), List.of(nothingAllows));
    }

    /**
     * The decision of groups that must all allow.
     *
     * <p>It is determined when it is the same however the unknown turns out: one certain deny is enough to deny, and one
     * certain allow in each group to allow when nothing may deny.
     *
     * @param nothingAllows by group, the sentence for when it is the one that does not allow
     */
    static AccessAnswer answer(List<Tally> groups, List<String> nothingAllows) {
        List<MatchedStatement> denying = new ArrayList<>(1);
        boolean mayDeny = false;
        Truth allowed = Truth.Known.TRUE;
        int refusing = -1;
        for (int i = 0; i < groups.size(); i++) {
            Tally group = groups.get(i);
            denying.addAll(group.denying);
            mayDeny |= group.mayDeny();
            Truth allows = group.allows();
            allowed = allowed.and(allows);
            if (allows.isFalse() && refusing < 0) {
                refusing = i;
            }
        }
        if (!denying.isEmpty()) {
            return new AccessAnswer(Decision.EXPLICIT_DENY, denying, Optional.empty());
        }
        if (mayDeny || allowed instanceof Truth.Unknown) {
            return undetermined(groups, allowed);
        }
        if (refusing >= 0) {
            return new AccessAnswer(Decision.IMPLICIT_DENY, List.of(), Optional.of(nothingAllows.get(refusing)));
        }
        List<MatchedStatement> allowing = new ArrayList<>();
        groups.forEach(group -> allowing.addAll(group.allowing));
        return new AccessAnswer(Decision.ALLOWED, allowing, Optional.empty());
    }

    private static AccessAnswer undetermined(List<Tally> groups, Truth allowed) {
        List<MatchedStatement> hinges = new ArrayList<>();
        String reason = "";
        for (Tally group : groups) {
            if (reason.isEmpty() && !group.unread.isEmpty()) {
                reason = "The policy " + Quotes.quote(group.unread.getFirst()) + " could not be read.";
            }
            boolean allowsMatter = allowed instanceof Truth.Unknown && group.allows() instanceof Truth.Unknown;
            for (Doubt doubt : group.doubts) {
                if (doubt.statement().effect() == Effect.DENY || allowsMatter) {
                    hinges.add(doubt.statement());
                    reason = reason.isEmpty() ? doubt.reason() : reason;
                }
            }
        }
        return new AccessAnswer(Decision.UNDETERMINED, hinges, Optional.of(reason));
    }

    private boolean mayDeny() {
        return !unread.isEmpty()
                || doubts.stream().anyMatch(doubt -> doubt.statement().effect() == Effect.DENY);
    }

    private Truth allows() {
        if (!allowing.isEmpty()) {
            return Truth.Known.TRUE;
        }
        if (!unread.isEmpty()) {
            return Truth.unknown("");
        }
        for (Doubt doubt : doubts) {
            if (doubt.statement().effect() == Effect.ALLOW) {
                return Truth.unknown(doubt.reason());
            }
        }
        return Truth.Known.FALSE;
    }
}

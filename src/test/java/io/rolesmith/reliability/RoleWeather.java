package io.rolesmith.reliability;

import static io.rolesmith.support.FaultProxy.Refused.DENIED;
import static io.rolesmith.support.FaultProxy.Refused.THROTTLED;
import static io.rolesmith.support.FaultProxy.Refused.UNSEEN;
import static io.rolesmith.support.FaultProxy.Refused.UNTAGGED;

import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.FaultProxy.Failed;
import io.rolesmith.support.FaultProxy.Fault;
import io.rolesmith.support.FaultProxy.Lagging;
import io.rolesmith.support.FaultProxy.Late;
import io.rolesmith.support.FaultProxy.Lost;
import io.rolesmith.support.FaultProxy.Reach;
import io.rolesmith.support.FaultProxy.Refused;
import io.rolesmith.support.FaultProxy.Slow;
import io.rolesmith.support.QueryForm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the calls for one role in one account go through, one after the other. It counts, so that what is not to outlast
 * Rolesmith's budgets does not: five attempts at a write, three at a read, three looks at a role.
 */
final class RoleWeather implements FaultProxy.Weather {

    /** Longer than the suite's {@code rolesmith.iam.call-timeout}. */
    private static final Duration TOO_LONG = Duration.ofMillis(2400);

    /** So long after a write the reads may lag; well below the suite's {@code rolesmith.provisioning.propagation}. */
    private static final Duration LAG = Duration.ofSeconds(3);

    private static final Refused MET =
            new Refused(409, "ConcurrentModification", "The request was rejected because multiple requests met.");

    /** They need the role, and put something there. */
    private static final Set<String> PUTS = Set.of("AttachRolePolicy", "PutRolePolicy", "AddRoleToInstanceProfile");

    /** What a look at a role is made of. */
    private static final Set<String> LOOKS = Set.of(
            "GetRole", "ListAttachedRolePolicies", "ListRolePolicies", "GetRolePolicy", "ListInstanceProfilesForRole");

    /** After so many that show what is there, the next ones may lag again. */
    private static final int LOOKS_BETWEEN = 3;

    private static final int MOST_WRITE_FAULTS = 3;
    private static final int MOST_READ_FAULTS = 2;

    private final Schedule.Kind kind;
    private final Random random;
    private final Stranger stranger;
    private final List<String> happened = new ArrayList<>();
    private long wroteAt;
    private int calls;
    private int writeFaults;
    private int readFaults;
    private int cleanLooks = LOOKS_BETWEEN;
    private int looksToCome;
    private int laggingLooks;
    private int behind;
    private boolean lagging;
    private int sinceMade = Integer.MAX_VALUE;
    private String storm = "";
    private int stormy;

    RoleWeather(Schedule.Kind kind, Random random, Stranger stranger) {
        this.kind = kind;
        this.random = random;
        this.stranger = stranger;
    }

    /** What happened, by the number of the call. */
    synchronized List<String> happened() {
        return List.copyOf(happened);
    }

    @Override
    public synchronized @Nullable Fault of(QueryForm call) {
        calls++;
        if (random.nextDouble() < kind.strangers) {
            note(call, "before it, a stranger: " + stranger.meddle());
        }
        boolean faulty = random.nextDouble() < kind.faults;
        int sort = random.nextInt(100);
        int size = 1 + random.nextInt(3);
        Fault fault = call.writes() ? ofWrite(call, faulty, sort, size) : ofRead(call, faulty, sort, size);
        if (fault != null) {
            note(call, fault.toString());
        }
        return fault;
    }

    private @Nullable Fault ofWrite(QueryForm call, boolean faulty, int sort, int size) {
        wroteAt = System.nanoTime();
        sinceMade = call.action().equals("CreateRole") ? 0 : sinceMade + 1;
        if (stormy > 0 && storm.equals(call.action())) {
            stormy--;
            return sort < 50 ? DENIED : sort < 70 ? THROTTLED : new Failed(Reach.NOT_DONE);
        }
        if (!faulty || writeFaults >= MOST_WRITE_FAULTS) {
            writeFaults = 0;
            return null;
        }
        if (kind == Schedule.Kind.STORM && stormy == 0 && sort < 40) {
            storm = call.action();
            stormy = 4 + sort;
            return DENIED;
        }
        writeFaults++;
        if (sort < 20) {
            return THROTTLED;
        } else if (sort < 30) {
            return MET;
        } else if (sort < 40) {
            return new Failed(Reach.DONE);
        } else if (sort < 50) {
            return new Failed(Reach.NOT_DONE);
        } else if (sort < 60) {
            return new Lost(Reach.DONE);
        } else if (sort < 70) {
            return new Lost(Reach.NOT_DONE);
        } else if (sort < 80) {
            if (looksToCome > 0 || cleanLooks < LOOKS_BETWEEN) {
                return new Lost(Reach.DONE);
            }
            looksToCome = Math.min(size, 2);
            return new Late(looksToCome);
        } else if (sort < 90) {
            return DENIED;
        } else if (sort < 92) {
            return new Slow(TOO_LONG, sort == 90 ? Reach.DONE : Reach.NOT_DONE);
        } else if (PUTS.contains(call.action()) && sinceMade < 4) {
            return sort % 2 == 0 ? UNSEEN : UNTAGGED;
        }
        return THROTTLED;
    }

    private @Nullable Fault ofRead(QueryForm call, boolean faulty, int sort, int size) {
        if (faulty && readFaults < MOST_READ_FAULTS && sort < 30) {
            readFaults++;
            // The SDK's own pauses after throttling are long.
            return sort < 2
                    ? THROTTLED
                    : sort < 3
                            ? new Slow(TOO_LONG, Reach.NOT_DONE)
                            : sort < 15 ? new Failed(Reach.NOT_DONE) : new Lost(Reach.NOT_DONE);
        }
        readFaults = 0;
        if (call.action().equals("GetRole")) {
            if (!isRecent()) {
                laggingLooks = 0;
            }
            if (looksToCome > 0) {
                looksToCome--;
                cleanLooks = 0;
            } else if (laggingLooks == 0 && faulty && sort < 80 && cleanLooks >= LOOKS_BETWEEN && isRecent()) {
                laggingLooks = Math.min(size, 2);
                behind = 1 + sort % 3;
            }
            lagging = laggingLooks > 0;
            cleanLooks = lagging ? 0 : cleanLooks + 1;
            laggingLooks = Math.max(0, laggingLooks - 1);
        }
        return lagging && LOOKS.contains(call.action()) ? new Lagging(behind) : null;
    }

    private boolean isRecent() {
        return System.nanoTime() - wroteAt < LAG.toNanos();
    }

    private void note(QueryForm call, String what) {
        happened.add(calls + " " + call.action() + ": " + what);
    }
}

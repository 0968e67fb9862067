package io.rolesmith.request;

import io.rolesmith.audit.AuditEntry;
import io.rolesmith.audit.AuditOutcome;
import io.rolesmith.audit.AuditRepository;
import io.rolesmith.caller.Caller;
import io.rolesmith.caller.Scope;
import io.rolesmith.provisioning.JobId;
import io.rolesmith.provisioning.Provisioning;
import io.rolesmith.provisioning.RoleProgress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Role requests that are there: read, waited for, and left before their end or without one. */
@Component
public class RoleRequests {

    private final Requests requests;
    private final Provisioning provisioning;
    private final AuditRepository audit;
    private final Completions completions;
    private final RequestWork work;
    private final TransactionTemplate transaction;
    private final RequestMeters meters;
    private final InstantSource clock;

    RoleRequests(
            Requests requests,
            Provisioning provisioning,
            AuditRepository audit,
            Completions completions,
            RequestWork work,
            TransactionTemplate transaction,
            RequestMeters meters,
            InstantSource clock) {
        this.requests = requests;
        this.provisioning = provisioning;
        this.audit = audit;
        this.completions = completions;
        this.work = work;
        this.transaction = transaction;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * The request as it stands; empty if there is none, or the caller may not see it.
     *
     * @throws io.rolesmith.caller.ForbiddenException if the caller may not read roles
     */
    public Optional<RoleRequest> find(Caller caller, RequestId id) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        return requests.find(id)
                .filter(request -> caller.sees(request.team()))
                .map(request -> withRoles(List.of(request)).getFirst());
    }

    /** The request that {@code caller} has just submitted, as it stands. */
    public RoleRequest submitted(Caller caller, RequestId id) {
        caller.require(Scope.ROLES_REQUEST);
        return requests.find(id)
                .map(request -> withRoles(List.of(request)).getFirst())
                .orElseThrow();
    }

    /**
     * Requests that the caller may see, the latest first.
     *
     * @throws io.rolesmith.caller.ForbiddenException if the caller may not read roles
     */
    public List<RoleRequest> list(Caller caller, RequestQuery query) {
        caller.require(Scope.ROLES_READ, Scope.ROLES_REQUEST);
        return withRoles(requests.list(caller, query));
    }

    /** Waits until the request has ended, here or on another replica, but no longer than {@code atMost}. */
    public void await(RequestId id, Duration atMost) {
        completions.await(id, atMost, () -> requests.hasEnded(id));
    }

    private List<RoleRequest> withRoles(List<RoleRequest> found) {
        Map<JobId, List<RoleProgress>> progress = provisioning.progress(
                found.stream().map(request -> request.id().job()).toList());
        Map<JobId, Integer> positions = provisioning.queuePositions(found.stream()
                .filter(request -> request.status() == RequestStatus.QUEUED)
                .map(request -> request.id().job())
                .toList());
        return found.stream()
                .map(request -> request.with(
                        progress.getOrDefault(request.id().job(), List.of()),
                        positions.get(request.id().job())))
                .toList();
    }

    /**
     * Takes a request back that has not begun.
     *
     * @return empty if there is none that the caller may see
     * @throws WrongStateException if it has begun, or ended
     */
    public Optional<RoleRequest> cancel(Caller caller, RequestId id) {
        caller.require(Scope.ROLES_REQUEST);
        return leave(
                caller,
                id,
                "request.cancelled",
                null,
                "only what is queued can be cancelled",
                () -> provisioning.cancel(id.job()) && requests.cancel(id, clock.instant()));
    }

    /**
     * Gives up a request that needs attention. What it left in AWS stays as it is, and its roles may be asked for again.
     *
     * @return empty if there is none
     * @throws WrongStateException if it does not need attention
     */
    public Optional<RoleRequest> abandon(Caller caller, RequestId id, String comment) {
        caller.require(Scope.ADMIN);
        return leave(
                caller,
                id,
                "request.abandoned",
                comment,
                "only what needs attention can be abandoned",
                () -> provisioning.abandon(id.job()) && requests.abandon(id));
    }

    /**
     * Lets a request that needs attention be taken up again where it stopped: what was being undone is undone, what was being
     * deleted is deleted, and what is unknown is read again.
     *
     * @return empty if there is none
     * @throws WrongStateException if it does not need attention
     */
    public Optional<RoleRequest> retry(Caller caller, RequestId id, String comment) {
        caller.require(Scope.ADMIN);
        return leave(caller, id, "request.retried", comment, "only what needs attention can be retried", () -> {
            boolean reopened = provisioning.retry(id.job()) && requests.reopen(id);
            if (reopened) {
                work.schedule(id);
            }
            return reopened;
        });
    }

    private Optional<RoleRequest> leave(
            Caller caller, RequestId id, String action, @Nullable String comment, String rule, BooleanSupplier done) {
        Optional<RoleRequest> request = requests.find(id).filter(found -> caller.sees(found.team()));
        if (request.isEmpty()) {
            return Optional.empty();
        }
        if (!caller.scopes().contains(Scope.ADMIN)) {
            caller.requireMembership(request.get().team());
        }
        transaction.executeWithoutResult(_ -> {
            if (!done.getAsBoolean()) {
                throw new WrongStateException(
                        "The request is " + requests.find(id).orElseThrow().status() + "; " + rule);
            }
            audit.append(AuditEntry.of(caller, action, AuditOutcome.SUCCEEDED)
                    .request(id.value())
                    .detail(comment));
            work.wake(requests.nextWaitingFor(id));
        });
        completions.signal(id);
        Optional<RoleRequest> left = requests.find(id);
        left.filter(found -> found.status() == RequestStatus.CANCELLED)
                .ifPresent(found -> meters.ended(found.action(), found.status(), found.createdAt()));
        return left.map(found -> withRoles(List.of(found)).getFirst());
    }
}

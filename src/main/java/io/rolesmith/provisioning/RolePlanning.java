package io.rolesmith.provisioning;

import io.rolesmith.account.Account;
import io.rolesmith.audit.AuditActor;
import io.rolesmith.caller.Team;
import io.rolesmith.iam.IamGateways;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.iam.PolicyLibrary;
import io.rolesmith.policy.Finding;
import io.rolesmith.provisioning.ProvisioningJob.RoleTask;
import io.rolesmith.role.Boundary;
import io.rolesmith.role.LiveSessions;
import io.rolesmith.role.ManagedDocuments;
import io.rolesmith.role.Ownership;
import io.rolesmith.role.PolicyArn;
import io.rolesmith.role.PolicyName;
import io.rolesmith.role.PolicyOwnership;
import io.rolesmith.role.Revocation;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RolePlan;
import io.rolesmith.role.RolePlanner;
import io.rolesmith.role.RoleRoom;
import io.rolesmith.role.RoleSpec;
import io.rolesmith.role.RoleState;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Plans what is to become of a role, from what our inventory and IAM say of it. Reads only. */
@Component
class RolePlanning {

    private final IamGateways gateways;
    private final RoleReader reader;
    private final PolicyLibrary library;
    private final Journal journal;
    private final InstantSource clock;
    private final ProvisioningProperties.Provisioning properties;
    private final String installation;

    RolePlanning(
            IamGateways gateways,
            RoleReader reader,
            PolicyLibrary library,
            Journal journal,
            InstantSource clock,
            ProvisioningProperties properties) {
        this.installation = properties.installation();
        this.gateways = gateways;
        this.reader = reader;
        this.library = library;
        this.journal = journal;
        this.clock = clock;
        this.properties = properties.provisioning();
    }

    /** A plan, or why there is none. */
    sealed interface Planned {

        /**
         * What is to be done.
         *
         * @param live the role that it is done to, if there is one
         * @param version what the plan was made from
         */
        record Plan(RolePlan plan, Optional<RoleState> live, RoleVersion version) implements Planned {}

        record Refused(Failure failure) implements Planned {}
    }

    /** For whom it is planned. */
    record Party(Team team, AuditActor actor) {

        /** A role may change its team at the hands of whom both trust. */
        private boolean mayChange(ManagedRole role) {
            return role.team().equals(team)
                    || actor.teams().contains(role.team().name());
        }
    }

    /** Plans a role that is not ours. IAM is asked nothing: it refuses a name that is taken, without effect. */
    Planned planUnmanaged(RoleTask role, Ownership ownership) {
        if (role.expected().filter(version -> !version.equals(RoleVersion.NONE)).isPresent()) {
            return refused(
                    role,
                    Failure.Code.PRECONDITION_FAILED,
                    "The role " + role.goal().name() + " is not there any more");
        }
        return switch (role.goal()) {
            case RoleGoal.Present(RoleSpec spec) ->
                new Planned.Plan(
                        RolePlanner.plan(
                                spec,
                                Optional.empty(),
                                RolePlanner.Given.NOTHING,
                                ownership,
                                documents(role.account()),
                                RoleRoom.DEFAULT,
                                LiveSessions.KEEP),
                        Optional.empty(),
                        RoleVersion.NONE);
            case RoleGoal.Absent(RoleName name) ->
                refused(
                        role,
                        Failure.Code.ROLE_NOT_OURS,
                        "Rolesmith has no role of the name " + name + " in the account "
                                + role.account().id());
        };
    }

    /** The same where somebody looks at the plan, who wants to know of a foreign role before. */
    Planned planUnmanagedLooking(RoleTask role, Ownership ownership) {
        try {
            if (reader.peek(gateways.of(role.account()), role.goal().name()).isPresent()) {
                return new Planned.Refused(Failures.foreign(role));
            }
        } catch (IamReadException e) {
            return new Planned.Refused(Failures.of(role, e));
        }
        return planUnmanaged(role, ownership);
    }

    /**
     * Plans a role that is ours from how IAM shows it now.
     *
     * @throws ParkedException if it cannot be read now, for a reason that lies with us
     */
    Planned planManaged(RoleTask role, ManagedRole ours, Party party, Ownership ownership, LiveSessions sessions) {
        try {
            return planManaged(
                    role, ours, party, ownership, sessions, role.expected().isPresent());
        } catch (IamReadException e) {
            if (e.isOurs()) {
                throw new ParkedException("The role could not be read: " + e.code(), false);
            }
            return new Planned.Refused(Failures.of(role, e));
        }
    }

    /** The same where the plan is shown, and the role is held against it later: then it is read whole. */
    Planned planManagedLooking(
            RoleTask role, ManagedRole ours, Party party, Ownership ownership, LiveSessions sessions) {
        try {
            return planManaged(role, ours, party, ownership, sessions, true);
        } catch (IamReadException e) {
            return new Planned.Refused(Failures.of(role, e));
        }
    }

    private Planned planManaged(
            RoleTask role, ManagedRole ours, Party party, Ownership ownership, LiveSessions sessions, boolean whole) {
        if (!party.mayChange(ours)) {
            return refused(
                    role, Failure.Code.ROLE_NOT_OURS, "The role " + role.goal().name() + " belongs to another team");
        }
        if (role.goal() instanceof RoleGoal.Present(RoleSpec spec) && isRenamed(spec, ours)) {
            return refused(
                    role,
                    Failure.Code.ROLE_CANNOT_BE_RENAMED,
                    "The role is called " + ours.wanted().path() + ours.wanted().name()
                            + ", and IAM cannot change that."
                            + " Ask for it under that name and path, or make a role of another name and delete this one;"
                            + " a role made again has another RoleId, which breaks trust that names it");
        }
        return planLive(role, ours, read(role, ours, whole), ownership, sessions);
    }

    private Planned planLive(
            RoleTask role, ManagedRole ours, Optional<RoleState> live, Ownership ownership, LiveSessions sessions) {
        Optional<Failure> foreign = live.flatMap(state -> foreign(role, ours, state));
        if (foreign.isPresent()) {
            return new Planned.Refused(foreign.get());
        }
        RoleVersion version = RoleVersion.of(ours, live);
        Optional<RoleVersion> expected = role.expected();
        if (expected.isPresent() && !expected.get().equals(version)) {
            return refused(
                    role,
                    Failure.Code.PRECONDITION_FAILED,
                    "The role " + role.goal().name() + " is not any more as it was: "
                            + (expected.get().wanted() == version.wanted()
                                    ? "somebody changed it in AWS"
                                    : "another request changed it"));
        }
        RolePlan plan = plan(role, ours, live, ownership, sessions);
        Optional<Finding> refusing =
                plan.findings().stream().filter(Finding::refuses).findFirst();
        return refusing.isPresent()
                ? refused(role, Failure.Code.QUOTA_EXCEEDED, refusing.get().message())
                : new Planned.Plan(plan, live, version);
    }

    private RolePlan plan(
            RoleTask role, ManagedRole ours, Optional<RoleState> live, Ownership ownership, LiveSessions sessions) {
        RolePlanner.Given given = live.map(state -> given(role, ours, state)).orElse(RolePlanner.Given.NOTHING);
        return switch (role.goal()) {
            case RoleGoal.Present(RoleSpec spec) ->
                RolePlanner.plan(spec, live, given, ownership, documents(role.account()), RoleRoom.DEFAULT, sessions);
            case RoleGoal.Absent(RoleName name) ->
                live.map(state -> RolePlanner.deletion(state, given, documents(role.account()), RoleRoom.DEFAULT))
                        .orElseGet(() -> RolePlan.nothing(name));
        };
    }

    private static boolean isRenamed(RoleSpec spec, ManagedRole ours) {
        return !spec.name().equals(ours.wanted().name())
                || !spec.path().equals(ours.wanted().path());
    }

    /** Instance profiles are read only where they matter, and documents not where a role goes that has one policy at most. */
    private Optional<RoleState> read(RoleTask role, ManagedRole ours, boolean whole) {
        RoleName name = ours.wanted().name();
        return switch (role.goal()) {
            case RoleGoal.Present(RoleSpec spec) ->
                reader.read(
                        gateways.of(role.account()),
                        name,
                        spec.instanceProfile() || ours.wanted().instanceProfile(),
                        live -> isAsLeft(ours, live) || !wroteLately(ours));
            case RoleGoal.Absent _ -> {
                boolean plain = ours.wanted().managedPolicyArns().size()
                                + ours.wanted().inlinePolicies().size()
                        <= 1;
                if (plain && !whole) {
                    Optional<RoleState> outline = reader.outline(
                            gateways.of(role.account()), name, live -> looksAsLeft(ours, live) || !wroteLately(ours));
                    if (outline.isEmpty() || policies(outline.get()) <= 1) {
                        yield outline;
                    }
                }
                yield reader.read(
                        gateways.of(role.account()), name, true, live -> isAsLeft(ours, live) || !wroteLately(ours));
            }
        };
    }

    /**
     * Whether the role is as we left it and nothing else. Where we wrote to it a moment ago and it is not, IAM may show how it
     * was before, or on the way, and a plan from that would leave out what is to be done. What only somebody else may have
     * added counts too: it may as well be ours that we took off.
     */
    private static boolean isAsLeft(ManagedRole ours, RoleState live) {
        RoleSpec wanted = ours.wanted();
        RoleSpec left = new RoleSpec(
                wanted.name(),
                wanted.path(),
                wanted.description(),
                wanted.trustPolicy(),
                wanted.managedPolicyArns(),
                wanted.inlinePolicies(),
                wanted.boundary() instanceof Boundary.Unchanged ? new Boundary.None() : wanted.boundary(),
                wanted.maxSession(),
                wanted.tags(),
                wanted.instanceProfile(),
                PolicyOwnership.EXCLUSIVE);
        Set<String> tags = live.tags().keySet().stream()
                .filter(key -> !key.startsWith(Ownership.TAG_PREFIX))
                .collect(Collectors.toSet());
        return live.roleId().equals(ours.roleId())
                // Whether there is anything to do hangs on no document of a managed policy, which would take calls.
                && RolePlanner.plan(
                                left,
                                Optional.of(live),
                                new RolePlanner.Given(tags, RolePlanner.Profile.OURS),
                                new Ownership("", "", ""),
                                ManagedDocuments.UNKNOWN,
                                RoleRoom.DEFAULT,
                                LiveSessions.KEEP)
                        .changes()
                        .isEmpty();
    }

    /** The same of an outline, as far as that tells. */
    private static boolean looksAsLeft(ManagedRole ours, RoleState outline) {
        RoleSpec left = ours.wanted();
        return outline.roleId().equals(ours.roleId())
                && outline.managedPolicyArns()
                        .equals(left.managedPolicyArns().stream()
                                .map(PolicyArn::value)
                                .collect(Collectors.toSet()))
                && outline.inlinePolicies().keySet().stream()
                        .filter(policy -> !Revocation.isNamed(policy))
                        .map(policy -> policy.toLowerCase(Locale.ROOT))
                        .collect(Collectors.toSet())
                        .equals(left.inlinePolicies().keySet().stream()
                                .map(PolicyName::key)
                                .collect(Collectors.toSet()))
                && outline.instanceProfiles().isEmpty() != left.instanceProfile();
    }

    private boolean wroteLately(ManagedRole role) {
        return journal.wroteSince(
                role.account(), role.wanted().name(), clock.instant().minus(properties.propagation()));
    }

    private static int policies(RoleState live) {
        return live.managedPolicyArns().size() + live.inlinePolicies().size();
    }

    private static Optional<Failure> foreign(RoleTask role, ManagedRole ours, RoleState live) {
        if (!live.roleId().equals(ours.roleId())) {
            return Optional.of(failure(
                    role,
                    Failure.Code.ROLE_NOT_OURS,
                    "The role " + role.goal().name() + " was made again by somebody else: its RoleId is "
                            + live.roleId() + ", ours was " + ours.roleId()));
        }
        if (live.templated()) {
            return Optional.of(failure(
                    role,
                    Failure.Code.ROLE_NOT_OURS,
                    "The role " + role.goal().name()
                            + " is managed by a role template of AWS, which any change would break"));
        }
        return Optional.empty();
    }

    private RolePlanner.Given given(RoleTask role, ManagedRole ours, RoleState live) {
        RoleName name = ours.wanted().name();
        RolePlanner.Profile profile;
        if (!ours.wanted().instanceProfile() || isSomebodyElses(role, live)) {
            profile = RolePlanner.Profile.NOT_OURS;
        } else if (live.instanceProfiles().stream().anyMatch(name.value()::equalsIgnoreCase)) {
            profile = RolePlanner.Profile.OURS;
        } else {
            profile = gateways.of(role.account())
                    .instanceProfile(name.value())
                    .map(there -> Ownership.isOfInstallation(installation, there.tags())
                            ? RolePlanner.Profile.OURS_EMPTY
                            : RolePlanner.Profile.NOT_OURS)
                    .orElse(RolePlanner.Profile.OURS);
        }
        return new RolePlanner.Given(ours.wanted().tags().keySet(), profile);
    }

    /** Looked at only where it would be taken away: we know no id of an instance profile, so that its tag must do. */
    private boolean isSomebodyElses(RoleTask role, RoleState live) {
        String name = live.name();
        boolean goes = switch (role.goal()) {
            case RoleGoal.Present(RoleSpec spec) -> !spec.instanceProfile();
            case RoleGoal.Absent _ -> true;
        };
        return goes
                && live.instanceProfiles().stream().anyMatch(name::equalsIgnoreCase)
                && gateways.of(role.account())
                        .instanceProfile(name)
                        .filter(profile -> !Ownership.isOfInstallation(installation, profile.tags()))
                        .isPresent();
    }

    private ManagedDocuments documents(Account account) {
        return arn -> library.document(account, arn);
    }

    private static Planned refused(RoleTask role, Failure.Code code, String message) {
        return new Planned.Refused(failure(role, code, message));
    }

    private static Failure failure(RoleTask role, Failure.Code code, String message) {
        return new Failure(
                code, message, role.account().id().value(), role.goal().name().value(), null);
    }
}

package io.rolesmith.iam.aws;

import io.rolesmith.account.Account;
import io.rolesmith.iam.AccountQuotas;
import io.rolesmith.iam.CallBudget;
import io.rolesmith.iam.IamAnswer;
import io.rolesmith.iam.IamErrors;
import io.rolesmith.iam.IamGateway;
import io.rolesmith.iam.IamProperties;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.iam.InstanceProfile;
import io.rolesmith.role.Change;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RoleState;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.RecordSuccessRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenResponse;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.retries.api.RetryToken;
import software.amazon.awssdk.retries.api.TokenAcquisitionFailedException;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.CreateRoleResponse;
import software.amazon.awssdk.services.iam.model.IamException;
import software.amazon.awssdk.services.iam.model.IamResponse;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Tag;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * IAM over the AWS SDK: reads are tried again as the SDK would, writes are sent once. Every attempt of either takes its turn in
 * the account's budget and is timed; calls to STS are neither, since STS counts its callers apart and allows far more.
 */
final class SdkIamGateway implements IamGateway {

    /** CreateRole, MaxSessionDuration: what a role has that was made without. */
    private static final int DEFAULT_SESSION_SECONDS = 3600;

    /** {@code arn:aws:sts::123456789012:assumed-role/Name/session}. */
    private static final Pattern ASSUMED_ROLE = Pattern.compile("arn:[^:]+:sts::[0-9]{12}:assumed-role/([^/]+)/.+");

    private final Account account;
    private final IamClient iam;
    private final StsClient sts;
    private final RetryStrategy retries;
    private final Duration callTimeout;
    private final Duration readTimeout;
    private final CallBudget budget;
    private final CallMeter calls;
    private volatile @Nullable String principalArn;

    /**
     * @param iam tries nothing twice
     * @param retries when a read is tried again
     */
    SdkIamGateway(
            Account account,
            IamClient iam,
            StsClient sts,
            RetryStrategy retries,
            IamProperties properties,
            CallBudget budget,
            CallMeter calls) {
        this.account = account;
        this.iam = iam;
        this.sts = sts;
        this.retries = retries;
        this.callTimeout = properties.callTimeout();
        this.readTimeout = properties.readTimeout();
        this.budget = budget;
        this.calls = calls;
        this.principalArn = account.roleArn();
    }

    @Override
    public IamAnswer apply(Change change, BooleanSupplier inTime) {
        if (Thread.currentThread().isInterrupted()) {
            return new IamAnswer.Unsent(IamErrors.INTERRUPTED, "The call was stopped before it was sent");
        }
        Optional<IamAnswer.Unsent> noTurn = budget.take(account.id(), CallBudget.Kind.WRITE);
        CallMeter.Call call = calls.begin(change.operation());
        IamAnswer answer = noTurn.isPresent()
                ? noTurn.get()
                : ScopedValue.where(LastCheck.IN_TIME, inTime).call(() -> answer(change));
        switch (answer) {
            case IamAnswer.Accepted accepted -> call.end("ok", accepted.awsRequestId(), null);
            case IamAnswer.Refused refused ->
                failed(CallBudget.Kind.WRITE, call, "refused", refused.awsRequestId(), refused.code());
            case IamAnswer.Unknown unknown ->
                failed(CallBudget.Kind.WRITE, call, "unknown", unknown.awsRequestId(), unknown.code());
            case IamAnswer.Unsent unsent -> call.end("unsent", null, unsent.code());
        }
        return answer;
    }

    private IamAnswer answer(Change change) {
        try {
            IamResponse response = send(change);
            return new IamAnswer.Accepted(
                    response.responseMetadata().requestId(),
                    response instanceof CreateRoleResponse created
                            ? new IamAnswer.CreatedRole(
                                    created.role().roleId(), created.role().arn())
                            : null);
        } catch (IamException e) {
            return isRefusal(e)
                    ? new IamAnswer.Refused(code(e), message(e), e.statusCode(), e.requestId())
                    : new IamAnswer.Unknown(code(e), message(e), e.requestId());
        } catch (RuntimeException e) {
            // Whatever it is, the write may have been made by now; a journal that says so is worth more than a stack
            // trace.
            Silence silence = silence(e);
            return silence.sent()
                    ? new IamAnswer.Unknown(silence.code(), silence.message(), null)
                    : new IamAnswer.Unsent(silence.code(), silence.message());
        }
    }

    private IamResponse send(Change change) {
        String name = change.role().value();
        return switch (change) {
            case Change.CreateRole c ->
                iam.createRole(request -> request.roleName(name)
                        .path(c.path().value())
                        .description(c.description().isEmpty() ? null : c.description())
                        .assumeRolePolicyDocument(c.trustPolicy())
                        .maxSessionDuration(c.maxSessionSeconds())
                        .permissionsBoundary(
                                c.permissionsBoundary() == null
                                        ? null
                                        : c.permissionsBoundary().value())
                        .tags(tags(c.tags())));
            case Change.DeleteRole _ -> iam.deleteRole(request -> request.roleName(name));
            case Change.UpdateAssumeRolePolicy c ->
                iam.updateAssumeRolePolicy(request -> request.roleName(name).policyDocument(c.trustPolicy()));
            case Change.UpdateRole c ->
                iam.updateRole(request ->
                        request.roleName(name).description(c.description()).maxSessionDuration(c.maxSessionSeconds()));
            case Change.PutRolePermissionsBoundary c ->
                iam.putRolePermissionsBoundary(request -> request.roleName(name).permissionsBoundary(c.arn()));
            case Change.DeleteRolePermissionsBoundary _ ->
                iam.deleteRolePermissionsBoundary(request -> request.roleName(name));
            case Change.AttachRolePolicy c ->
                iam.attachRolePolicy(request -> request.roleName(name).policyArn(c.policyArn()));
            case Change.DetachRolePolicy c ->
                iam.detachRolePolicy(request -> request.roleName(name).policyArn(c.policyArn()));
            case Change.PutRolePolicy c ->
                iam.putRolePolicy(request ->
                        request.roleName(name).policyName(c.policy().value()).policyDocument(c.document()));
            case Change.DeleteRolePolicy c ->
                iam.deleteRolePolicy(
                        request -> request.roleName(name).policyName(c.policy().value()));
            case Change.TagRole c ->
                iam.tagRole(request -> request.roleName(name).tags(tags(c.tags())));
            case Change.UntagRole c ->
                iam.untagRole(request -> request.roleName(name).tagKeys(c.tags().keySet()));
            case Change.CreateInstanceProfile c ->
                iam.createInstanceProfile(request ->
                        request.instanceProfileName(name).path(c.path().value()).tags(tags(c.tags())));
            case Change.AddRoleToInstanceProfile c ->
                iam.addRoleToInstanceProfile(request ->
                        request.instanceProfileName(c.instanceProfile()).roleName(name));
            case Change.RemoveRoleFromInstanceProfile c ->
                iam.removeRoleFromInstanceProfile(request ->
                        request.instanceProfileName(c.instanceProfile()).roleName(name));
            case Change.DeleteInstanceProfile c ->
                iam.deleteInstanceProfile(request -> request.instanceProfileName(c.instanceProfile()));
        };
    }

    /** Absent when empty: an empty list goes out as {@code Tags=}, which IAM refuses. */
    private static @Nullable List<Tag> tags(Map<String, String> tags) {
        return tags.isEmpty()
                ? null
                : tags.entrySet().stream()
                        .map(tag -> Tag.builder()
                                .key(tag.getKey())
                                .value(tag.getValue())
                                .build())
                        .toList();
    }

    /** A call that brought no answer of IAM, and whether it may have reached IAM all the same. */
    private record Silence(boolean sent, String code, String message) {

        static Silence unsent(String code, Throwable cause) {
            return new Silence(false, code, describe(cause));
        }
    }

    /** What lies behind a failure; sent, unless it is certain that not a byte of the request left. */
    private static Silence silence(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case CertainCredentials.Missing missing -> {
                    return missing.reason() instanceof AwsServiceException refused
                            ? new Silence(false, code(refused), message(refused))
                            : Silence.unsent("NoCredentials", missing.reason());
                }
                case LastCheck.TooLateException _ -> {
                    return new Silence(
                            false,
                            IamAnswer.Unsent.tooLate().code(),
                            IamAnswer.Unsent.tooLate().message());
                }
                case ConnectionRequestTimeoutException _ -> {
                    return Silence.unsent("NoFreeConnection", cause);
                }
                case UnknownHostException _ -> {
                    return Silence.unsent("UnknownHost", cause);
                }
                case ConnectException _ -> {
                    return Silence.unsent("NoConnection", cause);
                }
                case NoRouteToHostException _ -> {
                    return Silence.unsent("NoConnection", cause);
                }
                case ConnectTimeoutException _ -> {
                    return Silence.unsent("NoConnection", cause);
                }
                case SSLHandshakeException _ -> {
                    return Silence.unsent("NoTls", cause);
                }
                case SSLPeerUnverifiedException _ -> {
                    return Silence.unsent("NoTls", cause);
                }
                // The SDK took the interrupt to stop the call, but whoever interrupted meant the whole thread.
                case AbortedException _ -> Thread.currentThread().interrupt();
                default -> {}
            }
        }
        // A virtual thread's socket just closes, and leaves the interrupt standing.
        return Thread.currentThread().isInterrupted()
                ? new Silence(true, IamErrors.INTERRUPTED, "The call was stopped while it was under way")
                : new Silence(true, IamReadException.NO_ANSWER, describe(failure));
    }

    @Override
    public Optional<RoleState> observe(RoleName role, boolean withInstanceProfiles) {
        return role(role, this::inlinePolicies, withInstanceProfiles);
    }

    @Override
    public Optional<RoleState> outline(RoleName role) {
        return role(role, this::inlinePolicyNames, true);
    }

    private Optional<RoleState> role(
            RoleName role, Function<String, SequencedMap<String, String>> inline, boolean withInstanceProfiles) {
        return read(() -> {
            Role found;
            try {
                found = call("GetRole", () -> iam.getRole(request -> request.roleName(role.value())))
                        .role();
            } catch (NoSuchEntityException _) {
                return Optional.empty();
            }
            try {
                return Optional.of(state(found, inline, withInstanceProfiles));
            } catch (NoSuchEntityException e) {
                throw new IamReadException(
                        IamReadException.ROLE_CHANGED,
                        "The role " + role + " changed while it was read: " + message(e),
                        e.requestId(),
                        e);
            }
        });
    }

    private RoleState state(
            Role role, Function<String, SequencedMap<String, String>> inline, boolean withInstanceProfiles) {
        String name = role.roleName();
        if (!role.arn().startsWith("arn:")) {
            throw new IamReadException(
                    IamReadException.ROLE_IN_THE_MAKING,
                    "The role " + name + " has no ARN yet, IAM shows " + role.arn(),
                    null,
                    null);
        }
        return new RoleState(
                role.roleId(),
                role.arn(),
                name,
                role.path(),
                role.description() == null ? "" : role.description(),
                decoded(role.assumeRolePolicyDocument()),
                role.maxSessionDuration() == null ? DEFAULT_SESSION_SECONDS : role.maxSessionDuration(),
                role.permissionsBoundary() == null
                        ? null
                        : role.permissionsBoundary().permissionsBoundaryArn(),
                byKey(role.tags()),
                managedPolicyArns(name),
                inline.apply(name),
                withInstanceProfiles ? instanceProfiles(name) : new LinkedHashSet<>(),
                role.sourceRoleTemplate() != null);
    }

    private static Map<String, String> byKey(List<Tag> tags) {
        return tags.stream().collect(Collectors.toMap(Tag::key, Tag::value));
    }

    private SequencedSet<String> managedPolicyArns(String role) {
        return new LinkedHashSet<>(pages(
                marker -> call(
                        "ListAttachedRolePolicies",
                        () -> iam.listAttachedRolePolicies(
                                request -> request.roleName(role).marker(marker))),
                page -> page.attachedPolicies().stream()
                        .map(AttachedPolicy::policyArn)
                        .toList(),
                page -> next(page.isTruncated(), page.marker())));
    }

    private SequencedMap<String, String> inlinePolicies(String role) {
        SequencedMap<String, String> policies = inlinePolicyNames(role);
        policies.replaceAll((policy, _) -> decoded(call(
                        "GetRolePolicy",
                        () -> iam.getRolePolicy(
                                request -> request.roleName(role).policyName(policy)))
                .policyDocument()));
        return policies;
    }

    /** Each with the empty text. */
    private SequencedMap<String, String> inlinePolicyNames(String role) {
        SequencedMap<String, String> policies = new LinkedHashMap<>();
        pages(
                        marker -> call(
                                "ListRolePolicies",
                                () -> iam.listRolePolicies(
                                        request -> request.roleName(role).marker(marker))),
                        ListRolePoliciesResponse::policyNames,
                        page -> next(page.isTruncated(), page.marker()))
                .forEach(policy -> policies.put(policy, ""));
        return policies;
    }

    private SequencedSet<String> instanceProfiles(String role) {
        return new LinkedHashSet<>(pages(
                marker -> call(
                        "ListInstanceProfilesForRole",
                        () -> iam.listInstanceProfilesForRole(
                                request -> request.roleName(role).marker(marker))),
                page -> page.instanceProfiles().stream()
                        .map(profile -> profile.instanceProfileName())
                        .toList(),
                page -> next(page.isTruncated(), page.marker())));
    }

    @Override
    public Optional<InstanceProfile> instanceProfile(String name) {
        return read(() -> {
            try {
                var profile = call(
                                "GetInstanceProfile",
                                () -> iam.getInstanceProfile(request -> request.instanceProfileName(name)))
                        .instanceProfile();
                return Optional.of(new InstanceProfile(
                        profile.instanceProfileName(),
                        profile.arn(),
                        profile.path(),
                        byKey(profile.tags()),
                        profile.roles().stream()
                                .map(Role::roleName)
                                .collect(Collectors.toCollection(LinkedHashSet::new))));
            } catch (NoSuchEntityException _) {
                return Optional.empty();
            }
        });
    }

    /** Everything on all pages. IAM may cut a page short of its size, so that only the marker tells the last one. */
    private static <P, T> List<T> pages(
            Function<@Nullable String, P> fetch, Function<P, List<T>> items, Function<P, @Nullable String> next) {
        List<T> all = new ArrayList<>();
        String marker = null;
        do {
            P page = fetch.apply(marker);
            all.addAll(items.apply(page));
            marker = next.apply(page);
        } while (marker != null);
        return all;
    }

    /** Emulators leave out what IAM always says. */
    private static @Nullable String next(@Nullable Boolean truncated, @Nullable String marker) {
        return Boolean.TRUE.equals(truncated) ? marker : null;
    }

    /** IAM percent-encodes documents by RFC 3986, in which a plus sign is {@code %2B}, so that the form decoder does no harm. */
    private static String decoded(String document) {
        return URLDecoder.decode(document, StandardCharsets.UTF_8);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Where our own credentials are a role's session, STS does not tell the role's path, and IAM is asked for it.
     */
    @Override
    public String principalArn() {
        String known = principalArn;
        if (known == null) {
            // Two threads may both ask at first; they are told the same.
            known = read(() -> principal(sts.getCallerIdentity().arn()));
            principalArn = known;
        }
        return known;
    }

    @Override
    public Optional<String> assumingPrincipalArn() {
        return account.roleArn() == null
                ? Optional.empty()
                : Optional.of(read(() -> sts.getCallerIdentity().arn()));
    }

    /** A session's ARN lacks the path of its role, and with another path it would be another role: IAM knows it. */
    private String principal(String callerArn) {
        Matcher session = ASSUMED_ROLE.matcher(callerArn);
        return session.matches()
                ? call("GetRole", () -> iam.getRole(request -> request.roleName(session.group(1))))
                        .role()
                        .arn()
                : callerArn;
    }

    @Override
    public Optional<String> policyDocument(String arn) {
        return read(() -> {
            try {
                String version = call("GetPolicy", () -> iam.getPolicy(request -> request.policyArn(arn)))
                        .policy()
                        .defaultVersionId();
                return Optional.of(decoded(call(
                                "GetPolicyVersion",
                                () -> iam.getPolicyVersion(
                                        request -> request.policyArn(arn).versionId(version)))
                        .policyVersion()
                        .document()));
            } catch (NoSuchEntityException _) {
                return Optional.empty();
            }
        });
    }

    @Override
    public AccountQuotas quotas() {
        return read(() -> {
            Map<String, Integer> summary =
                    call("GetAccountSummary", iam::getAccountSummary).summaryMapAsStrings();
            return new AccountQuotas(
                    said(summary, "Roles"),
                    said(summary, "RolesQuota"),
                    said(summary, "AttachedPoliciesPerRoleQuota"),
                    said(summary, "AssumeRolePolicySizeQuota"),
                    said(summary, "RolePolicySizeQuota"));
        });
    }

    private static int said(Map<String, Integer> summary, String key) {
        Integer value = summary.get(key);
        if (value == null) {
            throw new IamReadException(
                    IamReadException.NO_ANSWER, "The account's summary does not say " + key, null, null);
        }
        return value;
    }

    /**
     * One call that reads, tried again as the SDK would, by the SDK's own strategy: it knows which failures pass, how long to
     * pause, and when to give up on an IAM that fails all the time. Done here and not by the client, each attempt takes its
     * turn and is seen; and the client's timer does not run while an attempt waits.
     */
    private <T> T call(String operation, Supplier<T> reading) {
        RetryToken token = retries.acquireInitialToken(AcquireInitialTokenRequest.create(operation))
                .token();
        long end = 0;
        for (boolean first = true; ; first = false) {
            try {
                turn(operation);
                if (first) {
                    end = System.nanoTime() + readTimeout.minus(callTimeout).toNanos();
                }
                T answer = timed(operation, reading);
                retries.recordSuccess(RecordSuccessRequest.create(token));
                return answer;
            } catch (SdkException e) {
                RefreshRetryTokenResponse again = again(token, e);
                // An attempt that may not be left its time is not begun.
                if (System.nanoTime() + again.delay().toNanos() > end) {
                    throw e;
                }
                token = again.token();
                pause(again.delay());
            }
        }
    }

    private RefreshRetryTokenResponse again(RetryToken token, SdkException failure) {
        try {
            return retries.refreshRetryToken(RefreshRetryTokenRequest.builder()
                    .token(token)
                    .failure(failure)
                    .suggestedDelay(Duration.ZERO)
                    .build());
        } catch (TokenAcquisitionFailedException _) {
            throw failure;
        }
    }

    private void turn(String operation) {
        budget.take(account.id(), CallBudget.Kind.READ).ifPresent(unsent -> {
            calls.begin(operation).end("unsent", null, unsent.code());
            throw new IamReadException(unsent.code(), unsent.message(), null, null);
        });
    }

    private <T> T timed(String operation, Supplier<T> reading) {
        CallMeter.Call call = calls.begin(operation);
        try {
            T answer = reading.get();
            call.end(
                    "ok",
                    answer instanceof IamResponse response
                            ? response.responseMetadata().requestId()
                            : null,
                    null);
            return answer;
        } catch (IamException e) {
            failed(CallBudget.Kind.READ, call, isRefusal(e) ? "refused" : "unknown", e.requestId(), code(e));
            throw e;
        } catch (RuntimeException e) {
            Silence silence = silence(e);
            call.end(silence.sent() ? "unknown" : "unsent", null, silence.code());
            throw e;
        }
    }

    /** What IAM throttles is its word on our rate, for all who call. */
    private void failed(
            CallBudget.Kind kind, CallMeter.Call call, String outcome, @Nullable String awsRequestId, String code) {
        if (IamErrors.THROTTLING.contains(code)) {
            call.end("throttled", awsRequestId, code);
            budget.empty(account.id(), kind);
        } else {
            call.end(outcome, awsRequestId, code);
        }
    }

    private static void pause(Duration delay) {
        try {
            Thread.sleep(delay);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IamReadException(IamErrors.INTERRUPTED, "The reading was stopped between two attempts", null, e);
        }
    }

    private static boolean isRefusal(IamException e) {
        return e.statusCode() >= 400 && e.statusCode() < 500;
    }

    private <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IamReadException e) {
            throw e;
        } catch (AwsServiceException e) {
            throw new IamReadException(code(e), message(e), e.requestId(), e);
        } catch (RuntimeException e) {
            Silence silence = silence(e);
            throw new IamReadException(silence.code(), silence.message(), null, e);
        }
    }

    private static String code(AwsServiceException e) {
        return e.awsErrorDetails() == null || e.awsErrorDetails().errorCode() == null
                ? "Http" + e.statusCode()
                : e.awsErrorDetails().errorCode();
    }

    /** AWS's words, without what the SDK adds to them. */
    private static String message(AwsServiceException e) {
        return e.awsErrorDetails() == null || e.awsErrorDetails().errorMessage() == null
                ? "The answer, HTTP " + e.statusCode() + ", gave no reason"
                : e.awsErrorDetails().errorMessage();
    }

    private static String describe(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }
}

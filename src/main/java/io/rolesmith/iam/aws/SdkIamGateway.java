package io.rolesmith.iam.aws;

import io.rolesmith.account.Account;
import io.rolesmith.iam.AccountQuotas;
import io.rolesmith.iam.IamAnswer;
import io.rolesmith.iam.IamGateway;
import io.rolesmith.iam.IamReadException;
import io.rolesmith.role.Change;
import io.rolesmith.role.RoleName;
import io.rolesmith.role.RoleState;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
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
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.CreateRoleResponse;
import software.amazon.awssdk.services.iam.model.IamException;
import software.amazon.awssdk.services.iam.model.IamResponse;
import software.amazon.awssdk.services.iam.model.InstanceProfile;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.iam.model.Role;
import software.amazon.awssdk.services.iam.model.Tag;
import software.amazon.awssdk.services.sts.StsClient;

/** IAM over the AWS SDK: reads are tried again by the SDK, writes are sent once. */
final class SdkIamGateway implements IamGateway {

    /** CreateRole, MaxSessionDuration: what a role has that was made without. */
    private static final int DEFAULT_SESSION_SECONDS = 3600;

    /** {@code arn:aws:sts::123456789012:assumed-role/Name/session}. */
    private static final Pattern ASSUMED_ROLE = Pattern.compile("arn:[^:]+:sts::[0-9]{12}:assumed-role/([^/]+)/.+");

    private final IamClient reads;
    private final IamClient writes;
    private final StsClient sts;
    private volatile @Nullable String principalArn;

    SdkIamGateway(Account account, IamClient reads, IamClient writes, StsClient sts) {
        this.reads = reads;
        this.writes = writes;
        this.sts = sts;
        this.principalArn = account.roleArn();
    }

    @Override
    public IamAnswer apply(Change change) {
        if (Thread.currentThread().isInterrupted()) {
            return new IamAnswer.Unsent("Interrupted", "The call was stopped before it was sent");
        }
        try {
            IamResponse response = send(change);
            return new IamAnswer.Accepted(
                    response.responseMetadata().requestId(),
                    response instanceof CreateRoleResponse created
                            ? new IamAnswer.CreatedRole(
                                    created.role().roleId(), created.role().arn())
                            : null);
        } catch (IamException e) {
            return e.statusCode() >= 400 && e.statusCode() < 500
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
                writes.createRole(request -> request.roleName(name)
                        .path(c.path().value())
                        .description(c.description().isEmpty() ? null : c.description())
                        .assumeRolePolicyDocument(c.trustPolicy())
                        .maxSessionDuration(c.maxSessionSeconds())
                        .permissionsBoundary(
                                c.permissionsBoundary() == null
                                        ? null
                                        : c.permissionsBoundary().value())
                        .tags(tags(c.tags())));
            case Change.DeleteRole _ -> writes.deleteRole(request -> request.roleName(name));
            case Change.UpdateAssumeRolePolicy c ->
                writes.updateAssumeRolePolicy(request -> request.roleName(name).policyDocument(c.trustPolicy()));
            case Change.UpdateRole c ->
                writes.updateRole(request ->
                        request.roleName(name).description(c.description()).maxSessionDuration(c.maxSessionSeconds()));
            case Change.PutRolePermissionsBoundary c ->
                writes.putRolePermissionsBoundary(
                        request -> request.roleName(name).permissionsBoundary(c.arn()));
            case Change.DeleteRolePermissionsBoundary _ ->
                writes.deleteRolePermissionsBoundary(request -> request.roleName(name));
            case Change.AttachRolePolicy c ->
                writes.attachRolePolicy(request -> request.roleName(name).policyArn(c.policyArn()));
            case Change.DetachRolePolicy c ->
                writes.detachRolePolicy(request -> request.roleName(name).policyArn(c.policyArn()));
            case Change.PutRolePolicy c ->
                writes.putRolePolicy(request ->
                        request.roleName(name).policyName(c.policy().value()).policyDocument(c.document()));
            case Change.DeleteRolePolicy c ->
                writes.deleteRolePolicy(
                        request -> request.roleName(name).policyName(c.policy().value()));
            case Change.TagRole c ->
                writes.tagRole(request -> request.roleName(name).tags(tags(c.tags())));
            case Change.UntagRole c ->
                writes.untagRole(
                        request -> request.roleName(name).tagKeys(c.tags().keySet()));
            case Change.CreateInstanceProfile c ->
                writes.createInstanceProfile(request ->
                        request.instanceProfileName(name).path(c.path().value()).tags(tags(c.tags())));
            case Change.AddRoleToInstanceProfile c ->
                writes.addRoleToInstanceProfile(request ->
                        request.instanceProfileName(c.instanceProfile()).roleName(name));
            case Change.RemoveRoleFromInstanceProfile c ->
                writes.removeRoleFromInstanceProfile(request ->
                        request.instanceProfileName(c.instanceProfile()).roleName(name));
            case Change.DeleteInstanceProfile c ->
                writes.deleteInstanceProfile(request -> request.instanceProfileName(c.instanceProfile()));
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
                ? new Silence(true, "Interrupted", "The call was stopped while it was under way")
                : new Silence(true, IamReadException.NO_ANSWER, describe(failure));
    }

    @Override
    public Optional<RoleState> observe(RoleName role, boolean withInstanceProfiles) {
        return read(() -> {
            Role found;
            try {
                found = reads.getRole(request -> request.roleName(role.value())).role();
            } catch (NoSuchEntityException _) {
                return Optional.empty();
            }
            try {
                return Optional.of(state(found, withInstanceProfiles));
            } catch (NoSuchEntityException e) {
                throw new IamReadException(
                        IamReadException.ROLE_CHANGED,
                        "The role " + role + " changed while it was read: " + message(e),
                        e.requestId(),
                        e);
            }
        });
    }

    private RoleState state(Role role, boolean withInstanceProfiles) {
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
                role.tags().stream().collect(Collectors.toMap(Tag::key, Tag::value)),
                managedPolicyArns(name),
                inlinePolicies(name),
                withInstanceProfiles ? instanceProfiles(name) : new LinkedHashSet<>(),
                role.sourceRoleTemplate() != null);
    }

    private SequencedSet<String> managedPolicyArns(String role) {
        return new LinkedHashSet<>(pages(
                marker -> reads.listAttachedRolePolicies(
                        request -> request.roleName(role).marker(marker)),
                page -> page.attachedPolicies().stream()
                        .map(AttachedPolicy::policyArn)
                        .toList(),
                page -> next(page.isTruncated(), page.marker())));
    }

    private SequencedMap<String, String> inlinePolicies(String role) {
        List<String> names = pages(
                marker ->
                        reads.listRolePolicies(request -> request.roleName(role).marker(marker)),
                ListRolePoliciesResponse::policyNames,
                page -> next(page.isTruncated(), page.marker()));
        SequencedMap<String, String> policies = new LinkedHashMap<>();
        for (String policy : names) {
            policies.put(
                    policy,
                    decoded(reads.getRolePolicy(
                                    request -> request.roleName(role).policyName(policy))
                            .policyDocument()));
        }
        return policies;
    }

    private SequencedSet<String> instanceProfiles(String role) {
        return new LinkedHashSet<>(pages(
                marker -> reads.listInstanceProfilesForRole(
                        request -> request.roleName(role).marker(marker)),
                page -> page.instanceProfiles().stream()
                        .map(InstanceProfile::instanceProfileName)
                        .toList(),
                page -> next(page.isTruncated(), page.marker())));
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
     * <p>Where our own credentials are a role's session, STS does not tell the role's path; the ARN is that of a role at the
     * path {@code /}.
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

    /** A session's ARN lacks the path of its role, and with another path it would be another role: IAM knows it. */
    private String principal(String callerArn) {
        Matcher session = ASSUMED_ROLE.matcher(callerArn);
        return session.matches()
                ? reads.getRole(request -> request.roleName(session.group(1)))
                        .role()
                        .arn()
                : callerArn;
    }

    @Override
    public Optional<String> policyDocument(String arn) {
        return read(() -> {
            try {
                String version = reads.getPolicy(request -> request.policyArn(arn))
                        .policy()
                        .defaultVersionId();
                return Optional.of(decoded(
                        reads.getPolicyVersion(request -> request.policyArn(arn).versionId(version))
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
            Map<String, Integer> summary = reads.getAccountSummary().summaryMapAsStrings();
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

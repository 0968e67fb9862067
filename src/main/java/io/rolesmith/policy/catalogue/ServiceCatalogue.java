package io.rolesmith.policy.catalogue;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Wildcards;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The services of AWS, with their actions, resource types and condition keys.
 *
 * <p>Names are found in any case, as IAM takes them.
 */
public final class ServiceCatalogue {

    static final String KIND = "rolesmith-services";

    /**
     * Operations of an API whose action has another name, and the people who write policies know the operation.
     *
     * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html">required
     *     permissions for Amazon S3 API operations</a>
     */
    private static final Map<String, String> OPERATIONS = Map.of(
            "s3:copyobject", "s3:PutObject",
            "s3:headbucket", "s3:ListBucket",
            "s3:headobject", "s3:GetObject",
            "s3:listbuckets", "s3:ListAllMyBuckets",
            "s3:listobjects", "s3:ListBucket",
            "s3:listobjectsv2", "s3:ListBucket",
            "lambda:invoke", "lambda:InvokeFunction");

    private final Source source;
    private final List<Service> services;
    private final Map<String, Service> byPrefix = new HashMap<>();

    /** What a service is called without its prefix, {@code eventbridge} for one, to the service. */
    private final Map<String, Service> byPlainName = new HashMap<>();

    private final ConditionKeys global;
    private final ConditionKeys keys;

    ServiceCatalogue(Source source, List<Service> services, ConditionKeys global, ConditionKeys keys) {
        this.source = source;
        this.services = List.copyOf(services);
        this.global = global;
        this.keys = keys;
        for (Service service : services) {
            byPrefix.put(service.prefix(), service);
            byPlainName.putIfAbsent(plain(service.name()), service);
        }
    }

    /** Read when first asked for: many runs never do. */
    private static final class Bundled {
        static final ServiceCatalogue CATALOGUE =
                read(CatalogueFile.onClassPath("catalogue/services.txt", KIND), false);
    }

    /** The services that Rolesmith ships with. */
    public static ServiceCatalogue bundled() {
        return Bundled.CATALOGUE;
    }

    /** @param thorough whether to look into each service too: our own were proven before */
    static ServiceCatalogue read(CatalogueFile file, boolean thorough) {
        ServiceCatalogue read = new ServiceReader(file).read();
        if (thorough) {
            read.services.forEach(Service::offer);
        }
        return read;
    }

    /** Of what this was made. */
    public Source source() {
        return source;
    }

    /** All services, by prefix in alphabetical order. */
    public List<Service> services() {
        return services;
    }

    /** The service of this prefix. */
    public Optional<Service> service(String prefix) {
        return Optional.ofNullable(byPrefix.get(Ascii.lower(prefix)));
    }

    /** The action that a policy names {@code id}, {@code s3:GetObject} for one. */
    public Optional<Action> action(String id) {
        int colon = id.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : service(id.substring(0, colon)).flatMap(service -> service.action(id.substring(colon + 1)));
    }

    /**
     * The actions that {@code pattern} covers, such as {@code s3:Get*}, {@code i*:PassRole} or {@code *}; by service and in
     * alphabetical order.
     *
     * <p>It is worked out only as far as asked. A pattern that names its service looks at that service's actions only, any
     * other at those of all, which takes some three milliseconds: do that for few patterns of one document.
     */
    public Stream<Action> actions(String pattern) {
        String lower = Ascii.lower(pattern);
        int colon = lower.indexOf(':');
        NamePattern names = new NamePattern(lower.substring(colon + 1));
        if (colon < 0) {
            return lower.equals("*")
                    ? services.stream().flatMap(service -> service.matching(names))
                    : services.stream().flatMap(service -> service.matchingWithPrefix(names));
        }
        NamePattern prefixes = new NamePattern(lower.substring(0, colon));
        return prefixes.isPlain()
                ? service(prefixes.beginning()).stream().flatMap(service -> service.matching(names))
                : services.stream()
                        .filter(service -> prefixes.covers(service.prefix()))
                        .flatMap(service -> service.matching(names));
    }

    /** The condition keys that every request may carry. */
    public Collection<ConditionKey> globalConditionKeys() {
        return global.all();
    }

    /** The condition key of every request that {@code name} is, {@code aws:PrincipalTag/team} for one. */
    public Optional<ConditionKey> globalConditionKey(String name) {
        return global.find(name);
    }

    /** The condition key, global or of any service, that {@code name} is. */
    public Optional<ConditionKey> conditionKey(String name) {
        return keys.find(name);
    }

    /** The prefix of the service that was probably meant by {@code prefix}, which none has. */
    public Optional<String> closestService(String prefix) {
        Service named = byPlainName.get(plain(prefix));
        if (named != null) {
            return Optional.of(named.prefix());
        }
        Spelling spelling = new Spelling(prefix);
        for (Service service : services) {
            spelling.offer(service.prefix(), service.prefix());
        }
        return spelling.closest();
    }

    /**
     * The action that was probably meant by {@code id}, which none has: one of the same service by another spelling, or the
     * same name in the service that has it.
     */
    public Optional<String> closestAction(String id) {
        String operation = OPERATIONS.get(Ascii.lower(id));
        if (operation != null) {
            return Optional.of(operation);
        }
        int colon = id.indexOf(':');
        String name = id.substring(colon + 1);
        Optional<Service> service = colon < 0 ? Optional.empty() : service(id.substring(0, colon));
        Optional<Service> meant = service.isPresent() || colon < 0
                ? service
                : closestService(id.substring(0, colon)).flatMap(this::service);
        return meant.flatMap(it -> in(it, name)).or(() -> onlyOne(name));
    }

    private static Optional<String> in(Service service, String name) {
        if (Wildcards.isPattern(name)) {
            return service.actions(name).findAny().map(_ -> service.prefix() + ':' + name);
        }
        return service.action(name)
                .map(Action::name)
                .or(() -> service.closestAction(name))
                .map(found -> service.prefix() + ':' + found);
    }

    /** The action of this name, when a single service has one. */
    private Optional<String> onlyOne(String name) {
        String lower = Ascii.lower(name);
        List<Action> found = services.stream()
                .flatMap(service -> service.actionOf(lower).stream())
                .limit(2)
                .toList();
        return found.size() == 1 ? Optional.of(found.getFirst().id()) : Optional.empty();
    }

    /**
     * The condition key that was probably meant by {@code name}, which none has: a global one with another prefix or none,
     * or one by another spelling. Its variable part is the name's.
     */
    public Optional<String> closestConditionKey(String name) {
        return keys.closest(name);
    }

    /** A service's name as somebody would write it who knows no prefix. */
    private static String plain(String name) {
        StringBuilder plain = new StringBuilder(name.length());
        String lower = Ascii.lower(name);
        for (int i = startOfName(lower); i < lower.length(); i++) {
            if (Ascii.isAlphanumeric(lower.charAt(i))) {
                plain.append(lower.charAt(i));
            }
        }
        return plain.toString();
    }

    private static int startOfName(String lower) {
        for (String owner : List.of("amazon ", "aws ")) {
            if (lower.startsWith(owner)) {
                return owner.length();
            }
        }
        return 0;
    }
}

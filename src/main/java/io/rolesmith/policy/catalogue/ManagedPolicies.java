package io.rolesmith.policy.catalogue;

import io.rolesmith.policy.Ascii;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The policies that AWS manages and every account has.
 *
 * <p>They are those of the partition {@code aws}. An ARN of another partition is looked up by its path: the others have
 * fewer policies, and some of their documents differ.
 */
public final class ManagedPolicies {

    static final String KIND = "rolesmith-managed-policies";

    private static final String ACCOUNT = ":iam::aws:policy/";

    private final Source source;
    private final String text;

    /** By path and name, {@code service-role/AmazonECSTaskExecutionRolePolicy} for one. */
    private final Map<String, Policy> policies = new LinkedHashMap<>();

    /** By name in lower case, without the path: IAM has each name once, whatever the path. */
    private final Map<String, String> paths = new LinkedHashMap<>();

    /** A policy's document stays where it is in the text: few are ever asked for, and all together they are large. */
    private record Policy(String version, int from, int to) {}

    /** Read when first asked for: many runs never do. */
    private static final class Bundled {
        static final ManagedPolicies POLICIES =
                read(CatalogueFile.onClassPath("catalogue/managed-policies.txt", KIND), false);
    }

    /** Loaded for files that are not our own only. */
    private static final class Json {
        static final JsonFactory FACTORY = new JsonFactory();
    }

    private ManagedPolicies(Source source, String text) {
        this.source = source;
        this.text = text;
    }

    /** The policies that Rolesmith ships with. */
    public static ManagedPolicies bundled() {
        return Bundled.POLICIES;
    }

    /** @param thorough whether to look into each document too: our own were proven before */
    static ManagedPolicies read(CatalogueFile file, boolean thorough) {
        ManagedPolicies read = new ManagedPolicies(file.source(), file.text());
        while (file.nextLine()) {
            String path = file.field();
            Policy policy = new Policy(file.field(), file.restStart(), file.restEnd());
            if (policy.from == policy.to) {
                throw file.broken(path + " has no document");
            }
            if (thorough) {
                requireObject(file, policy);
            }
            if (read.policies.put(path, policy) != null) {
                throw file.broken("the policy " + path + " is there twice");
            }
            read.paths.putIfAbsent(Ascii.lower(nameIn(path)), path);
        }
        if (read.policies.isEmpty()) {
            throw file.broken("the file ends without a policy");
        }
        return read;
    }

    private static void requireObject(CatalogueFile file, Policy policy) {
        String document = file.text().substring(policy.from, policy.to);
        try (JsonParser parser = Json.FACTORY.createParser(ObjectReadContext.empty(), document)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw file.broken("the document is no JSON object");
            }
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw file.broken("something follows the document");
            }
        } catch (JacksonException e) {
            throw file.broken("the document is not JSON from its character "
                    + e.getLocation().getColumnNr() + " on");
        }
    }

    /** Of what this was made. */
    public Source source() {
        return source;
    }

    /** The ARNs of all, in partition {@code aws} and in alphabetical order of their paths. */
    public List<String> arns() {
        return policies.keySet().stream().map(path -> arn("aws", path)).toList();
    }

    /** Whether {@code arn} is that of a policy that AWS manages. */
    public boolean contains(String arn) {
        return policies.containsKey(path(arn));
    }

    /** The id of the policy's default version, {@code v3} for one. */
    public Optional<String> version(String arn) {
        return Optional.ofNullable(policies.get(path(arn))).map(Policy::version);
    }

    /** The document of the policy's default version: the JSON as AWS gives it, white space aside. */
    public Optional<String> document(String arn) {
        return Optional.ofNullable(policies.get(path(arn))).map(policy -> text.substring(policy.from, policy.to));
    }

    /**
     * The ARN that was probably meant by {@code arn}, which no policy has: that of the same name under another path, such as
     * {@code service-role/}, or of a name spelt nearly so. It is of the same partition. A bare name is understood, too.
     */
    public Optional<String> closest(String arn) {
        String name = nameIn(arn);
        Optional<String> path = Optional.ofNullable(paths.get(Ascii.lower(name)));
        if (path.isEmpty()) {
            Spelling spelling = new Spelling(name);
            paths.forEach(spelling::offer);
            path = spelling.closest();
        }
        return path.map(found -> arn(partition(arn), found));
    }

    private static String nameIn(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The path and name in the ARN of a policy of AWS's, empty for any other text. */
    private static String path(String arn) {
        String partition = partition(arn);
        int end = "arn:".length() + partition.length();
        return arn.startsWith("arn:" + partition) && arn.startsWith(ACCOUNT, end)
                ? arn.substring(end + ACCOUNT.length())
                : "";
    }

    private static String arn(String partition, String path) {
        return "arn:" + partition + ACCOUNT + path;
    }

    private static String partition(String arn) {
        int end = arn.indexOf(':', "arn:".length());
        if (!arn.startsWith("arn:aws") || end < 0) {
            return "aws";
        }
        String partition = arn.substring("arn:".length(), end);
        return partition.equals("aws") || partition.startsWith("aws-") ? partition : "aws";
    }
}

package io.rolesmith.reliability;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.support.IamBackend;
import io.rolesmith.support.QueryForm;
import io.rolesmith.support.QueryReply;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All that a role is, part by part, and the instance profile of its name; empty if neither is there. A part that is written
 * alone is alone here: {@code trust}, {@code session}, {@code boundary}, {@code managed:<arn>}, {@code inline:<name>},
 * {@code tag:<key>} and {@code profile}.
 */
record Facets(Map<String, String> values) {

    static final Facets NONE = new Facets(Map.of());

    static final String ROLE = "role";
    static final String PROFILE = "profile";

    /** What the instance profile is, where there is one. */
    static final String SEATED = "with the role";

    static final String EMPTY = "empty";

    Facets {
        values = new TreeMap<>(values);
    }

    /** As IAM shows them; read over the wire's words, so that it owes nothing to the code that is tested. */
    static Facets of(IamBackend iam, String role) {
        Map<String, String> values = new TreeMap<>();
        QueryReply found = ask(iam, "GetRole", role);
        if (found.succeeded()) {
            String xml = found.xml();
            values.put(
                    ROLE, text(xml, "Path").orElse("/") + text(xml, "RoleName").orElse(""));
            values.put("trust", decoded(text(xml, "AssumeRolePolicyDocument").orElse("")));
            values.put(
                    "session",
                    text(xml, "Description").orElse("") + " "
                            + text(xml, "MaxSessionDuration").orElse("3600"));
            text(xml, "PermissionsBoundaryArn").ifPresent(arn -> values.put("boundary", arn));
            List<String> keys = texts(xml, "Key");
            List<String> tags = texts(xml, "Value");
            for (int i = 0; i < keys.size(); i++) {
                values.put(tag(keys.get(i)), tags.get(i));
            }
            texts(ask(iam, "ListAttachedRolePolicies", role).xml(), "PolicyArn")
                    .forEach(arn -> values.put("managed:" + arn, "attached"));
            texts(memberList(ask(iam, "ListRolePolicies", role).xml()), "member")
                    .forEach(name -> values.put(
                            inline(name),
                            decoded(text(
                                            iam.answer(QueryForm.of(
                                                            "GetRolePolicy",
                                                            Map.of("RoleName", role, "PolicyName", name)))
                                                    .xml(),
                                            "PolicyDocument")
                                    .orElse(""))));
        }
        QueryReply profile = iam.answer(QueryForm.of("GetInstanceProfile", Map.of("InstanceProfileName", role)));
        if (profile.succeeded()) {
            values.put(PROFILE, profile.xml().contains("<RoleName>") ? SEATED : EMPTY);
        }
        return new Facets(values);
    }

    static String inline(String policy) {
        return "inline:" + policy.toLowerCase(Locale.ROOT);
    }

    static String tag(String key) {
        return "tag:" + key.toLowerCase(Locale.ROOT);
    }

    private static QueryReply ask(IamBackend iam, String action, String role) {
        return iam.answer(QueryForm.of(action, Map.of("RoleName", role)));
    }

    private static String memberList(String xml) {
        return text(xml, "PolicyNames").orElse("");
    }

    private static Optional<String> text(String xml, String element) {
        return texts(xml, element).stream().findFirst();
    }

    private static List<String> texts(String xml, String element) {
        Matcher matcher = Pattern.compile("<" + element + ">(.*?)</" + element + ">", Pattern.DOTALL)
                .matcher(xml);
        List<String> texts = new ArrayList<>();
        while (matcher.find()) {
            texts.add(matcher.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
        }
        return texts;
    }

    private static String decoded(String document) {
        return URLDecoder.decode(document, StandardCharsets.UTF_8);
    }

    boolean hasRole() {
        return values.containsKey(ROLE);
    }

    @Nullable
    String get(String facet) {
        return values.get(facet);
    }

    /** The parts in which the two differ; documents that mean the same do not. */
    SequencedSet<String> differingFrom(Facets other) {
        SequencedSet<String> all = new TreeSet<>(values.keySet());
        all.addAll(other.values.keySet());
        all.removeIf(facet -> same(values.get(facet), other.values.get(facet)));
        return all;
    }

    /** Each of these parts here and there. */
    String described(Iterable<String> facets, Facets other) {
        SequencedMap<String, String> texts = new LinkedHashMap<>();
        facets.forEach(facet -> texts.put(facet, values.get(facet) + " instead of " + other.values.get(facet)));
        return texts.toString();
    }

    private static boolean same(@Nullable String left, @Nullable String right) {
        if (left == null || right == null || left.equals(right)) {
            return Objects.equals(left, right);
        }
        return left.startsWith("{")
                && right.startsWith("{")
                && PolicyDocument.find(left)
                        .filter(document -> document.isEquivalentTo(right))
                        .isPresent();
    }
}

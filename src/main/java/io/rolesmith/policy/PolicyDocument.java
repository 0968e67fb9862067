package io.rolesmith.policy;

import io.rolesmith.policy.JsonValue.JsonArray;
import io.rolesmith.policy.JsonValue.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A policy document that was read without loss, ready to be sent.
 *
 * <p>Two documents are {@code equals} when they are sent in the same characters; whether they mean the same is
 * {@link #isEquivalentTo(PolicyDocument)}.
 */
public final class PolicyDocument {

    private final JsonObject root;
    private final String version;
    private final Optional<String> id;
    private final List<Statement> statements;
    private final TextPlaces places;
    private final String json;

    // Made when first asked for; two threads may both make it, and make the same.
    private @Nullable String canonical;

    PolicyDocument(JsonObject root, DocumentGrammar grammar, TextPlaces places) {
        this.root = root;
        this.version = grammar.version();
        this.id = grammar.id();
        this.statements = List.copyOf(grammar.statements());
        this.places = places;
        StringBuilder minified = new StringBuilder(1024);
        new JsonWriter(minified).write(root);
        this.json = minified.toString();
    }

    /**
     * The document that {@code json} holds, of text known to be good: variables of ours are plain text in it.
     *
     * @throws IllegalArgumentException with the first refusing finding's message when it cannot be read
     */
    public static PolicyDocument parse(String json) {
        Reading reading = PolicyReader.readResolved(json);
        return reading.document()
                .orElseThrow(() -> new IllegalArgumentException(reading.findings().stream()
                        .filter(Finding::refuses)
                        .map(Finding::message)
                        .findFirst()
                        .orElseThrow()));
    }

    /** The document that {@code json} holds; empty when it cannot be read. Variables of ours are plain text in it. */
    public static Optional<PolicyDocument> find(String json) {
        return PolicyReader.readResolved(json).document();
    }

    /**
     * What is sent to IAM: the document minified, its member order, its scalars and arrays and its literals as they were
     * written.
     */
    public String json() {
        return json;
    }

    /** The version of the policy language, {@code 2012-10-17} or {@code 2008-10-17}; absent means the latter. */
    public String version() {
        return version;
    }

    /** Whether IAM puts values in for variables such as <code>${aws:username}</code>; else they are plain text to it. */
    public boolean resolvesVariables() {
        return version.equals(DocumentGrammar.VERSION_2012);
    }

    /** The document's id, which may be the empty string. */
    public Optional<String> id() {
        return id;
    }

    /** The statements, in order; at least one. */
    public List<Statement> statements() {
        return statements;
    }

    /**
     * The RFC 8785 text of what the document means.
     *
     * <p>Documents that IAM does not tell apart have the same one. It serves comparison and hashing and is never sent.
     */
    public String canonical() {
        String known = canonical;
        if (known == null) {
            known = CanonicalForm.of(this);
            canonical = known;
        }
        return known;
    }

    /** SHA-256 of {@link #canonical()} in UTF-8, as 64 lower-case hexadecimal digits. */
    public String digest() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(canonical().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    /**
     * The characters that count against IAM's quotas.
     *
     * <p>IAM says that it does not count white space. What it does inside of strings is not documented, so we count it
     * there, which is never too little.
     *
     * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html">IAM quotas</a>
     */
    public int size() {
        return json.length();
    }

    /** Whether both documents mean the same to IAM. */
    public boolean isEquivalentTo(PolicyDocument other) {
        return this == other || json.equals(other.json) || canonical().equals(other.canonical());
    }

    /** Whether {@code text} is a document that means the same; false when it is none that we can read. */
    public boolean isEquivalentTo(String text) {
        return json.equals(text) || find(text).filter(this::isEquivalentTo).isPresent();
    }

    /** Whether a Version is written in the document. */
    public boolean statesVersion() {
        return root.find("Version").isPresent();
    }

    /**
     * Findings about this document in its order, each with line and column where it was pasted as text. Of very many
     * only the gravest are kept, with a finding {@code TOO_MANY_FINDINGS}.
     */
    public List<Finding> inOrder(List<Finding> findings) {
        FindingLog log = new FindingLog();
        for (Finding finding : findings) {
            log.add(() -> root.offsetOf(finding.pointer()), finding);
        }
        return log.inOrder(places);
    }

    /** Pointers of the condition blocks, and of the operators in one, that hold no key; IAM takes them. */
    public List<String> emptyConditions() {
        List<String> empty = new ArrayList<>();
        JsonValue written = root.find("Statement").orElse(root);
        for (Statement statement : statements) {
            JsonValue object =
                    written instanceof JsonArray array ? array.elements().get(statement.index()) : written;
            if (object instanceof JsonObject members
                    && members.find("Condition").orElse(null) instanceof JsonObject block) {
                if (block.members().isEmpty()) {
                    empty.add(JsonPointer.member(statement.pointer(), "Condition"));
                }
                for (JsonValue.Member operator : block.members()) {
                    if (operator.value() instanceof JsonObject keys
                            && keys.members().isEmpty()) {
                        empty.add(JsonPointer.member(
                                JsonPointer.member(statement.pointer(), "Condition"), operator.name()));
                    }
                }
            }
        }
        return empty;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PolicyDocument document && json.equals(document.json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }

    @Override
    public String toString() {
        return json;
    }
}

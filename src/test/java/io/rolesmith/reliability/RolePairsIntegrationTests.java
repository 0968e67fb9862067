package io.rolesmith.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.rolesmith.policy.PolicyDocument;
import io.rolesmith.policy.access.RandomPermissions;
import io.rolesmith.policy.catalogue.ManagedPolicies;
import io.rolesmith.role.RoleState;
import io.rolesmith.role.SampledAccess;
import io.rolesmith.support.FaultProxy;
import io.rolesmith.support.FaultProxy.Call;
import io.rolesmith.support.MemoryIam;
import io.rolesmith.support.ObservedRole;
import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.TestRolesmith.Answer;
import io.rolesmith.support.World;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Roles made at random are made over HTTP, then declared to be another role made at random, and deleted. What IAM was told to
 * do is replayed step by step, and each state on the way is held against requests drawn at random.
 *
 * <p>{@code -Dpairs=…} runs more of them, {@code -Dseed=…} and {@code -Dpair=…} one of them again.
 */
class RolePairsIntegrationTests {

    private static final int PAIRS = Integer.getInteger("pairs", 200);
    private static final int LANES = 4;
    private static final String BY_AWS = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    private static final JsonMapper JSON = new JsonMapper();

    private static final MemoryIam IAM = new MemoryIam(TestRolesmith.ACCOUNT);
    private static @Nullable World world;

    /** Signed once: that takes longer than most of what is asked with it. */
    private final String token = rolesmith().portal();

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Map<String, PolicyDocument> documents = new LinkedHashMap<>();
    private final List<String> managed = new ArrayList<>();
    private final List<String> boundaries = new ArrayList<>();
    private final Map<String, Integer> seen = Collections.synchronizedMap(new TreeMap<>());

    @BeforeAll
    static void start() {
        world = World.over(IAM);
    }

    @AfterAll
    static void stop() {
        world().close();
    }

    private static World world() {
        return Objects.requireNonNull(world);
    }

    private static TestRolesmith rolesmith() {
        return world().rolesmith();
    }

    @Test
    void aRoleBecomesAnyOtherRoleSafelyAndGoesWithoutATrace() {
        System.out.println("RolePairsIntegrationTests, seed " + seed);
        policies(new Random(seed));
        try (ExecutorService lanes = Executors.newFixedThreadPool(LANES)) {
            List<CompletableFuture<Void>> pairs = pairs().mapToObj(
                            number -> CompletableFuture.runAsync(() -> new Pair(number).run(), lanes))
                    .toList();
            pairs.forEach(CompletableFuture::join);
        }
        System.out.println(PAIRS + " pairs: " + seen);
        world().assertNothingIsStuck();
        if (Integer.getInteger("pair") == null) {
            assertThat(seen.keySet())
                    .contains(
                            "additive",
                            "boundary taken away",
                            "boundary kept unsaid",
                            "gap hold",
                            "instance profile made",
                            "instance profile taken away",
                            "somebody else's policies",
                            "in another letter case",
                            "no change");
            assertThat(count("changes")).isGreaterThan(3 * PAIRS);
            assertThat(count("changes without a gap")).isGreaterThan(PAIRS);
            assertThat(count("requests let through at an end")).isGreaterThan(PAIRS / 2);
        }
    }

    private int count(String what) {
        return seen.getOrDefault(what, 0);
    }

    private static IntStream pairs() {
        Integer one = Integer.getInteger("pair");
        return one == null ? IntStream.range(0, PAIRS) : IntStream.of(one);
    }

    /** Policies that the account has before Rolesmith comes. */
    private void policies(Random random) {
        RandomPermissions permissions = RandomPermissions.acceptable(random);
        for (int i = 0; i < 12; i++) {
            managed.add(policy("managed" + i, permissions.policy()));
        }
        for (int i = 0; i < 6; i++) {
            boundaries.add(policy("boundary" + i, permissions.boundary()));
        }
        managed.add(BY_AWS);
        documents.put(
                BY_AWS,
                PolicyDocument.parse(ManagedPolicies.bundled().document(BY_AWS).orElseThrow()));
    }

    private String policy(String name, PolicyDocument document) {
        FaultProxy iam = world().iam();
        iam.ask("CreatePolicy", Map.of("PolicyName", name, "PolicyDocument", document.json()));
        String arn = "arn:aws:iam::" + TestRolesmith.ACCOUNT + ":policy/" + name;
        documents.put(arn, document);
        return arn;
    }

    /** One role, which is this and then that. */
    private final class Pair {

        private final int number;
        private final String name;
        private final Random random;
        private final RandomPermissions permissions;
        private final SampledAccess sample;

        /** Does again what IAM did, a step at a time. */
        private final MemoryIam replay = new MemoryIam(TestRolesmith.ACCOUNT);

        private int replayed;

        Pair(int number) {
            this.number = number;
            this.name = "Pair" + number;
            this.random = new Random(seed * 31 + number);
            this.permissions = RandomPermissions.acceptable(random);
            this.sample = new SampledAccess(random, permissions);
        }

        void run() {
            try {
                walk();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dseed=" + seed + " -Dpair=" + number + ": " + e.getMessage(), e);
            }
        }

        private void walk() {
            List<PolicyDocument> pool = List.of(permissions.policy(), permissions.policy(), permissions.policy());
            ObjectNode first = role(pool);
            ObjectNode second = random.nextInt(20) == 0 ? first.deepCopy() : other(first, pool);

            Answer made = random.nextBoolean() ? post(first) : put(name, first);
            assertThat(made.status()).as("%s for %s", made, first).isEqualTo(201);
            isAsAsked(first, Optional.empty(), JSON.createObjectNode());
            isSafe("creation", made.json(), steps());

            somebodyElse();
            RoleState before = live().orElseThrow();
            String version = get().header("ETag");
            Answer changed =
                    put(random.nextInt(4) == 0 ? name.toUpperCase(Locale.ROOT) : name, second, "If-Match", version);
            assertThat(changed.status()).as("%s for %s", changed, second).isEqualTo(201);
            isAsAsked(second, Optional.of(before), first);
            List<Optional<RoleState>> steps = steps();
            isSafe("update", changed.json(), steps);
            count(first, second, before, changed.json(), steps.size() - 1);

            RoleState after = live().orElseThrow();
            Answer again = put(name, second, "If-Match", get().header("ETag"));
            assertThat(again.status()).as("%s", again).isEqualTo(201);
            assertThat(again.json().get("roles").get(0).get("status").asString())
                    .isEqualTo("UNCHANGED");
            assertThat(steps()).as("nothing is written").hasSize(1);
            assertThat(live()).contains(after);

            Answer deleted =
                    rolesmith().send(rolesmith().request(path(name), token).DELETE());
            assertThat(deleted.status()).as("%s", deleted).isEqualTo(201);
            assertThat(live()).isEmpty();
            assertThat(profileIsThere()).isFalse();
            isSafe("deletion", deleted.json(), steps());
            assertThat(get().status()).isEqualTo(404);
        }

        private Optional<RoleState> live() {
            return ObservedRole.of(IAM, name);
        }

        private boolean profileIsThere() {
            return world().iam()
                    .ask("GetInstanceProfile", Map.of("InstanceProfileName", name))
                    .succeeded();
        }

        /** The role before the writes that were not looked at yet, and after each of them. */
        private List<Optional<RoleState>> steps() {
            List<Optional<RoleState>> states = new ArrayList<>();
            states.add(ObservedRole.of(replay, name));
            List<Call> writes = world().iam().writes().stream()
                    .filter(call -> call.role().equals(name))
                    .toList();
            for (Call write : writes.subList(replayed, writes.size())) {
                assertThat(write.done()).as("%s", write).isTrue();
                assertThat(replay.answer(write.form()).succeeded())
                        .as("%s", write)
                        .isTrue();
                states.add(ObservedRole.of(replay, name));
            }
            replayed = writes.size();
            assertThat(states.getLast().map(this::anonymous)).isEqualTo(live().map(this::anonymous));
            return states;
        }

        /** Without what tells a role from another one like it. */
        private RoleState anonymous(RoleState state) {
            return new RoleState(
                    "",
                    state.arn(),
                    state.name(),
                    state.path(),
                    state.description(),
                    state.trustPolicy(),
                    state.maxSessionSeconds(),
                    state.permissionsBoundaryArn(),
                    state.tags(),
                    state.managedPolicyArns(),
                    state.inlinePolicies(),
                    state.instanceProfiles(),
                    state.templated());
        }

        private void isSafe(String what, JsonNode request, List<Optional<RoleState>> states) {
            JsonNode role = request.get("roles").get(0);
            SampledAccess.Journey journey = sample.along(states, documents);
            String told = what + " " + role + " through " + states;
            assertThat(journey.unsafe().stream().limit(2)).as(told).isEmpty();
            if (!role.hasNonNull("gap")) {
                assertThat(journey.lost().stream().limit(2)).as(told).isEmpty();
            }
            if (journey.gains() || journey.loses()) {
                seen.merge("requests let through at an end", 1, Integer::sum);
            }
        }

        /** What others may do to the role between two requests. */
        private void somebodyElse() {
            if (random.nextInt(3) != 0) {
                return;
            }
            foreign("TagRole", Map.of("Tags.member.1.Key", "somebody:else", "Tags.member.1.Value", "x"));
            foreign("AttachRolePolicy", Map.of("PolicyArn", one(managed)));
            foreign(
                    "PutRolePolicy",
                    Map.of(
                            "PolicyName",
                            "Foreign",
                            "PolicyDocument",
                            permissions.policy().json()));
            seen.merge("somebody else's policies", 1, Integer::sum);
        }

        private void foreign(String action, Map<String, String> members) {
            Map<String, String> all = new LinkedHashMap<>(members);
            all.put("RoleName", name);
            for (MemoryIam iam : List.of(IAM, replay)) {
                assertThat(FaultProxy.ask(iam, action, all).succeeded()).isTrue();
            }
        }

        private void isAsAsked(ObjectNode asked, Optional<RoleState> before, ObjectNode given) {
            RoleState live = live().orElseThrow();
            boolean additive = asked.path("policyOwnership").asString("").equals("additive");
            assertThat(live.name()).isEqualTo(name);
            assertThat(live.path()).isEqualTo("/pairs/");
            assertThat(before.map(RoleState::roleId).orElse(live.roleId())).isEqualTo(live.roleId());
            assertThat(live.description()).isEqualTo(asked.path("description").asString(""));
            assertThat(live.maxSessionSeconds())
                    .isEqualTo(asked.path("maxSessionSeconds").asInt(3600));
            assertThat(PolicyDocument.parse(asked.get("trustPolicy").toString()).isEquivalentTo(live.trustPolicy()))
                    .as("%s is %s", asked.get("trustPolicy"), live.trustPolicy())
                    .isTrue();
            String boundary = asked.has("permissionsBoundaryArn")
                    ? asked.get("permissionsBoundaryArn").asString(null)
                    : before.map(RoleState::permissionsBoundaryArn).orElse(null);
            assertThat(live.permissionsBoundaryArn()).isEqualTo(boundary);

            Collection<String> attached = new TreeSet<>();
            asked.path("managedPolicyArns").forEach(arn -> attached.add(arn.asString()));
            Map<String, String> inline = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            if (additive) {
                before.ifPresent(state -> attached.addAll(state.managedPolicyArns()));
                before.ifPresent(state -> inline.putAll(state.inlinePolicies()));
            }
            asked.path("inlinePolicies")
                    .properties()
                    .forEach(policy ->
                            inline.put(policy.getKey(), policy.getValue().toString()));
            assertThat(live.managedPolicyArns()).containsExactlyInAnyOrderElementsOf(attached);
            assertThat(lower(live.inlinePolicies().keySet())).isEqualTo(lower(inline.keySet()));
            live.inlinePolicies()
                    .forEach((policy, document) -> assertThat(PolicyDocument.parse(inline.getOrDefault(policy, ""))
                                    .isEquivalentTo(document))
                            .as("%s is %s", inline, document)
                            .isTrue());

            Map<String, String> tags = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            before.ifPresent(state -> tags.putAll(state.tags()));
            given.path("tags").properties().forEach(tag -> tags.remove(tag.getKey()));
            asked.path("tags")
                    .properties()
                    .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asString()));
            Map<String, String> liveTags = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            liveTags.putAll(live.tags());
            if (before.isEmpty()) {
                assertThat(liveTags.keySet()).contains("rolesmith:installation", "rolesmith:team", "rolesmith:request");
                liveTags.keySet().removeIf(key -> key.startsWith("rolesmith:"));
            }
            assertThat(liveTags).isEqualTo(tags);

            boolean profile = asked.path("instanceProfile").asBoolean(false);
            assertThat(live.instanceProfiles()).isEqualTo(profile ? new TreeSet<>(List.of(name)) : new TreeSet<>());
            assertThat(profileIsThere()).isEqualTo(profile);
        }

        private TreeSet<String> lower(Collection<String> texts) {
            TreeSet<String> lower = new TreeSet<>();
            texts.forEach(text -> lower.add(text.toLowerCase(Locale.ROOT)));
            return lower;
        }

        private void count(ObjectNode first, ObjectNode second, RoleState before, JsonNode request, int changes) {
            List<String> facts = new ArrayList<>();
            JsonNode gap = request.get("roles").get(0).path("gap");
            if (gap.isObject()) {
                facts.add("gap " + gap.get("kind").asString().toLowerCase(Locale.ROOT));
            }
            if (changes == 0) {
                facts.add("no change");
            }
            if (second.path("policyOwnership").asString("").equals("additive")) {
                facts.add("additive");
            }
            if (before.permissionsBoundaryArn() != null) {
                if (!second.has("permissionsBoundaryArn")) {
                    facts.add("boundary kept unsaid");
                } else if (second.get("permissionsBoundaryArn").isNull()) {
                    facts.add("boundary taken away");
                }
            }
            boolean had = first.path("instanceProfile").asBoolean(false);
            boolean has = second.path("instanceProfile").asBoolean(false);
            if (had != has) {
                facts.add(has ? "instance profile made" : "instance profile taken away");
            }
            second.path("inlinePolicies").propertyNames().forEach(policy -> {
                if (!first.path("inlinePolicies").has(policy)
                        && lower(first.path("inlinePolicies").propertyNames())
                                .contains(policy.toLowerCase(Locale.ROOT))) {
                    facts.add("in another letter case");
                }
            });
            facts.forEach(fact -> seen.merge(fact, 1, Integer::sum));
            seen.merge("changes", changes, Integer::sum);
            if (!gap.isObject()) {
                seen.merge("changes without a gap", changes, Integer::sum);
            }
        }

        private ObjectNode role(List<PolicyDocument> pool) {
            ObjectNode role = JSON.createObjectNode().put("path", "/pairs/");
            role.set("trustPolicy", JSON.readTree(SampledAccess.acceptableTrust(random)));
            if (random.nextBoolean()) {
                role.put("description", one(List.of("", "App", "Größe & \"mehr\"")));
            }
            if (random.nextInt(3) == 0) {
                role.put("maxSessionSeconds", one(List.of(3600, 43_200)));
            }
            switch (random.nextInt(3)) {
                case 0 -> role.put("permissionsBoundaryArn", one(boundaries));
                case 1 -> role.putNull("permissionsBoundaryArn");
                default -> {}
            }
            ArrayNode arns = role.putArray("managedPolicyArns");
            some(managed, 3).forEach(arns::add);
            ObjectNode inline = role.putObject("inlinePolicies");
            some(List.of("a", "Logs", "s3-Access"), 3)
                    .forEach(
                            policy -> inline.set(policy, JSON.readTree(one(pool).json())));
            ObjectNode tags = role.putObject("tags");
            some(List.of("team", "Stage", "cost centre"), 3).forEach(key -> tags.put(key, one(List.of("red", "blue"))));
            if (random.nextInt(3) == 0) {
                role.put("instanceProfile", random.nextBoolean());
            }
            if (random.nextInt(3) == 0) {
                role.put("policyOwnership", one(List.of("additive", "exclusive")));
            }
            return role;
        }

        /** Another role that has much in common with the first one, in other spellings. */
        private ObjectNode other(ObjectNode first, List<PolicyDocument> pool) {
            ObjectNode other = role(pool);
            if (random.nextInt(3) != 0) {
                other.set("trustPolicy", first.get("trustPolicy"));
            }
            if (random.nextInt(3) == 0) {
                other.set("managedPolicyArns", first.get("managedPolicyArns"));
            }
            recase(other, "inlinePolicies");
            recase(other, "tags");
            return other;
        }

        private void recase(ObjectNode role, String member) {
            ObjectNode there = (ObjectNode) role.get(member);
            ObjectNode recased = JSON.createObjectNode();
            there.properties()
                    .forEach(entry -> recased.set(
                            random.nextInt(4) == 0 ? entry.getKey().toUpperCase(Locale.ROOT) : entry.getKey(),
                            entry.getValue()));
            role.set(member, recased);
        }

        private Answer post(ObjectNode role) {
            return rolesmith()
                    .post("/role-requests", token, World.body(named(role)).toString(), "Prefer", "wait=60");
        }

        private ObjectNode named(ObjectNode role) {
            return role.deepCopy().put("name", name);
        }

        private Answer put(String address, ObjectNode role, String... headers) {
            ObjectNode body = role.deepCopy().put("team", "retail-store").put("reason", "A pair");
            HttpRequest.Builder request = rolesmith()
                    .request(path(address), token)
                    .header("Content-Type", "application/json")
                    .header("Prefer", "wait=60")
                    .PUT(HttpRequest.BodyPublishers.ofString(body.toString()));
            return rolesmith().send(headers.length == 0 ? request : request.headers(headers));
        }

        private Answer get() {
            return rolesmith().get(path(name), token);
        }

        private String path(String address) {
            return "/accounts/" + TestRolesmith.ACCOUNT + "/roles/" + address;
        }

        private <T> T one(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        private <T> List<T> some(List<T> of, int most) {
            List<T> shuffled = new ArrayList<>(of);
            Collections.shuffle(shuffled, random);
            return shuffled.subList(0, random.nextInt(most + 1));
        }
    }
}

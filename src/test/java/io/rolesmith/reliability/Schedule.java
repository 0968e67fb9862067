package io.rolesmith.reliability;

import io.rolesmith.support.TestRolesmith;
import io.rolesmith.support.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is asked for and what goes wrong meanwhile. All of it comes from the seed, so that the seed replays it.
 *
 * @param roles names that no other schedule has
 * @param waves one after the other
 */
record Schedule(long seed, Kind kind, List<String> roles, List<Wave> waves) {

    /** What the roles go through. */
    enum Kind {
        /** Nothing but other requests. */
        CALM(0, 0),
        /** Faults that pass within the budgets of Rolesmith's defaults, and single refusals. */
        WEATHER(0.15, 0),
        /** More of them. */
        ROUGH(0.35, 0),
        /** The same, and somebody else who edits the roles, removes them and makes them again. */
        STRANGERS(0.1, 0.05),
        /** Somebody else at worse moments, and nothing that hides it. */
        MEDDLED(0, 0.15),
        /** Faults that outlast the budgets. */
        STORM(0.2, 0);

        final double faults;
        final double strangers;

        Kind(double faults, double strangers) {
            this.faults = faults;
            this.strangers = strangers;
        }
    }

    /** Requests that are made at once. */
    record Wave(boolean awaited, List<Ask> asks) {}

    enum Verb {
        POST,
        PUT,
        DELETE
    }

    /**
     * One request.
     *
     * @param body as for POST; the others take what they need from it
     * @param copies how often it is made at once; more than once only with a key
     */
    record Ask(
            Verb verb,
            ObjectNode body,
            boolean async,
            @Nullable String key,
            int copies,
            @Nullable String ifMatch) {}

    static final List<String> ACCOUNTS = List.of(TestRolesmith.ACCOUNT, World.OTHER_ACCOUNT);

    static final List<String> MANAGED = List.of(
            World.ECS_EXECUTION_POLICY,
            "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
            "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy");

    private static final List<String> BOUNDARIES = List.of(
            "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy");

    static final List<String> INLINE = List.of("assets", "queue", "limits");

    private static final JsonMapper JSON = new JsonMapper();

    static Schedule of(long seed) {
        return new Generator(seed).schedule();
    }

    private static final class Generator {

        private final long seed;
        private final Random random;
        private final List<String> roles = new ArrayList<>();
        private final List<String> paths = new ArrayList<>();

        Generator(long seed) {
            this.seed = seed;
            // The first numbers of neighbouring seeds are alike.
            this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        }

        Schedule schedule() {
            int number = 1 + random.nextInt(4);
            for (int i = 0; i < number; i++) {
                roles.add("shop" + seed + "Role" + i);
                paths.add(random.nextInt(4) == 0 ? "/shop/" : "/");
            }
            Kind kind = kind();
            List<Wave> waves = new ArrayList<>();
            // Roles that are there already see more of it than roles that are made.
            waves.add(new Wave(true, List.of(provision(roles))));
            int more = 1 + random.nextInt(3);
            for (int i = 0; i < more; i++) {
                List<Ask> asks = new ArrayList<>();
                int together = 1 + random.nextInt(3);
                for (int j = 0; j < together; j++) {
                    asks.add(ask());
                }
                waves.add(new Wave(random.nextInt(3) > 0, asks));
            }
            return new Schedule(seed, kind, List.copyOf(roles), waves);
        }

        private Kind kind() {
            int sort = random.nextInt(20);
            return sort < 2
                    ? Kind.CALM
                    : sort < 8
                            ? Kind.WEATHER
                            : sort < 12
                                    ? Kind.ROUGH
                                    : sort < 14 ? Kind.STRANGERS : sort < 17 ? Kind.MEDDLED : Kind.STORM;
        }

        private Ask ask() {
            String one = roles.get(random.nextInt(roles.size()));
            List<String> some = roles.stream()
                    .filter(role -> role.equals(one) || random.nextBoolean())
                    .toList();
            return switch (random.nextInt(10)) {
                case 0, 1 -> deletion(some);
                case 2 -> one(Verb.DELETE, one);
                case 3, 4, 5 -> one(Verb.PUT, one);
                default -> provision(some);
            };
        }

        private Ask deletion(List<String> names) {
            ObjectNode body = body();
            body.put("action", "delete");
            ArrayNode all = body.putArray("roles");
            names.forEach(name -> all.addObject().put("name", name));
            return ask(Verb.POST, body, null);
        }

        private Ask one(Verb verb, String name) {
            ObjectNode body = body();
            body.putArray("accounts").add(ACCOUNTS.get(random.nextInt(4) == 0 ? 1 : 0));
            if (verb == Verb.DELETE) {
                body.put("action", "delete").putArray("roles").addObject().put("name", name);
            } else {
                body.putArray("roles").add(role(name));
            }
            return ask(verb, body, random.nextInt(5) == 0 ? null : "*");
        }

        private Ask provision(List<String> names) {
            ObjectNode body = body();
            ArrayNode all = body.putArray("roles");
            names.forEach(name -> all.add(role(name)));
            if (body.get("accounts").size() > 1 && random.nextBoolean()) {
                body.put("onFailure", random.nextBoolean() ? "keep" : "undo");
            }
            return ask(Verb.POST, body, null);
        }

        private Ask ask(Verb verb, ObjectNode body, @Nullable String ifMatch) {
            String key = random.nextInt(4) == 0 ? "key-" + seed + "-" + random.nextInt(1_000_000) : null;
            int copies = key == null ? 1 : 1 + random.nextInt(2);
            return new Ask(verb, body, random.nextInt(3) == 0, key, copies, ifMatch);
        }

        private ObjectNode body() {
            ObjectNode body = JSON.createObjectNode().put("team", "retail-store");
            ArrayNode accounts = body.putArray("accounts").add(ACCOUNTS.getFirst());
            if (random.nextInt(4) == 0) {
                accounts.add(ACCOUNTS.get(1));
            }
            return body;
        }

        private ObjectNode role(String name) {
            ObjectNode role = JSON.createObjectNode().put("name", name);
            String path = paths.get(roles.indexOf(name));
            if (!path.equals("/")) {
                role.put("path", path);
            }
            role.set("trustPolicy", trust(pick("ecs-tasks", "lambda", "ec2") + ".amazonaws.com"));
            if (random.nextInt(3) == 0) {
                role.put("description", pick("For the shop", "Für den Laden & mehr"));
            }
            if (random.nextInt(3) == 0) {
                role.put("maxSessionSeconds", 7200);
            }
            switch (random.nextInt(6)) {
                case 0 -> role.put("permissionsBoundaryArn", BOUNDARIES.get(random.nextInt(2)));
                case 1 -> role.putNull("permissionsBoundaryArn");
                default -> {}
            }
            ArrayNode managed = role.putArray("managedPolicyArns");
            MANAGED.stream().filter(_ -> random.nextInt(3) == 0).forEach(managed::add);
            ObjectNode inline = role.putObject("inlinePolicies");
            INLINE.stream()
                    .filter(_ -> random.nextInt(3) == 0)
                    .forEach(policy -> inline.set(
                            policy, document(policy.equals("limits") ? "Deny" : "Allow", pick("assets", "orders"))));
            ObjectNode tags = role.putObject("tags");
            List.of("service", "stage").stream()
                    .filter(_ -> random.nextInt(3) == 0)
                    .forEach(key -> tags.put(key, pick("retail", "store")));
            if (random.nextInt(4) == 0) {
                role.put("instanceProfile", true);
            }
            if (random.nextInt(6) == 0) {
                role.put("policyOwnership", "additive");
            }
            return role;
        }

        private String pick(String... values) {
            return values[random.nextInt(values.length)];
        }
    }

    static JsonNode trust(String service) {
        return JSON.readTree("""
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"%s"},"Action":"sts:AssumeRole"}]}
                """.formatted(service));
    }

    static JsonNode document(String effect, String bucket) {
        return JSON.readTree("""
                {"Version":"2012-10-17","Statement":[{"Effect":"%s","Action":"s3:GetObject","Resource":"arn:aws:s3:::retail-store-%s/*"}]}
                """.formatted(effect, bucket));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("seed " + seed + ", " + kind + ", roles " + roles);
        for (Wave wave : waves) {
            text.append("\n  ").append(wave.awaited ? "wave" : "wave, not waited for");
            wave.asks.forEach(ask -> text.append("\n    ")
                    .append(ask.verb)
                    .append(ask.async ? " async" : "")
                    .append(ask.key == null ? "" : " " + ask.copies + " times by " + ask.key)
                    .append(ask.ifMatch == null ? "" : " If-Match " + ask.ifMatch)
                    .append(' ')
                    .append(ask.body));
        }
        return text.toString();
    }

    /** The random numbers of one role in one account; they depend on nothing but the seed. */
    Random numbers(String account, String role) {
        return new Random(Arrays.hashCode(new Object[] {seed, account, role}) * 0x9E3779B97F4A7C15L);
    }
}

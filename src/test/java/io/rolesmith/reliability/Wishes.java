package io.rolesmith.reliability;

import io.rolesmith.support.World;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.node.ObjectNode;

/** Requests at random: 1 to 4 of a few roles are made, changed in any of their parts, or deleted. */
final class Wishes {

    private static final List<String> POLICIES =
            List.of(World.ECS_EXECUTION_POLICY, "arn:aws:iam::aws:policy/ReadOnlyAccess");

    private final List<String> names;
    private final Random random;

    Wishes(List<String> names, long seed) {
        this.names = names;
        this.random = new Random(seed);
    }

    ObjectNode next() {
        List<String> some = new ArrayList<>(names);
        Collections.shuffle(some, random);
        some = some.subList(0, Math.min(some.size(), 1 + random.nextInt(4)));
        boolean deletion = random.nextInt(4) == 0;
        ObjectNode body = World.body(
                some.stream().map(name -> deletion ? named(name) : role(name)).toArray(ObjectNode[]::new));
        return deletion ? body.put("action", "delete") : body;
    }

    private static ObjectNode named(String name) {
        ObjectNode role = World.role(name);
        role.retain("name");
        return role;
    }

    private ObjectNode role(String name) {
        ObjectNode role = World.role(
                name, POLICIES.stream().filter(_ -> random.nextBoolean()).toArray(String[]::new));
        for (String policy : List.of("assets", "orders")) {
            if (random.nextBoolean()) {
                World.inline(role, policy);
            }
        }
        if (random.nextBoolean()) {
            role.put("description", "As of " + random.nextInt(3));
        }
        role.put("maxSessionSeconds", 3600 + random.nextInt(3));
        role.put("instanceProfile", random.nextInt(4) == 0);
        role.putObject("tags").put("stage", Integer.toString(random.nextInt(3)));
        return role;
    }
}

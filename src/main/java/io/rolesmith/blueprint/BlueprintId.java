package io.rolesmith.blueprint;

/** What a blueprint is called in requests and addresses: {@code ecs-service}, for example. */
public record BlueprintId(String value) {

    public BlueprintId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("'" + value + "' is no blueprint's id: lower-case words joined by -");
        }
    }

    static boolean isValid(String value) {
        return value.length() <= 64 && value.matches("[a-z0-9]+(-[a-z0-9]+)*");
    }

    @Override
    public String toString() {
        return value;
    }
}

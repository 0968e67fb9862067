package io.rolesmith.request;

import io.rolesmith.provisioning.JobId;
import java.util.Optional;
import java.util.UUID;

/** The id of a role request. */
public record RequestId(UUID value) {

    /** The id in its canonical spelling; empty if {@code text} is none. */
    public static Optional<RequestId> find(String text) {
        try {
            UUID value = UUID.fromString(text);
            return value.toString().equalsIgnoreCase(text) ? Optional.of(new RequestId(value)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    JobId job() {
        return new JobId(value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}

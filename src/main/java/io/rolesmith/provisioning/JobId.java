package io.rolesmith.provisioning;

import java.util.UUID;

/** The id of a job, which is that of the request that it does. */
public record JobId(UUID value) {

    @Override
    public String toString() {
        return value.toString();
    }
}

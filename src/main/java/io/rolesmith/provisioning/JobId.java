package io.rolesmith.provisioning;

import java.util.UUID;

/** The id of a job, which is that of the request that it does. */
public record JobId(UUID value) {

    /** What the id is called on lines of the log and in spans. */
    public static final String LOG_KEY = "rolesmith.requestId";

    @Override
    public String toString() {
        return value.toString();
    }
}

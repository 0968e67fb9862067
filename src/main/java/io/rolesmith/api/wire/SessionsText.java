package io.rolesmith.api.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rolesmith.role.LiveSessions;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** {@link LiveSessions} on the wire. */
@Schema(
        description =
                "What becomes of open sessions where a trust policy loses somebody: keep, which holds where this is absent, lets"
                        + " them live on; revoke denies everything to all sessions that began before the change or within 15"
                        + " seconds after it, whoever has them")
public enum SessionsText {
    @JsonProperty("keep")
    KEEP,
    @JsonProperty("revoke")
    REVOKE;

    /** What {@code given} means; absent, sessions are kept. */
    public static LiveSessions toSessions(@Nullable SessionsText given) {
        return given == REVOKE ? LiveSessions.REVOKE : LiveSessions.KEEP;
    }
}

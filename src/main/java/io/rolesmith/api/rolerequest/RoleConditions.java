package io.rolesmith.api.rolerequest;

import io.rolesmith.api.problem.MalformedRequestException;
import io.rolesmith.api.wire.RoleTag;
import io.rolesmith.provisioning.RoleVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the headers If-Match and If-None-Match ask of a role before it is written to.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-13.1">RFC 9110, preconditions</a>
 */
record RoleConditions(Match ifMatch, Match ifNoneMatch) {

    /** What one of the headers says. */
    sealed interface Match {

        /** The header is not there. */
        record Absent() implements Match {}

        /** {@code *}: any role that is there. */
        record Any() implements Match {}

        /**
         * Entity tags.
         *
         * @param versions those of ours; weak tags and tags of others, which are never a role's, are left out
         */
        record Tags(List<RoleVersion> versions) implements Match {}
    }

    /** One element of the list, which may be empty, and its comma. */
    private static final Pattern ELEMENT =
            Pattern.compile("\\G[ \\t]*+(?:(W/)?+\"([\\x21\\x23-\\x7E\\x80-\\xFF]*+)\"[ \\t]*+)?+(,|\\z)");

    /** @throws MalformedRequestException if a header is there that is neither {@code *} nor a list of entity tags */
    static RoleConditions of(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
        return new RoleConditions(match("If-Match", ifMatch), match("If-None-Match", ifNoneMatch));
    }

    private static Match match(String header, @Nullable String value) {
        if (value == null) {
            return new Match.Absent();
        }
        if (value.strip().equals("*")) {
            return new Match.Any();
        }
        List<RoleVersion> versions = new ArrayList<>();
        Matcher element = ELEMENT.matcher(value);
        int end = 0;
        while (end < value.length() && element.find()) {
            // What is written to needs the strong comparison, which a weak tag never passes.
            if (element.group(1) == null) {
                Optional.ofNullable(element.group(2)).flatMap(RoleTag::version).ifPresent(versions::add);
            }
            end = element.end();
        }
        if (end < value.length()) {
            throw MalformedRequestException.parameter(
                    header,
                    "it is neither * nor a list of entity tags",
                    "Send the ETag of the role as it came, with its quotes.");
        }
        return new Match.Tags(versions);
    }
}

package io.rolesmith.api.wire;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * What was said of the permissions boundary. A member that is absent (no {@code BoundaryText} at all) and one that is
 * {@code null} (one without an ARN) mean different things.
 */
@JsonDeserialize(using = BoundaryText.Deserializer.class)
@Schema(
        type = "string",
        nullable = true,
        description = "ARN of the permissions boundary. Absent: the one that is there stays; null: there shall be none",
        example = "arn:${var.aws_partition}:iam::${var.aws_account_id}:policy/team-boundary")
public record BoundaryText(@Nullable String arn) {

    static final class Deserializer extends ValueDeserializer<BoundaryText> {

        @Override
        public BoundaryText deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                return (BoundaryText) context.handleUnexpectedToken(context.constructType(BoundaryText.class), parser);
            }
            return new BoundaryText(parser.getString());
        }

        @Override
        public BoundaryText getNullValue(DeserializationContext context) {
            return new BoundaryText(null);
        }

        @Override
        public @Nullable Object getAbsentValue(DeserializationContext context) {
            return null;
        }
    }
}

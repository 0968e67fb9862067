package io.rolesmith.api.wire;

import io.rolesmith.policy.PolicySource;
import java.io.StringWriter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * A policy document as a caller gave it: a JSON object, or a string that holds the policy as pasted text. The object is
 * copied token by token, since a tree of it would lose digits.
 */
@JsonDeserialize(using = PolicyText.Deserializer.class)
public record PolicyText(String text, boolean pasted) {

    public PolicySource toSource() {
        return new PolicySource(text, pasted);
    }

    static final class Deserializer extends ValueDeserializer<PolicyText> {

        private static final JsonFactory FACTORY = new JsonFactory();

        @Override
        public PolicyText deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                return new PolicyText(parser.getString(), true);
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                return (PolicyText) context.handleUnexpectedToken(context.constructType(PolicyText.class), parser);
            }
            StringWriter text = new StringWriter();
            try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
                generator.copyCurrentStructureExact(parser);
            }
            return new PolicyText(text.toString(), false);
        }
    }
}

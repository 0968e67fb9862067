package io.rolesmith.iam.sandbox;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** Policy documents as JSON text. */
final class PolicyText {

    /** Strict: what IAM does with a key that stands there twice is not documented, so it is taken for an error. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private PolicyText() {}

    /** @throws JacksonException if the text is not one JSON value */
    static JsonNode parse(String text) {
        return JSON.readTree(text);
    }

    static String write(JsonNode document) {
        return JSON.writeValueAsString(document);
    }

    /**
     * The characters that count towards IAM's quotas: all but the white space between tokens. That inside strings counts here,
     * whatever IAM does.
     */
    static int size(String text) {
        int size = 0;
        boolean inString = false;
        boolean escaped = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (inString || !(c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
                size++;
            }
            if (escaped) {
                escaped = false;
            } else if (c == '\\') {
                escaped = true;
            } else if (c == '"') {
                inString = !inString;
            }
        }
        return size;
    }
}

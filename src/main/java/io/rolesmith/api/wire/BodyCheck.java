package io.rolesmith.api.wire;

import io.rolesmith.api.ApiProperties;
import io.rolesmith.api.problem.MalformedRequestException;
import io.rolesmith.api.problem.ProblemCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Looks at each body before anything is made of it: it must be of a bearable size, UTF-8, and without characters that
 * neither PostgreSQL nor IAM can hold.
 */
@ControllerAdvice
public class BodyCheck extends RequestBodyAdviceAdapter {

    private static final String ATTRIBUTE = BodyCheck.class.getName();
    private static final JsonFactory JSON = new JsonFactory();

    private final int maxBytes;

    BodyCheck(ApiProperties properties) {
        this.maxBytes = Math.toIntExact(properties.bodySize().toBytes());
    }

    @Override
    public boolean supports(MethodParameter parameter, Type type, Class<? extends HttpMessageConverter<?>> converter) {
        return true;
    }

    @Override
    public HttpInputMessage beforeBodyRead(
            HttpInputMessage message,
            MethodParameter parameter,
            Type type,
            Class<? extends HttpMessageConverter<?>> converter)
            throws IOException {
        byte[] body = message.getBody().readNBytes(maxBytes + 1);
        if (body.length > maxBytes) {
            throw MalformedRequestException.of(
                    ProblemCode.BODY_TOO_LARGE,
                    "",
                    "The body has more than " + maxBytes + " bytes",
                    "Ask for less at once.");
        }
        requireUtf8(body);
        requireTexts(body);
        RequestContextHolder.currentRequestAttributes().setAttribute(ATTRIBUTE, body, RequestAttributes.SCOPE_REQUEST);
        return new HttpInputMessage() {
            @Override
            public InputStream getBody() {
                return new ByteArrayInputStream(body);
            }

            @Override
            public HttpHeaders getHeaders() {
                return message.getHeaders();
            }
        };
    }

    private static void requireUtf8(byte[] body) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
        } catch (CharacterCodingException e) {
            throw malformed("", "The body is not UTF-8", "Send it as UTF-8, without a byte order mark.");
        }
        if (body.length > 2 && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB && body[2] == (byte) 0xBF) {
            throw malformed("", "The body begins with a byte order mark", "Leave it out.");
        }
    }

    /** What is no JSON at all is left to who reads it for good, and says more. */
    private static void requireTexts(byte[] body) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING || token == JsonToken.PROPERTY_NAME) {
                    if (!isText(parser.getString())) {
                        throw malformed(
                                parser.streamReadContext().pathAsPointer().toString(),
                                "The text contains U+0000, or half of a surrogate pair",
                                "Leave it out.");
                    }
                }
            }
        } catch (JacksonException e) {
            return;
        }
    }

    /** Whether {@code text} consists of characters that can be stored: no U+0000, and no half of a surrogate pair. */
    static boolean isText(String text) {
        return text.codePoints()
                .noneMatch(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
    }

    private static MalformedRequestException malformed(String pointer, String message, String remedy) {
        return MalformedRequestException.of(ProblemCode.MALFORMED_JSON, pointer, message, remedy);
    }

    /** The body of the current request as it came; absent when there was none. */
    public static byte @Nullable [] ofCurrentRequest() {
        return RequestContextHolder.currentRequestAttributes().getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST)
                        instanceof byte[] body
                ? body
                : null;
    }
}

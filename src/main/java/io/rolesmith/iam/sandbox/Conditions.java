package io.rolesmith.iam.sandbox;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The condition block of a statement as IAM checks it when it is written: known operators, and values that they can read.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html">Operators</a>
 */
final class Conditions {

    private enum Operand {
        TEXT,
        NUMBER,
        DATE,
        TRUTH,
        BINARY,
        ADDRESS,
        ARN
    }

    private static final Map<String, Operand> OPERATORS = Map.ofEntries(
            Map.entry("StringEquals", Operand.TEXT),
            Map.entry("StringNotEquals", Operand.TEXT),
            Map.entry("StringEqualsIgnoreCase", Operand.TEXT),
            Map.entry("StringNotEqualsIgnoreCase", Operand.TEXT),
            Map.entry("StringLike", Operand.TEXT),
            Map.entry("StringNotLike", Operand.TEXT),
            Map.entry("NumericEquals", Operand.NUMBER),
            Map.entry("NumericNotEquals", Operand.NUMBER),
            Map.entry("NumericLessThan", Operand.NUMBER),
            Map.entry("NumericLessThanEquals", Operand.NUMBER),
            Map.entry("NumericGreaterThan", Operand.NUMBER),
            Map.entry("NumericGreaterThanEquals", Operand.NUMBER),
            Map.entry("DateEquals", Operand.DATE),
            Map.entry("DateNotEquals", Operand.DATE),
            Map.entry("DateLessThan", Operand.DATE),
            Map.entry("DateLessThanEquals", Operand.DATE),
            Map.entry("DateGreaterThan", Operand.DATE),
            Map.entry("DateGreaterThanEquals", Operand.DATE),
            Map.entry("Bool", Operand.TRUTH),
            Map.entry("BinaryEquals", Operand.BINARY),
            Map.entry("IpAddress", Operand.ADDRESS),
            Map.entry("NotIpAddress", Operand.ADDRESS),
            Map.entry("ArnEquals", Operand.ARN),
            Map.entry("ArnLike", Operand.ARN),
            Map.entry("ArnNotEquals", Operand.ARN),
            Map.entry("ArnNotLike", Operand.ARN),
            Map.entry("Null", Operand.TRUTH));

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final Pattern EPOCH_OR_YEAR = Pattern.compile("-?[0-9]+");
    private static final Pattern MONTH = Pattern.compile("[0-9]{4}-(0[1-9]|1[0-2])");
    private static final int ARN_SEGMENTS = 6;

    /** A date, a minute or a second, with or without an offset. */
    private static final DateTimeFormatter DATE = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendLiteral('T')
            .appendValue(ChronoField.HOUR_OF_DAY, 2)
            .appendLiteral(':')
            .appendValue(ChronoField.MINUTE_OF_HOUR, 2)
            .optionalStart()
            .appendLiteral(':')
            .appendValue(ChronoField.SECOND_OF_MINUTE, 2)
            .optionalStart()
            .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true)
            .optionalEnd()
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .optionalEnd()
            .toFormatter(Locale.ROOT);

    private Conditions() {}

    static void check(JsonNode condition) {
        if (!condition.isObject()) {
            throw PolicyGrammar.syntax();
        }
        condition.properties().forEach(operator -> {
            Operand operand = operand(operator.getKey());
            if (!operator.getValue().isObject()) {
                throw PolicyGrammar.syntax();
            }
            Set<String> keys = new HashSet<>();
            operator.getValue().properties().forEach(entry -> {
                // Condition keys are the same whatever the case of their letters.
                if (entry.getKey().isEmpty() || !keys.add(entry.getKey().toLowerCase(Locale.ROOT))) {
                    throw PolicyGrammar.syntax();
                }
                JsonNode value = entry.getValue();
                List<JsonNode> values =
                        value.isArray() ? List.copyOf(value.asArray().values()) : List.of(value);
                values.forEach(each -> value(operand, each));
            });
        });
    }

    private static Operand operand(String operator) {
        String bare = operator.replaceFirst("^(ForAllValues|ForAnyValue):", "");
        boolean ifExists = bare.endsWith("IfExists");
        bare = ifExists ? bare.substring(0, bare.length() - "IfExists".length()) : bare;
        Operand operand = OPERATORS.get(bare);
        if (operand == null || (ifExists && bare.equals("Null"))) {
            throw PolicyGrammar.syntax();
        }
        return operand;
    }

    private static void value(Operand operand, JsonNode value) {
        if (!value.isString() && !value.isNumber() && !value.isBoolean()) {
            throw PolicyGrammar.syntax();
        }
        String text = value.asString();
        boolean readable = switch (operand) {
            case TEXT -> true;
            case NUMBER -> NUMBER.matcher(text).matches();
            case DATE -> isDate(text);
            case TRUTH -> text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
            case ADDRESS -> isAddressOrRange(text);
            case ARN ->
                text.equals("*") || (text.startsWith("arn:") && text.split(":", ARN_SEGMENTS).length == ARN_SEGMENTS);
            case BINARY -> {
                binary(text);
                yield true;
            }
        };
        if (!readable) {
            throw PolicyGrammar.legacy();
        }
    }

    private static boolean isDate(String text) {
        if (EPOCH_OR_YEAR.matcher(text).matches() || MONTH.matcher(text).matches()) {
            return true;
        }
        try {
            DATE.parse(text);
            return true;
        } catch (DateTimeParseException _) {
            return false;
        }
    }

    private static void binary(String text) {
        try {
            Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException _) {
            throw PolicyGrammar.syntax();
        }
    }

    private static boolean isAddressOrRange(String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        InetAddress address;
        try {
            // IAM does not read IPv6 addresses with a dotted end.
            address = literal.contains(":") ? v6(literal) : Inet4Address.ofLiteral(literal);
        } catch (IllegalArgumentException _) {
            return false;
        }
        if (slash < 0) {
            return true;
        }
        String prefix = text.substring(slash + 1);
        byte[] bytes = address.getAddress();
        if (!prefix.matches("[0-9]{1,3}") || Integer.parseInt(prefix) > bytes.length * 8) {
            return false;
        }
        return bytes.length == 4 || hasNoHostBits(bytes, Integer.parseInt(prefix));
    }

    private static InetAddress v6(String literal) {
        if (literal.contains(".") || literal.contains("%")) {
            throw new IllegalArgumentException(literal);
        }
        return Inet6Address.ofLiteral(literal);
    }

    private static boolean hasNoHostBits(byte[] address, int prefix) {
        for (int bit = prefix; bit < address.length * 8; bit++) {
            if ((address[bit / 8] & (0x80 >> (bit % 8))) != 0) {
                return false;
            }
        }
        return true;
    }
}

package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.Wildcards;
import java.time.YearMonth;
import java.util.Optional;

/**
 * The values that condition operators can read.
 *
 * <p>IAM reads them when a policy is written, and answers "The policy failed legacy parsing" or "Syntax errors in policy."
 * Where it is known to read what nobody can mean, such as {@code 192.0.2.0/+24} or {@code 2001:db8:::1}, we do not.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html">IAM
 *     condition operators</a>
 */
final class Literals {

    private static final int ARN_SEGMENTS = 6;

    /** More digits than any moment in seconds has, and few enough for a long. */
    private static final int MAX_EPOCH_DIGITS = 18;

    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;
    private static final int IPV6_GROUPS = 8;

    private Literals() {}

    /** {@code 10}, {@code -1}, {@code 10.5}, {@code 1e3}: digits with at most a sign, a fraction and an exponent. */
    static boolean isNumber(String text) {
        int place = skipDigits(text, text.startsWith("-") ? 1 : 0);
        if (place > 0 && place < text.length() && text.charAt(place) == '.') {
            place = skipDigits(text, place + 1);
        }
        if (place > 0 && place < text.length() && (text.charAt(place) == 'e' || text.charAt(place) == 'E')) {
            boolean signed = place + 1 < text.length() && "+-".indexOf(text.charAt(place + 1)) >= 0;
            place = skipDigits(text, place + (signed ? 2 : 1));
        }
        return place == text.length() && place > 0;
    }

    /** The place behind the digits that begin at {@code start}, -1 when there is none. */
    private static int skipDigits(String text, int start) {
        int place = start;
        while (place < text.length() && Ascii.isDigit(text.charAt(place))) {
            place++;
        }
        return place == start ? -1 : place;
    }

    /** {@code true} or {@code false}, in any case. */
    static boolean isBoolean(String text) {
        return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
    }

    /**
     * A moment in ISO 8601, from the year alone ({@code 2026}) to fractions of a second with an offset, or the seconds
     * since 1970.
     */
    static boolean isDate(String text) {
        String digits = text.startsWith("-") ? text.substring(1) : text;
        if (Ascii.isDigits(digits)) {
            return digits.length() <= MAX_EPOCH_DIGITS;
        }
        if (!isShaped(text, "dddd-dd")) {
            return false;
        }
        int month = number(text, 5);
        if (month < 1 || month > 12) {
            return false;
        }
        if (text.length() == 7) {
            return true;
        }
        if (!isShaped(text, "dddd-dd-dd")) {
            return false;
        }
        int year = Integer.parseInt(text.substring(0, 4));
        int day = number(text, 8);
        return day >= 1
                && day <= YearMonth.of(year, month).lengthOfMonth()
                && (text.length() == 10 || isTime(text.substring(10)));
    }

    /** Whether it is a date with a time, which says no offset. */
    static boolean isDateWithoutOffset(String text) {
        int time = text.indexOf('T');
        return time > 0
                && text.charAt(text.length() - 1) != 'Z'
                && text.indexOf('+', time) < 0
                && text.indexOf('-', time) < 0
                && isDate(text);
    }

    /** {@code T00:00}, with seconds, their fraction and an offset or not. */
    private static boolean isTime(String text) {
        if (!isShaped(text, "Tdd:dd") || number(text, 1) > 23 || number(text, 4) > 59) {
            return false;
        }
        int place = 6;
        if (isShaped(text, "Tdd:dd:dd")) {
            if (number(text, 7) > 59) {
                return false;
            }
            place = 9;
            if (place < text.length() && text.charAt(place) == '.') {
                place = skipDigits(text, place + 1);
                // Nanoseconds: nothing on either side can tell more apart.
                if (place < 0 || place > 19) {
                    return false;
                }
            }
        }
        return isOffset(text.substring(place));
    }

    private static boolean isOffset(String text) {
        return text.isEmpty()
                || text.equals("Z")
                || (text.length() == 6
                        && (isShaped(text, "+dd:dd") || isShaped(text, "-dd:dd"))
                        && number(text, 1) <= 18
                        && number(text, 4) <= 59);
    }

    /** Whether the text begins like the shape, in which {@code d} is any digit. */
    private static boolean isShaped(String text, String shape) {
        if (text.length() < shape.length()) {
            return false;
        }
        for (int i = 0; i < shape.length(); i++) {
            boolean fits = shape.charAt(i) == 'd' ? Ascii.isDigit(text.charAt(i)) : text.charAt(i) == shape.charAt(i);
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    /** The number of the two digits at {@code start}. */
    private static int number(String text, int start) {
        return Integer.parseInt(text.substring(start, start + 2));
    }

    /** Base64 with its padding, as {@code YWJjZA==}. */
    static boolean isBase64(String text) {
        if (text.length() % 4 != 0) {
            return false;
        }
        int end = text.length();
        for (int padding = 0; padding < 2 && end > 0 && text.charAt(end - 1) == '='; padding++) {
            end--;
        }
        for (int i = 0; i < end; i++) {
            char character = text.charAt(i);
            if (!Ascii.isAlphanumeric(character) && character != '+' && character != '/') {
                return false;
            }
        }
        return true;
    }

    /** How many segments the text has as an ARN, at most six, since the sixth may hold colons. */
    static int arnSegments(String text) {
        return text.split(":", ARN_SEGMENTS).length;
    }

    /** {@code *}, or six segments of which the first is {@code arn} or a pattern of it. */
    static boolean isArnPattern(String text) {
        return text.equals("*")
                || (arnSegments(text) == ARN_SEGMENTS
                        && Wildcards.matches(text.substring(0, text.indexOf(':')), "arn"));
    }

    /**
     * What is wrong with {@code text} as an address or a range of addresses, as the end of a sentence; empty when nothing
     * is. An IPv4 range may name an address inside of it, an IPv6 range must not.
     */
    static Optional<String> ipRangeViolation(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        String prefix = slash < 0 ? "" : text.substring(slash + 1);
        if (address.indexOf(':') < 0) {
            return isIpv4(address) && (slash < 0 || isPrefix(prefix, IPV4_BITS))
                    ? Optional.empty()
                    : Optional.of("is no address or CIDR range");
        }
        if (address.indexOf('.') >= 0) {
            return Optional.of("ends like an IPv4 address, which IAM does not read in an IPv6 address");
        }
        Optional<int[]> groups = ipv6Groups(address);
        if (groups.isEmpty() || (slash >= 0 && !isPrefix(prefix, IPV6_BITS))) {
            return Optional.of("is no address or CIDR range");
        }
        return slash >= 0 && hasBitsBehind(groups.get(), Integer.parseInt(prefix))
                ? Optional.of("names an address inside of the IPv6 range /" + prefix + " instead of its first one")
                : Optional.empty();
    }

    private static boolean isPrefix(String text, int bits) {
        return text.length() <= 3 && Ascii.isDigits(text) && Integer.parseInt(text) <= bits;
    }

    private static boolean isIpv4(String text) {
        String[] parts = text.split("\\.", -1);
        for (String part : parts) {
            if (part.length() > 3 || !Ascii.isDigits(part) || Integer.parseInt(part) > 255) {
                return false;
            }
        }
        return parts.length == 4;
    }

    /** The eight groups of an IPv6 address; empty when it is none. */
    private static Optional<int[]> ipv6Groups(String text) {
        if (text.length() > 39) {
            return Optional.empty();
        }
        int gap = text.indexOf("::");
        if (gap < 0) {
            return groups(text).filter(groups -> groups.length == IPV6_GROUPS);
        }
        Optional<int[]> head = groups(text.substring(0, gap));
        Optional<int[]> tail = groups(text.substring(gap + 2));
        if (head.isEmpty() || tail.isEmpty() || head.get().length + tail.get().length >= IPV6_GROUPS) {
            return Optional.empty();
        }
        int[] all = new int[IPV6_GROUPS];
        System.arraycopy(head.get(), 0, all, 0, head.get().length);
        System.arraycopy(tail.get(), 0, all, IPV6_GROUPS - tail.get().length, tail.get().length);
        return Optional.of(all);
    }

    private static Optional<int[]> groups(String text) {
        if (text.isEmpty()) {
            return Optional.of(new int[0]);
        }
        String[] parts = text.split(":", -1);
        int[] groups = new int[parts.length];
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].isEmpty() || parts[i].length() > 4 || !isHexadecimal(parts[i])) {
                return Optional.empty();
            }
            groups[i] = Integer.parseInt(parts[i], 16);
        }
        return Optional.of(groups);
    }

    private static boolean isHexadecimal(String text) {
        return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
    }

    private static boolean hasBitsBehind(int[] groups, int prefix) {
        for (int bit = prefix; bit < IPV6_BITS; bit++) {
            if ((groups[bit / 16] & (0x8000 >> (bit % 16))) != 0) {
                return true;
            }
        }
        return false;
    }
}

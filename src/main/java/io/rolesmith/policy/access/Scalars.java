package io.rolesmith.policy.access;

import io.rolesmith.policy.Ascii;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;

/** Reads the values of conditions whose operators do not compare text. */
final class Scalars {

    /** Longer than any number that means something, and short enough that comparing costs nothing. */
    private static final int LONGEST_NUMBER = 128;

    private Scalars() {}

    /** An integer or decimal, with an exponent or without, such as {@code 10}, {@code -1.5} or {@code 1e3}. */
    static Optional<BigDecimal> number(String text) {
        if (text.isEmpty() || text.length() > LONGEST_NUMBER) {
            return Optional.empty();
        }
        for (int i = 0; i < text.length(); i++) {
            if (!Ascii.isDigit(text.charAt(i)) && "+-.eE".indexOf(text.charAt(i)) < 0) {
                return Optional.empty();
            }
        }
        try {
            return Optional.of(new BigDecimal(text));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }

    /** True or false, in any case. */
    static Optional<Boolean> bool(String text) {
        return switch (Ascii.lower(text)) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    /** The bytes that Base64 stands for. */
    static Optional<byte[]> binary(String text) {
        try {
            return Optional.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /**
     * A moment: one of the W3C's shapes of ISO 8601, or seconds since 1970.
     *
     * <p>Parts that are left out are the first ones of their kind; a time needs its zone. Four digits are a year.
     *
     * @see <a href="https://www.w3.org/TR/NOTE-datetime">Date and Time Formats</a>
     */
    static Optional<Instant> date(String text) {
        try {
            boolean negative = text.startsWith("-");
            String digits = negative ? text.substring(1) : text;
            if (Ascii.isDigits(digits) && (negative || digits.length() != 4)) {
                return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
            }
            return new Iso8601(text).read();
        } catch (DateTimeException | NumberFormatException notADate) {
            return Optional.empty();
        }
    }

    /** Reads a date from left to right; whatever is not as it should be makes it unreadable. */
    private static final class Iso8601 {

        private static final int MOST_FRACTION_DIGITS = 9;

        private final String text;
        private int place;
        private boolean readable = true;

        Iso8601(String text) {
            this.text = text;
        }

        Optional<Instant> read() {
            int year = digits(4);
            int month = 1;
            int day = 1;
            int hour = 0;
            int minute = 0;
            int second = 0;
            int nanos = 0;
            ZoneOffset zone = ZoneOffset.UTC;
            if (skip('-')) {
                month = digits(2);
                if (skip('-')) {
                    day = digits(2);
                    if (skip('T')) {
                        hour = digits(2);
                        expect(':');
                        minute = digits(2);
                        if (skip(':')) {
                            second = digits(2);
                            nanos = skip('.') ? fraction() : 0;
                        }
                        zone = zone();
                    }
                }
            }
            if (!readable || place != text.length()) {
                return Optional.empty();
            }
            return Optional.of(LocalDateTime.of(year, month, day, hour, minute, second, nanos)
                    .toInstant(zone));
        }

        private ZoneOffset zone() {
            if (skip('Z')) {
                return ZoneOffset.UTC;
            }
            int sign = skip('+') ? 1 : -1;
            if (sign < 0) {
                expect('-');
            }
            int hours = digits(2);
            expect(':');
            return ZoneOffset.ofHoursMinutes(sign * hours, sign * digits(2));
        }

        private int fraction() {
            int start = place;
            int nanos = 0;
            while (place < text.length() && Ascii.isDigit(text.charAt(place))) {
                if (place - start < MOST_FRACTION_DIGITS) {
                    nanos = 10 * nanos + text.charAt(place) - '0';
                }
                place++;
            }
            readable &= place > start;
            for (int i = place - start; i < MOST_FRACTION_DIGITS; i++) {
                nanos *= 10;
            }
            return nanos;
        }

        private int digits(int count) {
            int value = 0;
            for (int i = 0; i < count; i++, place++) {
                if (place >= text.length() || !Ascii.isDigit(text.charAt(place))) {
                    readable = false;
                    return 0;
                }
                value = 10 * value + text.charAt(place) - '0';
            }
            return value;
        }

        private void expect(char character) {
            readable &= skip(character);
        }

        private boolean skip(char character) {
            if (place < text.length() && text.charAt(place) == character) {
                place++;
                return true;
            }
            return false;
        }
    }
}

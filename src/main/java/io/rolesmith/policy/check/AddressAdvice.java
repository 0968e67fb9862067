package io.rolesmith.policy.check;

import io.rolesmith.policy.Ascii;
import io.rolesmith.policy.ConditionOperator.Comparison;
import io.rolesmith.policy.Finding;
import io.rolesmith.policy.Quotes;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Addresses in conditions that can never be met, or are not the range that they seem to be.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip">aws:SourceIp</a>
 */
final class AddressAdvice {

    private static final int BITS = 32;

    /** Of RFC 1918; requests never come to AWS's public endpoints from them. */
    private static final List<Range> PRIVATE =
            List.of(new Range(0x0A000000, 8), new Range(0xAC100000, 12), new Range(0xC0A80000, 16));

    private AddressAdvice() {}

    /** {@code IMPROVE_IP_RANGE}: an address inside of a range where the range's first one is meant. */
    static void ranges(StatementView statement, Consumer<Finding> findings) {
        for (TestedKey condition : statement.conditions()) {
            if (!comparesAddresses(condition)) {
                continue;
            }
            for (int i = 0; i < condition.values().size(); i++) {
                String value = condition.values().get(i);
                Optional<Range> range = Range.of(value);
                if (range.isPresent() && range.get().first() != range.get().address()) {
                    findings.accept(Finding.suggestion(
                            "IMPROVE_IP_RANGE",
                            condition.condition().values().pointerOf(i),
                            "The range " + Quotes.quote(value) + " begins before its address.",
                            "Write " + range.get() + ", which is the same."));
                }
            }
        }
    }

    private static boolean comparesAddresses(TestedKey condition) {
        Comparison comparison = condition.operator().comparison();
        return comparison == Comparison.IP_ADDRESS || comparison == Comparison.NOT_IP_ADDRESS;
    }

    /**
     * {@code PRIVATE_IP_ADDRESS}, {@code PRIVATE_NOT_IP_ADDRESS} and their {@code _SUBSET}s: private addresses of
     * {@code aws:SourceIp}, which holds public ones only.
     */
    static void privateAddresses(StatementView statement, Consumer<Finding> findings) {
        for (TestedKey condition : statement.conditions()) {
            if (!condition.key().equals("aws:sourceip") || !comparesAddresses(condition)) {
                continue;
            }
            List<String> values = condition.values();
            int first = -1;
            int count = 0;
            for (int i = 0; i < values.size(); i++) {
                if (isPrivate(values.get(i))) {
                    first = first < 0 ? i : first;
                    count++;
                }
            }
            if (count == 0) {
                continue;
            }
            boolean negated = condition.isNegated();
            String remedy = "Use aws:VpcSourceIp for private addresses.";
            if (count == values.size()) {
                findings.accept(Finding.warning(
                        negated ? "PRIVATE_NOT_IP_ADDRESS" : "PRIVATE_IP_ADDRESS",
                        condition.pointer(),
                        "aws:SourceIp is compared with private addresses only, which it never is, so "
                                + (negated ? "the condition always holds." : "the condition never holds."),
                        remedy));
            } else {
                findings.accept(Finding.suggestion(
                        negated ? "PRIVATE_NOT_IP_ADDRESS_SUBSET" : "PRIVATE_IP_ADDRESS_SUBSET",
                        condition.condition().values().pointerOf(first),
                        "The private address " + Quotes.quote(values.get(first))
                                + " has no effect, since aws:SourceIp holds public addresses only.",
                        remedy));
            }
        }
    }

    private static boolean isPrivate(String value) {
        if (value.indexOf(':') >= 0) {
            // Unique local addresses, fc00::/7 of RFC 4193.
            String lower = Ascii.lower(value);
            return lower.indexOf(':') == 4 && (lower.startsWith("fc") || lower.startsWith("fd"));
        }
        Optional<Range> range = Range.of(value);
        return range.isPresent() && PRIVATE.stream().anyMatch(known -> known.covers(range.get()));
    }

    /** An IPv4 range by an address in it and the length of its prefix. */
    private record Range(int address, int prefix) {

        /** The range that {@code text} names; empty when it is none or of IPv6, where IAM refuses what could be said. */
        static Optional<Range> of(String text) {
            int slash = text.indexOf('/');
            String prefix = slash < 0 ? String.valueOf(BITS) : text.substring(slash + 1);
            if (prefix.length() > 2 || !Ascii.isDigits(prefix) || Integer.parseInt(prefix) > BITS) {
                return Optional.empty();
            }
            String[] parts = (slash < 0 ? text : text.substring(0, slash)).split("\\.", 5);
            int address = 0;
            for (String part : parts) {
                if (part.length() > 3 || !Ascii.isDigits(part) || Integer.parseInt(part) > 255) {
                    return Optional.empty();
                }
                address = address << 8 | Integer.parseInt(part);
            }
            return parts.length == 4 ? Optional.of(new Range(address, Integer.parseInt(prefix))) : Optional.empty();
        }

        int first() {
            return prefix == 0 ? 0 : address & -1 << (BITS - prefix);
        }

        boolean covers(Range other) {
            return other.prefix >= prefix && new Range(other.address, prefix).first() == first();
        }

        @Override
        public String toString() {
            int first = first();
            return "%d.%d.%d.%d/%d"
                    .formatted(first >>> 24, first >>> 16 & 0xFF, first >>> 8 & 0xFF, first & 0xFF, prefix);
        }
    }
}

package io.rolesmith.policy.access;

import io.rolesmith.policy.Ascii;
import java.util.Optional;

/**
 * A range of IPv4 or IPv6 addresses, or a single one. Nothing is ever looked up.
 *
 * @param address four bytes or sixteen
 * @param prefix how many leading bits count
 */
record IpRange(byte[] address, int prefix) {

    private static final int V4_BYTES = 4;
    private static final int V6_BYTES = 16;
    private static final int V6_GROUPS = 8;

    /** The range that CIDR notation or a bare address names, empty when it is neither. */
    static Optional<IpRange> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return parseAddress(text);
        }
        String bits = text.substring(slash + 1);
        if (bits.length() > 3 || !Ascii.isDigits(bits)) {
            return Optional.empty();
        }
        int prefix = Integer.parseInt(bits);
        return parseAddress(text.substring(0, slash))
                .filter(single -> prefix <= single.prefix())
                .map(single -> new IpRange(single.address(), prefix));
    }

    /** The one address that the text names, empty when it is none. */
    static Optional<IpRange> parseAddress(String text) {
        byte[] bytes = text.indexOf(':') < 0 ? v4(text) : v6(text);
        return bytes.length == 0 ? Optional.empty() : Optional.of(new IpRange(bytes, bytes.length * Byte.SIZE));
    }

    /** Whether an address of the same family lies in the range. An IPv4 address never lies in one of IPv6. */
    boolean contains(IpRange other) {
        if (address.length != other.address.length) {
            return false;
        }
        int whole = prefix / Byte.SIZE;
        for (int i = 0; i < whole; i++) {
            if (address[i] != other.address[i]) {
                return false;
            }
        }
        int rest = prefix % Byte.SIZE;
        return rest == 0 || ((address[whole] ^ other.address[whole]) & 0xFF) >>> (Byte.SIZE - rest) == 0;
    }

    private static byte[] v4(String text) {
        byte[] bytes = new byte[V4_BYTES];
        int start = 0;
        for (int i = 0; i < V4_BYTES; i++) {
            int dot = text.indexOf('.', start);
            int end = i == V4_BYTES - 1 ? text.length() : dot;
            if (end < 0 || (i == V4_BYTES - 1 && dot >= 0)) {
                return new byte[0];
            }
            String octet = text.substring(start, end);
            if (octet.length() > 3 || !Ascii.isDigits(octet) || (octet.length() > 1 && octet.charAt(0) == '0')) {
                return new byte[0];
            }
            int value = Integer.parseInt(octet);
            if (value > 0xFF) {
                return new byte[0];
            }
            bytes[i] = (byte) value;
            start = end + 1;
        }
        return bytes;
    }

    private static byte[] v6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            byte[] bytes = groups(text);
            return bytes.length == V6_BYTES ? bytes : new byte[0];
        }
        String left = text.substring(0, gap);
        String right = text.substring(gap + 2);
        byte[] head = left.isEmpty() ? new byte[0] : groups(left);
        byte[] tail = right.isEmpty() ? new byte[0] : groups(right);
        boolean unreadable = (head.length == 0 && !left.isEmpty()) || (tail.length == 0 && !right.isEmpty());
        if (unreadable || left.indexOf('.') >= 0 || head.length + tail.length > V6_BYTES - 2) {
            return new byte[0];
        }
        byte[] bytes = new byte[V6_BYTES];
        System.arraycopy(head, 0, bytes, 0, head.length);
        System.arraycopy(tail, 0, bytes, V6_BYTES - tail.length, tail.length);
        return bytes;
    }

    /** Groups of up to four hexadecimal digits, of which the last two may be written as an IPv4 address. */
    private static byte[] groups(String text) {
        String[] groups = text.split(":", V6_GROUPS + 1);
        boolean dotted = groups[groups.length - 1].indexOf('.') >= 0;
        int length = 2 * groups.length + (dotted ? 2 : 0);
        if (length > V6_BYTES) {
            return new byte[0];
        }
        byte[] bytes = new byte[length];
        for (int i = 0; i < groups.length; i++) {
            String group = groups[i];
            if (dotted && i == groups.length - 1) {
                byte[] v4 = v4(group);
                if (v4.length == 0) {
                    return v4;
                }
                System.arraycopy(v4, 0, bytes, 2 * i, V4_BYTES);
                continue;
            }
            if (group.isEmpty() || group.length() > 4) {
                return new byte[0];
            }
            int value = 0;
            for (int c = 0; c < group.length(); c++) {
                int digit = group.charAt(c) < 0x80 ? Character.digit(group.charAt(c), 16) : -1;
                if (digit < 0) {
                    return new byte[0];
                }
                value = value << 4 | digit;
            }
            bytes[2 * i] = (byte) (value >>> Byte.SIZE);
            bytes[2 * i + 1] = (byte) value;
        }
        return bytes;
    }
}

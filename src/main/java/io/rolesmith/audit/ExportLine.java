package io.rolesmith.audit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A line of an export: one JSON object, which holds an event's text just as it was hashed, between what the chain says of it.
 * So whoever verifies an export need not make that text anew.
 */
final class ExportLine {

    private static final byte[] SEQUENCE = ascii("{\"sequence\":");
    private static final byte[] CONTENT_HASH = ascii(",\"contentHash\":\"");
    private static final byte[] PREVIOUS_HASH = ascii("\",\"previousHash\":\"");
    private static final byte[] HASH = ascii("\",\"hash\":\"");
    private static final byte[] END = ascii("\"}");
    private static final int HEX = 64;
    private static final int TAIL = CONTENT_HASH.length + PREVIOUS_HASH.length + HASH.length + 3 * HEX + END.length;
    private static final int DIGITS = 18;

    private ExportLine() {}

    /** Writes the line of an event, which has {@code content}. */
    static void write(StoredEvent event, byte[] content, OutputStream out) throws IOException {
        out.write(SEQUENCE);
        out.write(ascii(Long.toString(event.sequence())));
        out.write(',');
        writeMembers(content, out);
        out.write(CONTENT_HASH);
        out.write(hex(event.contentHash()));
        out.write(PREVIOUS_HASH);
        out.write(hex(event.previousHash()));
        out.write(HASH);
        out.write(hex(event.hash()));
        out.write(END);
        out.write('\n');
    }

    /** What stands between the braces. Only a text that is not ours has white space around them, or line breaks. */
    private static void writeMembers(byte[] content, OutputStream out) throws IOException {
        int from = 0;
        int to = content.length - 1;
        while (from < to && content[from] != '{') {
            from++;
        }
        while (to > from && content[to] != '}') {
            to--;
        }
        for (int i = from + 1; i < to; i++) {
            if (content[i] == '\n' || content[i] == '\r') {
                out.write(content, from + 1, i - from - 1);
                out.write(' ');
                from = i;
            }
        }
        out.write(content, from + 1, to - from - 1);
    }

    /**
     * The place in the chain that {@code line} says, if it was written as above and its hashes are those of what it holds;
     * empty says nothing. Whether it is JSON is not looked at.
     */
    static Optional<ChainLink> consistent(byte[] line) {
        int tail = line.length - TAIL;
        int comma = SEQUENCE.length;
        while (comma < tail && line[comma] >= '0' && line[comma] <= '9') {
            comma++;
        }
        int digits = comma - SEQUENCE.length;
        if (comma >= tail
                || digits == 0
                || digits > DIGITS
                || line[comma] != ','
                || !stands(SEQUENCE, line, 0)
                || !stands(CONTENT_HASH, line, tail)
                || !stands(END, line, line.length - END.length)) {
            return Optional.empty();
        }
        int contentHashAt = tail + CONTENT_HASH.length;
        int previousHashAt = contentHashAt + HEX + PREVIOUS_HASH.length;
        int hashAt = previousHashAt + HEX + HASH.length;
        if (!stands(PREVIOUS_HASH, line, contentHashAt + HEX) || !stands(HASH, line, previousHashAt + HEX)) {
            return Optional.empty();
        }
        long sequence = Long.parseLong(new String(line, SEQUENCE.length, digits, StandardCharsets.ISO_8859_1));
        // The text itself: the comma and the one after it give their places to the braces.
        byte[] content = Arrays.copyOfRange(line, comma, tail + 1);
        content[0] = '{';
        content[content.length - 1] = '}';
        MessageDigest sha256 = ChainLink.sha256();
        byte[] contentHash = sha256.digest(content);
        byte[] previousHash;
        try {
            previousHash = bytes(line, previousHashAt);
            ChainLink link = new ChainLink(
                    sequence,
                    0,
                    contentHash,
                    previousHash,
                    ChainLink.hash(sha256, previousHash, sequence, contentHash));
            return Arrays.equals(contentHash, bytes(line, contentHashAt))
                            && Arrays.equals(link.hash(), bytes(line, hashAt))
                    ? Optional.of(link)
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** @throws IllegalArgumentException if there is no lower-case hex */
    private static byte[] bytes(byte[] line, int at) {
        byte[] bytes = new byte[HEX / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (digit(line[at + 2 * i]) << 4 | digit(line[at + 2 * i + 1]));
        }
        return bytes;
    }

    private static int digit(byte character) {
        if (character >= 'A' && character <= 'F') {
            throw new IllegalArgumentException("Hashes are written in lower case");
        }
        return HexFormat.fromHexDigit(character);
    }

    private static boolean stands(byte[] text, byte[] line, int at) {
        return at >= 0
                && at + text.length <= line.length
                && Arrays.equals(line, at, at + text.length, text, 0, text.length);
    }

    private static byte[] hex(byte[] hash) {
        return ascii(HexFormat.of().formatHex(hash));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}

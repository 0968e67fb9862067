package io.rolesmith.policy.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;

/**
 * One of the catalogue's files, read line by line and field by field, with the words for what is wrong in it.
 *
 * <p>A file begins with its kind and the number of its format, and then names its source. Fields are separated by tabs;
 * empty lines and lines that begin with {@code #} are skipped.
 */
final class CatalogueFile {

    /** The format that the committed script writes. */
    private static final String FORMAT = "1";

    private final String name;
    private final String text;
    private final Source source;

    /** Where the reading begins: after the beginning of the text when this is a section of a file. */
    private final int start;

    /** Where the reading ends: before the end of the text when this is a section of a file. */
    private final int end;

    /** Where the line begins that was read last. */
    private int line;

    private int field;
    private int lineEnd;
    private int next;
    private boolean over;

    private CatalogueFile(String name, byte[] bytes, String kind) {
        this.name = name;
        this.text = new String(bytes, StandardCharsets.UTF_8);
        this.start = 0;
        this.end = text.length();
        if (text.indexOf('\uFFFD') >= 0) {
            throw new BrokenCatalogueException(name + ": it is not UTF-8 text");
        }
        this.source = header(kind);
    }

    private CatalogueFile(CatalogueFile whole, int from, int to) {
        this.name = whole.name;
        this.text = whole.text;
        this.source = whole.source;
        this.start = from;
        this.end = to;
        this.next = from;
        this.line = from;
    }

    /** @throws BrokenCatalogueException when it is not there, or is no file of this kind and format */
    static CatalogueFile onClassPath(String resource, String kind) {
        try (InputStream stream = CatalogueFile.class.getResourceAsStream('/' + resource)) {
            if (stream == null) {
                throw new BrokenCatalogueException(resource + ": it is not on the class path");
            }
            return new CatalogueFile(resource, stream.readAllBytes(), kind);
        } catch (IOException e) {
            throw new BrokenCatalogueException(resource + ": it cannot be read, " + e.getMessage(), e);
        }
    }

    /** @throws BrokenCatalogueException when it is not there, or is no file of this kind and format */
    static CatalogueFile at(Path path, String kind) {
        try {
            return new CatalogueFile(path.toString(), Files.readAllBytes(path), kind);
        } catch (NoSuchFileException e) {
            throw new BrokenCatalogueException(path + ": there is no such file", e);
        } catch (IOException e) {
            throw new BrokenCatalogueException(path + ": it cannot be read, " + e, e);
        }
    }

    private Source header(String kind) {
        if (!nextLine() || !nextIs(kind)) {
            throw broken("it must begin with " + kind + " and the number of its format");
        }
        String format = field();
        if (!format.equals(FORMAT)) {
            throw broken("its format is " + format + ", and only " + FORMAT + " is known here");
        }
        if (!nextLine() || !nextIs("source")) {
            throw broken("after the format comes the source: package, version and date");
        }
        String packageName = field();
        String version = field();
        String date = field();
        try {
            return new Source(packageName, version, LocalDate.parse(date));
        } catch (DateTimeParseException e) {
            throw broken(date + " is no date such as 2026-09-26");
        }
    }

    /** The same section, read from its beginning: whoever failed in its middle must fail there again. */
    CatalogueFile again() {
        return new CatalogueFile(this, start, end);
    }

    Source source() {
        return source;
    }

    /** All of the text, for whoever keeps places in it. */
    String text() {
        return text;
    }

    /** Goes to the next line that says something, false at the end. */
    boolean nextLine() {
        while (next < end) {
            line = next;
            field = next;
            int found = text.indexOf('\n', next, end);
            lineEnd = found < 0 ? end : found;
            next = lineEnd + 1;
            if (lineEnd > field && text.charAt(lineEnd - 1) == '\r') {
                lineEnd--;
            }
            if (lineEnd > field && text.charAt(field) != '#') {
                return true;
            }
        }
        over = true;
        return false;
    }

    /** Whether the next field is {@code word}; goes past it if so. */
    boolean nextIs(String word) {
        int after = field + word.length();
        if (!text.startsWith(word, field) || after > lineEnd || (after < lineEnd && text.charAt(after) != '\t')) {
            return false;
        }
        field = after + 1;
        return true;
    }

    /** The lines from the one read last up to the next that begins with {@code word}, for another reader; skips them. */
    CatalogueFile upTo(String word) {
        int from = over ? end : line;
        int found = text.startsWith(word + '\t', from) ? from : text.indexOf('\n' + word + '\t', from) + 1;
        next = found == 0 ? end : found;
        return new CatalogueFile(this, from, next);
    }

    /** The next field, which must be there. */
    String field() {
        String content = optionalField();
        if (content.isEmpty()) {
            throw broken("a field is missing");
        }
        return content;
    }

    /** The next field, empty where it was left out. */
    String optionalField() {
        if (field >= lineEnd) {
            return "";
        }
        int tab = text.indexOf('\t', field, lineEnd);
        String content = text.substring(field, tab < 0 ? lineEnd : tab);
        field += content.length() + 1;
        return content;
    }

    /** Where the rest of the line begins in the text. */
    int restStart() {
        return Math.min(field, lineEnd);
    }

    /** Where the line ends in the text. */
    int restEnd() {
        return lineEnd;
    }

    void endOfLine() {
        if (field < lineEnd) {
            throw broken("it has a field too many");
        }
    }

    /** The exception that says what is wrong with the line read last. */
    BrokenCatalogueException broken(String what) {
        long before = text.substring(0, line)
                .chars()
                .filter(character -> character == '\n')
                .count();
        return new BrokenCatalogueException(name + ", line " + (before + 1) + ": " + what);
    }
}

package io.rolesmith.audit;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells from an export alone whether the trail is as it was written, without Rolesmith, its database or a network. It
 * recomputes contents and hashes, and looks for gaps; an end that was removed, or a chain that was rewritten as a whole, it
 * finds by checkpoints that were kept elsewhere.
 */
public final class OfflineVerifier {

    /** How main is asked for it. */
    public static final String COMMAND = "verify-export";

    static final int INTACT = 0;
    static final int BROKEN = 1;
    static final int USAGE = 2;

    private static final String HELP = """
            usage: verify-export EXPORT [--checkpoints FILE]... [--public-key FILE]... [--expected-head HASH]

              EXPORT           the answer of GET /api/v1/audit-events/export without filters
              --checkpoints    lines of the log rolesmith.audit.checkpoint, as text or ECS, or the bodies that the webhook
                               got, one a line
              --public-key     PEM file; every checkpoint must then be signed by one of its keys
              --expected-head  the hash of a head that an earlier verification gave

            ends with 0: intact, 1: broken, 2: could not be verified
            """;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private final Map<Long, List<Checkpoint>> checkpoints = new TreeMap<>();
    private final List<CheckpointKey> keys = new ArrayList<>();
    private final @Nullable String expectedHead;

    private OfflineVerifier(@Nullable String expectedHead) {
        this.expectedHead = expectedHead;
    }

    /**
     * Verifies as {@code arguments} say and prints what was found.
     *
     * @return the exit code: 0 intact, 1 broken, 2 could not be verified
     */
    public static int run(List<String> arguments, PrintStream out, PrintStream err) {
        try {
            return verify(arguments, out);
        } catch (UsageException e) {
            err.println(e.getMessage());
            err.print(HELP);
            return USAGE;
        } catch (IOException | InvalidPathException e) {
            err.println("Cannot be read: " + e);
            return USAGE;
        }
    }

    private static int verify(List<String> arguments, PrintStream out) throws IOException, UsageException {
        Map<String, List<String>> options = new HashMap<>();
        List<String> exports = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            switch (argument) {
                case "--checkpoints", "--public-key", "--expected-head" -> {
                    if (++i == arguments.size()) {
                        throw new UsageException(argument + " needs a value");
                    }
                    options.computeIfAbsent(argument, option -> new ArrayList<>())
                            .add(arguments.get(i));
                }
                default -> {
                    if (argument.startsWith("--")) {
                        throw new UsageException("There is no option " + argument);
                    }
                    exports.add(argument);
                }
            }
        }
        if (exports.size() != 1) {
            throw new UsageException("One export is needed, got " + exports.size());
        }
        List<String> heads = options.getOrDefault("--expected-head", List.of());
        String head = heads.isEmpty() ? null : heads.getLast().toLowerCase(Locale.ROOT);
        if (heads.size() > 1 || (head != null && !HASH.matcher(head).matches())) {
            throw new UsageException("--expected-head needs one hash, 64 hex digits");
        }
        OfflineVerifier verifier = new OfflineVerifier(head);
        for (String file : options.getOrDefault("--public-key", List.of())) {
            try {
                verifier.keys.addAll(CheckpointKey.read(Files.readString(Path.of(file))));
            } catch (IllegalArgumentException e) {
                throw new UsageException(file + ": " + e.getMessage());
            }
        }
        for (String file : options.getOrDefault("--checkpoints", List.of())) {
            verifier.readCheckpoints(file);
        }
        return verifier.verify(Path.of(exports.getFirst()), out);
    }

    /** A file without any checkpoint must not pass for one whose checkpoints hold. */
    private void readCheckpoints(String file) throws IOException, UsageException {
        int number = 0;
        int found = 0;
        for (String line : Files.readAllLines(Path.of(file))) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                // What the log writes before its message: time, level, logger.
                Checkpoint checkpoint = Checkpoint.parse(message(line.substring(Math.max(line.indexOf('{'), 0))));
                checkpoints
                        .computeIfAbsent(checkpoint.sequence(), sequence -> new ArrayList<>(1))
                        .add(checkpoint);
                found++;
            } catch (IllegalArgumentException e) {
                throw new UsageException("%s, line %d is no checkpoint: %s".formatted(file, number, e.getMessage()));
            }
        }
        if (found == 0) {
            throw new UsageException(file + " holds no checkpoint");
        }
    }

    /** A line of the log in JSON, as ECS has it, holds the checkpoint as the text of its message. */
    private static String message(String json) {
        try {
            JsonNode line = JSON.readTree(json);
            return line.has("@timestamp") && line.path("message").isString()
                    ? line.get("message").asString()
                    : json;
        } catch (JacksonException e) {
            return json;
        }
    }

    private int verify(Path export, PrintStream out) throws IOException {
        Walk walk = new Walk();
        Optional<String> broken = forged();
        if (broken.isEmpty()) {
            try (InputStream lines = Files.newInputStream(export)) {
                broken = walk.firstBreak(new Lines(lines));
            }
        }
        if (broken.isPresent()) {
            out.println("BROKEN. " + broken.get());
            out.println("Verified before that: " + walk.last.sequence() + " events.");
            return BROKEN;
        }
        out.printf("INTACT: %d events, the last with the hash %s.%n", walk.last.sequence(), walk.last.hex());
        if (checkpoints.isEmpty() && expectedHead == null) {
            out.println(
                    "Not checked, since no checkpoints were given: whether the export's end was removed, and whether the"
                            + " whole chain was rewritten.");
        } else if (!checkpoints.isEmpty()) {
            long count = checkpoints.values().stream().mapToLong(List::size).sum();
            out.printf("%d checkpoints hold, the last for event %d.%n", count, walk.lastCheckpoint);
            if (keys.isEmpty()) {
                out.println("Not checked, since no public key was given: the checkpoints' signatures.");
            }
        }
        return INTACT;
    }

    private Optional<String> forged() {
        return keys.isEmpty()
                ? Optional.empty()
                : checkpoints.values().stream()
                        .flatMap(List::stream)
                        .filter(checkpoint -> keys.stream().noneMatch(key -> key.signed(checkpoint)))
                        .findFirst()
                        .map(checkpoint -> "The checkpoint of event %d is not signed by a key that was given."
                                .formatted(checkpoint.sequence()));
    }

    private final class Walk {
        private ChainLink last = ChainLink.GENESIS;
        private long lastCheckpoint;
        private boolean expectedHeadSeen = expectedHead == null || expectedHead.equals(last.hex());

        /** Lines are read here, looked at by every processor, and held against each other here again, in their order. */
        Optional<String> firstBreak(Lines lines) throws IOException {
            int threads = Runtime.getRuntime().availableProcessors();
            try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
                Queue<Future<List<Line>>> ahead = new ArrayDeque<>();
                long number = 0;
                for (List<byte[]> batch = lines.batch(); ; batch = lines.batch()) {
                    if (!batch.isEmpty()) {
                        List<byte[]> texts = batch;
                        ahead.add(executor.submit(
                                () -> texts.stream().map(Line::of).toList()));
                    }
                    while (!ahead.isEmpty() && (batch.isEmpty() || ahead.size() > threads)) {
                        for (Line line : get(ahead.remove())) {
                            number++;
                            Optional<String> broken = breakAt(number, line);
                            if (broken.isPresent()) {
                                return broken;
                            }
                        }
                    }
                    if (batch.isEmpty()) {
                        return endMissing();
                    }
                }
            }
        }

        private Optional<String> breakAt(long number, Line line) {
            Optional<ChainLink> link = line.link().filter(this::follows);
            return link.isPresent()
                    ? contradiction(link.get()).map(reason -> broken(link.get().sequence(), number, reason))
                    : breakAt(number, line.text());
        }

        private boolean follows(ChainLink link) {
            return link.sequence() == last.sequence() + 1 && Arrays.equals(link.previousHash(), last.hash());
        }

        private Optional<String> breakAt(long number, byte[] line) {
            JsonNode event;
            try {
                event = JSON.readTree(line);
            } catch (JacksonException e) {
                return Optional.of("Line %d cannot be read: it is no JSON object, or was cut off.".formatted(number));
            }
            if (!(event instanceof ObjectNode object) || !event.path("sequence").isIntegralNumber()) {
                return Optional.of("Line %d is no audit event.".formatted(number));
            }
            long sequence = event.path("sequence").asLong();
            if (sequence != last.sequence() + 1) {
                return Optional.of(
                        "Event %d is missing: after %d comes %d (line %d). An export with filters has such gaps, and cannot be verified; export without filters."
                                .formatted(last.sequence() + 1, last.sequence(), sequence, number));
            }
            return reason(object).map(reason -> broken(sequence, number, reason));
        }

        private Optional<String> reason(ObjectNode event) {
            String contentHash = AuditContent.text(event, "contentHash");
            String previousHash = AuditContent.text(event, "previousHash");
            String hash = AuditContent.text(event, "hash");
            ChainLink link;
            try {
                link = last.next(0, ChainLink.contentHash(content(event)));
            } catch (IllegalArgumentException e) {
                return Optional.of("Its content cannot be read.");
            }
            if (!HexFormat.of().formatHex(link.contentHash()).equals(contentHash)) {
                return Optional.of("Its content is not what was sealed.");
            }
            if (!last.hex().equals(previousHash)) {
                return Optional.of("Its previous hash is not the hash of the event before it.");
            }
            if (!link.hex().equals(hash)) {
                return Optional.of("Its hash does not follow from its previous hash, sequence and content hash.");
            }
            return contradiction(link);
        }

        /** What a checkpoint says against {@code link}, which is the last otherwise. */
        private Optional<String> contradiction(ChainLink link) {
            for (Checkpoint checkpoint : checkpoints.getOrDefault(link.sequence(), List.of())) {
                if (!checkpoint.hash().equals(link.hex())) {
                    return Optional.of(
                            "Its hash is not the one in the checkpoint of %s: it, or an event after %d, was rewritten."
                                    .formatted(checkpoint.at(), lastCheckpoint));
                }
                lastCheckpoint = checkpoint.sequence();
            }
            last = link;
            expectedHeadSeen |= expectedHead != null && last.hex().equals(expectedHead);
            return Optional.empty();
        }

        private Optional<String> endMissing() {
            for (Map.Entry<Long, List<Checkpoint>> kept : checkpoints.entrySet()) {
                if (kept.getKey() > last.sequence()) {
                    return Optional.of(
                            "Event %d is missing: the checkpoint of %s names event %d. The end was removed, or the export is older."
                                    .formatted(
                                            last.sequence() + 1,
                                            kept.getValue().getFirst().at(),
                                            kept.getKey()));
                }
            }
            return expectedHeadSeen
                    ? Optional.empty()
                    : Optional.of(
                            "The expected head is not the hash of any event: the end was removed or rewritten, or the export is older.");
        }
    }

    private static String broken(long sequence, long number, String reason) {
        return "Event %d (line %d): %s".formatted(sequence, number, reason);
    }

    /**
     * A line of the export.
     *
     * @param link its place in the chain, if it stands there as we wrote it and its hashes are right; otherwise it must be read
     */
    private record Line(byte[] text, Optional<ChainLink> link) {

        static Line of(byte[] text) {
            return new Line(text, ExportLine.consistent(text).filter(link -> isReadable(text)));
        }

        /** Whether it is one JSON object, in which nothing is said twice. */
        private static boolean isReadable(byte[] text) {
            try (JsonParser parser = JSON.createParser(text)) {
                parser.nextToken();
                parser.skipChildren();
                return parser.nextToken() == null;
            } catch (JacksonException e) {
                return false;
            }
        }
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the export was verified", e);
        }
    }

    /** The lines of a file. */
    private static final class Lines {
        private static final int BATCH = 1 << 20;

        private final InputStream in;
        private final byte[] buffer = new byte[1 << 16];
        private int from;
        private int to;

        Lines(InputStream in) {
            this.in = in;
        }

        /** A megabyte of lines or a little more, none at the end. */
        List<byte[]> batch() throws IOException {
            List<byte[]> batch = new ArrayList<>();
            for (int size = 0; size < BATCH; ) {
                byte[] line = next();
                if (line == null) {
                    break;
                }
                batch.add(line);
                size += line.length;
            }
            return batch;
        }

        private byte @Nullable [] next() throws IOException {
            byte[] line = null;
            while (true) {
                if (from == to) {
                    from = 0;
                    to = Math.max(0, in.read(buffer));
                    if (to == 0) {
                        return line;
                    }
                }
                int end = from;
                while (end < to && buffer[end] != '\n') {
                    end++;
                }
                line = with(line, end);
                boolean ended = end < to;
                from = ended ? end + 1 : end;
                if (ended) {
                    return line;
                }
            }
        }

        private byte[] with(byte @Nullable [] begun, int end) {
            if (begun == null) {
                return Arrays.copyOfRange(buffer, from, end);
            }
            byte[] line = Arrays.copyOf(begun, begun.length + end - from);
            System.arraycopy(buffer, from, line, begun.length, end - from);
            return line;
        }
    }

    /** The text that was hashed: all but what the chain added, in RFC 8785, with the time as it was stored. */
    private static String content(ObjectNode event) {
        ObjectNode content = event.deepCopy();
        content.remove(List.of("sequence", "contentHash", "previousHash", "hash"));
        try {
            Instant occurredAt = Instant.parse(content.path("occurredAt").asString());
            // Finer than what is stored, it stays as it is and breaks the hash.
            if (occurredAt.equals(occurredAt.truncatedTo(ChronoUnit.MICROS))) {
                content.put("occurredAt", AuditContent.MICROSECONDS.format(occurredAt));
            }
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(e);
        }
        return AuditContent.canonical(content);
    }

    private static final class UsageException extends Exception {
        UsageException(String message) {
            super(message);
        }
    }
}

package io.rolesmith.benchmark;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * A trail of any length, as years of role requests leave it, that the verifier accepts: texts in RFC 8785, hashes, and what is
 * searched by. It is copied in as the owner, past the triggers, since the way of a request would take hours.
 *
 * <p>Six events to a request that creates a role, every hundredth refused; one account has half of the requests, one in a
 * thousand writes fails, and one in a hundred thousand has no known outcome. Neighbours committed out of order now and then.
 */
final class AuditFill {

    static final Instant BEGIN = Instant.parse("2024-01-01T00:00:00Z");
    static final long MICROS_APART = 2_000_000;
    static final List<String> ACTORS = names("portal-", 500);
    static final List<String> ACCOUNTS = names("1234567", 200, 5);

    private static final int EVENTS = 6;
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final long POSTGRES_EPOCH_MICROS =
            Instant.parse("2000-01-01T00:00:00Z").getEpochSecond() * 1_000_000;
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final int FLUSH = 1 << 16;

    private final MessageDigest sha256;
    private final Random random = new Random(20_261_129);
    private byte[] head = new byte[32];
    private long second = -1;
    private String secondText = "";

    private AuditFill() throws GeneralSecurityException {
        sha256 = MessageDigest.getInstance("SHA-256");
    }

    private record Event(
            long micros,
            String subject,
            String action,
            @Nullable String account,
            @Nullable String role,
            UUID requestId,
            String outcome,
            String content) {}

    /** Copies {@code count} events and their seals into an empty trail. */
    static void fill(DataSource owner, long count) throws Exception {
        List<String> indexes = new ArrayList<>();
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement()) {
            try (var found = statement.executeQuery("""
                    SELECT indexdef FROM pg_indexes WHERE schemaname = 'audit' AND tablename = 'seal'
                      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)
                    """)) {
                while (found.next()) {
                    indexes.add(found.getString(1));
                }
            }
            for (String index : indexes) {
                statement.execute("DROP INDEX audit." + index.split(" ", 4)[2]);
            }
            statement.execute("ALTER TABLE audit.event DISABLE TRIGGER USER");
            statement.execute("ALTER TABLE audit.seal DISABLE TRIGGER USER");
        }
        new AuditFill().copy(owner, count);
        try (Connection connection = owner.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET maintenance_work_mem = '1GB'");
            for (String index : indexes) {
                statement.execute(index);
            }
            // What the trigger would have done.
            statement.execute("""
                    INSERT INTO audit.span (first, earliest, latest)
                    SELECT (sequence - 1) / 1000 * 1000 + 1, min(occurred_at), max(occurred_at)
                    FROM audit.seal GROUP BY 1
                    """);
            statement.execute("ALTER TABLE audit.event ENABLE TRIGGER USER");
            statement.execute("ALTER TABLE audit.seal ENABLE TRIGGER USER");
            statement.execute("ALTER TABLE audit.event ENABLE ALWAYS TRIGGER refuse_change");
            statement.execute("ALTER TABLE audit.event ENABLE ALWAYS TRIGGER refuse_truncate");
            statement.execute("ALTER TABLE audit.seal ENABLE ALWAYS TRIGGER refuse_change");
            statement.execute("ALTER TABLE audit.seal ENABLE ALWAYS TRIGGER refuse_truncate");
            statement.execute("SELECT setval(pg_get_serial_sequence('audit.event', 'id'), " + count + ")");
            statement.execute("VACUUM ANALYZE audit.event");
            statement.execute("VACUUM ANALYZE audit.seal");
            statement.execute("VACUUM ANALYZE audit.span");
        }
    }

    private void copy(DataSource owner, long count) throws SQLException, IOException, DigestException {
        try (Connection forEvents = owner.getConnection();
                Connection forSeals = owner.getConnection()) {
            Table events = new Table(forEvents, "audit.event (id, content)");
            Table seals = new Table(
                    forSeals,
                    "audit.seal (sequence, event, content_hash, previous_hash, hash, occurred_at, subject, action, account,"
                            + " role, request_id, outcome)");
            long sequence = 0;
            for (long request = 0; sequence < count; request++) {
                List<Event> made = request(request, sequence);
                // One in fifty committed before the one that was appended before it.
                boolean swapped = random.nextInt(50) == 0;
                for (int i = 0; i < made.size() && sequence < count; i++) {
                    sequence++;
                    long id = swapped && made.size() == EVENTS && count - sequence > EVENTS
                            ? sequence + (i == 1 ? 1 : i == 2 ? -1 : 0)
                            : sequence;
                    write(events, seals, sequence, id, made.get(i));
                }
            }
            events.end();
            seals.end();
        }
    }

    private void write(Table events, Table seals, long sequence, long id, Event event)
            throws IOException, SQLException, DigestException {
        byte[] content = event.content().getBytes(StandardCharsets.UTF_8);
        events.row(2);
        events.number(id);
        events.bytes(content);
        byte[] contentHash = sha256.digest(content);
        sha256.update(head);
        sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(sequence).array());
        byte[] hash = sha256.digest(contentHash);
        seals.row(12);
        seals.number(sequence);
        seals.number(id);
        seals.bytes(contentHash);
        seals.bytes(head);
        seals.bytes(hash);
        seals.number(event.micros() - POSTGRES_EPOCH_MICROS);
        seals.text(event.subject());
        seals.text(event.action());
        seals.text(event.account());
        seals.text(event.role());
        seals.bytes(ByteBuffer.allocate(16)
                .putLong(event.requestId().getMostSignificantBits())
                .putLong(event.requestId().getLeastSignificantBits())
                .array());
        seals.text(event.outcome());
        head = hash;
    }

    /** The events of one role request, the first at place {@code before + 1}. */
    private List<Event> request(long request, long before) {
        UUID id = requestId(request);
        String subject = ACTORS.get((int) (request % ACTORS.size()));
        String account = request % 2 == 0 ? ACCOUNTS.getFirst() : ACCOUNTS.get((int) (request / 2 % ACCOUNTS.size()));
        String role = role(request);
        if (request % 100 == 99) {
            return List.of(event(before + 1, subject, "request.refused", null, role, id, "REFUSED", null, """
                    {"accounts":["%s"],"action":"PROVISION","findings":[{"code":"UNKNOWN_ACTION","message":"No action is known by the name \\"s3:GetObjet\\".","pointer":"/roles/0/inlinePolicies/assets/Statement/0/Action","severity":"ERROR"}],"roles":["%s"],"team":"team-%d"}""".formatted(
                            account, role, request % 50)));
        }
        String document = """
                {\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Effect\\":\\"Allow\\",\\"Action\\":[\\"s3:GetObject\\",\\"s3:ListBucket\\"],\\"Resource\\":[\\"arn:aws:s3:::%1$s\\",\\"arn:aws:s3:::%1$s/*\\"]}]}""".formatted(role.toLowerCase(java.util.Locale.ROOT));
        String trust = """
                {\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[{\\"Effect\\":\\"Allow\\",\\"Principal\\":{\\"Service\\":\\"ecs-tasks.amazonaws.com\\"},\\"Action\\":\\"sts:AssumeRole\\"}]}""";
        String created = """
                {"description":"Task role of %1$s","maxSessionSeconds":3600,"path":"/","tags":{"rolesmith:installation":"platform-prod","rolesmith:request":"%2$s","rolesmith:team":"team-%3$d"},"trustPolicy":"%4$s"}""".formatted(role, id, request % 50, trust);
        String outcome = request % 100_000 == 50_000 ? "UNKNOWN" : request % 1_000 == 500 ? "FAILED" : "SUCCEEDED";
        boolean ended = outcome.equals("SUCCEEDED");
        return List.of(
                event(before + 1, subject, "request.submitted", null, null, id, "SUCCEEDED", null, """
                        {"accounts":["%s"],"action":"PROVISION","roles":["%s"],"team":"team-%d"}""".formatted(
                                account, role, request % 50)),
                event(before + 2, subject, "request.planned", null, null, id, "SUCCEEDED", null, """
                        {"roles":[{"account":"%1$s","changes":[{"after":%2$s,"operation":"CreateRole"},{"after":{"policyDocument":"%3$s","policyName":"assets"},"operation":"PutRolePolicy"}],"name":"%4$s"}]}""".formatted(
                                account, created, document, role)),
                event(
                        before + 3,
                        subject,
                        "iam.CreateRole",
                        account,
                        role,
                        id,
                        "SUCCEEDED",
                        requestId(-request),
                        created),
                event(
                        before + 4,
                        subject,
                        "iam.PutRolePolicy",
                        account,
                        role,
                        id,
                        outcome,
                        requestId(-request),
                        """
                        {"policyDocument":"%s","policyName":"assets"}""".formatted(document)),
                event(
                        before + 5,
                        subject,
                        ended ? "iam.AttachRolePolicy" : "iam.DeleteRole",
                        account,
                        role,
                        id,
                        "SUCCEEDED",
                        requestId(-request),
                        ended ? """
                        {"policyArn":"arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"}""" : null),
                event(
                        before + 6,
                        subject,
                        ended ? "request.applied" : "request.rolled-back",
                        null,
                        null,
                        id,
                        ended ? "SUCCEEDED" : "FAILED",
                        null,
                        null));
    }

    /** The name of the role that a request is for. */
    static String role(long request) {
        return "retailStore" + request / 3 + "TaskRole";
    }

    static UUID requestId(long request) {
        return new UUID(0x0198_f0c2_7a3e_7c41L ^ request * 0x9E37_79B9_7F4A_7C15L, 0x9d53_0c8f_2b6a_1e01L);
    }

    private Event event(
            long place,
            String subject,
            String action,
            @Nullable String account,
            @Nullable String role,
            UUID requestId,
            String outcome,
            @Nullable UUID awsRequestId,
            @Nullable String after) {
        // Clocks differ by a second.
        long micros = BEGIN.getEpochSecond() * 1_000_000 + place * MICROS_APART + random.nextInt(1_000_000);
        StringBuilder content = new StringBuilder(1_024).append('{');
        if (account != null) {
            content.append("\"account\":\"").append(account).append("\",");
        }
        content.append("\"action\":\"").append(action);
        content.append("\",\"actor\":{\"issuer\":\"https://idp.example/realms/platform\",\"subject\":\"")
                .append(subject)
                .append("\",\"teams\":[\"platform\",\"retail-store\"]},");
        if (after != null) {
            content.append("\"after\":").append(after).append(',');
        }
        if (awsRequestId != null) {
            content.append("\"awsRequestId\":\"").append(awsRequestId).append("\",");
        }
        content.append("\"occurredAt\":\"").append(text(micros));
        content.append("\",\"outcome\":\"").append(outcome);
        content.append("\",\"requestId\":\"").append(requestId).append('"');
        if (role != null) {
            content.append(",\"role\":\"").append(role).append('"');
        }
        return new Event(
                micros,
                subject,
                action,
                account,
                role,
                requestId,
                outcome,
                content.append('}').toString());
    }

    private String text(long micros) {
        long seconds = micros / 1_000_000;
        if (seconds != second) {
            second = seconds;
            secondText = SECONDS.format(Instant.ofEpochSecond(seconds)) + ".";
        }
        return secondText + Long.toString(1_000_000 + micros % 1_000_000).substring(1) + "Z";
    }

    private static List<String> names(String prefix, int count) {
        return names(prefix, count, 1);
    }

    private static List<String> names(String prefix, int count, int digits) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(i -> prefix + ("%0" + digits + "d").formatted(i))
                .toList();
    }

    /** A table that is copied into, in PostgreSQL's binary format. */
    private static final class Table {
        private final CopyIn copy;
        private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(2 * FLUSH);
        private final DataOutputStream out = new DataOutputStream(buffer);

        Table(Connection connection, String columns) throws SQLException, IOException {
            copy = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY " + columns + " FROM STDIN (FORMAT binary)");
            out.write(SIGNATURE);
            out.writeLong(0);
        }

        void row(int columns) throws IOException, SQLException {
            if (buffer.size() > FLUSH) {
                flush();
            }
            out.writeShort(columns);
        }

        void number(long number) throws IOException {
            out.writeInt(Long.BYTES);
            out.writeLong(number);
        }

        void text(@Nullable String text) throws IOException {
            if (text == null) {
                out.writeInt(-1);
            } else {
                bytes(text.getBytes(StandardCharsets.UTF_8));
            }
        }

        void bytes(byte[] bytes) throws IOException {
            out.writeInt(bytes.length);
            out.write(bytes);
        }

        void end() throws IOException, SQLException {
            out.writeShort(-1);
            flush();
            copy.endCopy();
        }

        private void flush() throws SQLException {
            copy.writeToCopy(buffer.toByteArray(), 0, buffer.size());
            buffer.reset();
        }
    }
}

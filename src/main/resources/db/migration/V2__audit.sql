-- What happened, as RFC 8785 text: the only truth. Everything else in this schema can be derived from it and is checked
-- against it.
CREATE TABLE audit.event (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    content text   NOT NULL
);

-- Events that no seal names yet. Only the trigger below writes here, so no event can be appended without standing here.
-- What is searched by is taken from the content at once: content that does not fit fails its own append, and never later
-- the sealing of everybody's.
CREATE TABLE audit.unsealed (
    event        bigint      NOT NULL PRIMARY KEY,
    content_hash bytea       NOT NULL,
    occurred_at  timestamptz NOT NULL,
    subject      text        NOT NULL,
    action       text        NOT NULL,
    account      text,
    role         text,
    request_id   uuid,
    outcome      text        NOT NULL
);

-- The order of the events and the chain over them. The columns that are searched by stand here and not at the event,
-- since only an index that holds both filter and sequence finds a page without sorting or walking. No foreign key to
-- the event: one that somebody removed must show as a break of the chain and not stop the sealing.
CREATE TABLE audit.seal (
    sequence      bigint      NOT NULL PRIMARY KEY,
    event         bigint      NOT NULL UNIQUE,
    content_hash  bytea       NOT NULL,
    previous_hash bytea       NOT NULL,
    hash          bytea       NOT NULL,
    occurred_at   timestamptz NOT NULL,
    subject       text        NOT NULL,
    action        text        NOT NULL,
    account       text,
    role          text,
    request_id    uuid,
    outcome       text        NOT NULL
);
CREATE INDEX seal_subject_idx ON audit.seal (subject, sequence);
CREATE INDEX seal_action_idx ON audit.seal (action, sequence);
CREATE INDEX seal_account_idx ON audit.seal (account, sequence) WHERE account IS NOT NULL;
-- Under C as IAM compares: in some languages an I is no capital i.
CREATE INDEX seal_role_idx ON audit.seal (lower(role COLLATE "C"), sequence) WHERE role IS NOT NULL;
CREATE INDEX seal_request_id_idx ON audit.seal (request_id, sequence) WHERE request_id IS NOT NULL;

-- 256 characters of a name are searched by: an index entry holds no more than 2,704 bytes, and callers can ask for any
-- name. The content keeps it whole.
CREATE FUNCTION audit.await_seal() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO audit.unsealed (event, content_hash, occurred_at, subject, action, account, role, request_id, outcome)
    SELECT NEW.id, sha256(convert_to(NEW.content, 'UTF8')), content."occurredAt", left(content.actor ->> 'subject', 256),
           left(content.action, 256), left(content.account, 256), left(content.role, 256), content."requestId",
           content.outcome
    FROM jsonb_to_record(NEW.content::jsonb) AS content("occurredAt" timestamptz, actor jsonb, action text,
         account text, role text, "requestId" uuid, outcome text);
    RETURN NULL;
END
$$;
-- Or any login could call it as the trigger of a temporary table of its own, and queue what it likes.
REVOKE EXECUTE ON FUNCTION audit.await_seal() FROM PUBLIC;
CREATE TRIGGER await_seal AFTER INSERT ON audit.event FOR EACH ROW EXECUTE FUNCTION audit.await_seal();

CREATE FUNCTION audit.refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%.% is append-only: % is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit.event
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.event
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit.seal
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
-- ALWAYS: in sessions that replay replicated changes too, where triggers otherwise rest.
ALTER TABLE audit.event ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE audit.event ENABLE ALWAYS TRIGGER refuse_truncate;
ALTER TABLE audit.seal ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE audit.seal ENABLE ALWAYS TRIGGER refuse_truncate;

-- Not the id: its order is the database's to give.
GRANT SELECT, INSERT (content) ON audit.event TO "${runtime}";
GRANT SELECT, INSERT ON audit.seal TO "${runtime}";
GRANT SELECT, DELETE ON audit.unsealed TO "${runtime}";

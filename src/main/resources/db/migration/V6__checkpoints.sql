-- Heads of the chain, kept so that a later end or a rewritten chain can be held against them. Each also goes to the log,
-- and to a webhook where one is configured: who can rewrite the chain can rewrite this table, but not those copies. The
-- primary key lets one replica write a head once. No foreign key to the seal: one that somebody removed must show as a
-- break and not stop the writing.
CREATE TABLE audit.checkpoint (
    sequence     bigint      NOT NULL PRIMARY KEY,
    hash         bytea       NOT NULL,
    written_at   timestamptz NOT NULL,
    installation text        NOT NULL,
    -- Both absent where no key was configured. The signature is base64, as it stands in the log.
    key_id       text,
    signature    text,
    CHECK ((key_id IS NULL) = (signature IS NULL))
);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit.checkpoint
    FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit.checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
ALTER TABLE audit.checkpoint ENABLE ALWAYS TRIGGER refuse_change;
ALTER TABLE audit.checkpoint ENABLE ALWAYS TRIGGER refuse_truncate;
GRANT SELECT, INSERT ON audit.checkpoint TO "${runtime}";

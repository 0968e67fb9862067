-- When the events of each thousand places were recorded, since their order is nearly that of time, but only nearly: clocks
-- differ and transactions last. Who asks for a span of time begins where the first of its events can stand, and ends where
-- the last can. Derived from the seals, like their columns that are searched by, and checked by verification.
CREATE TABLE audit.span (
    first    bigint      NOT NULL PRIMARY KEY,
    earliest timestamptz NOT NULL,
    latest   timestamptz NOT NULL
);
INSERT INTO audit.span (first, earliest, latest)
SELECT (sequence - 1) / 1000 * 1000 + 1 AS first, min(occurred_at), max(occurred_at) FROM audit.seal GROUP BY 1;

CREATE FUNCTION audit.widen_span() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO audit.span AS span (first, earliest, latest)
    SELECT (sequence - 1) / 1000 * 1000 + 1, min(occurred_at), max(occurred_at) FROM sealed GROUP BY 1
    ON CONFLICT (first) DO UPDATE SET earliest = least(span.earliest, excluded.earliest),
                                      latest = greatest(span.latest, excluded.latest);
    RETURN NULL;
END
$$;
-- Or any login could call it as the trigger of a temporary table of its own, and widen what it likes.
REVOKE EXECUTE ON FUNCTION audit.widen_span() FROM PUBLIC;
CREATE TRIGGER widen_span AFTER INSERT ON audit.seal
    REFERENCING NEW TABLE AS sealed FOR EACH STATEMENT EXECUTE FUNCTION audit.widen_span();
GRANT SELECT ON audit.span TO "${runtime}";

-- What failed is rare, and asked for often.
CREATE INDEX seal_outcome_idx ON audit.seal (outcome, sequence);

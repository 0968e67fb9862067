CREATE TABLE rolesmith.role_request (
    id          uuid        PRIMARY KEY,
    sequence    bigint      GENERATED ALWAYS AS IDENTITY UNIQUE, -- the order of submission, for paging
    status      text        NOT NULL,
    action      text        NOT NULL,
    team        text        NOT NULL,
    issuer      text        NOT NULL,
    subject     text        NOT NULL,
    reason      text,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    settled_at  timestamptz,
    findings    text        NOT NULL, -- JSON
    failure     text,                 -- JSON
    version     bigint      NOT NULL
);
CREATE INDEX role_request_team_idx ON rolesmith.role_request (team, sequence);
CREATE INDEX role_request_status_idx ON rolesmith.role_request (status, sequence);

-- A key stands for one body of one caller, so that a caller who lost our answer may ask again.
CREATE TABLE rolesmith.idempotency_key (
    issuer     text        NOT NULL,
    subject    text        NOT NULL,
    key        text        NOT NULL,
    body_hash  text        NOT NULL, -- SHA-256 of the body's RFC 8785 text
    request_id uuid        NOT NULL REFERENCES rolesmith.role_request,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject, key)
);
CREATE INDEX idempotency_key_created_at_idx ON rolesmith.idempotency_key (created_at);

GRANT SELECT, INSERT, UPDATE ON rolesmith.role_request TO "${runtime}";
GRANT SELECT, INSERT, DELETE ON rolesmith.idempotency_key TO "${runtime}";

-- What was shown before it was asked for; its roles and changes are a job that is only planned. Forgotten when it expires.
CREATE TABLE rolesmith.plan (
    id         uuid        PRIMARY KEY, -- that of the request, once it is asked for
    action     text        NOT NULL,
    team       text        NOT NULL,
    digest     text        NOT NULL, -- SHA-256 over what will be done
    findings   text        NOT NULL, -- JSON
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX plan_expires_at_idx ON rolesmith.plan (expires_at);

GRANT SELECT, INSERT, DELETE ON rolesmith.plan TO "${runtime}";

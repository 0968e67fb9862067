-- The roles that are ours. Ownership is what stands here: tags in IAM may make us refuse, never make us act.
CREATE TABLE rolesmith.managed_role (
    account         text        NOT NULL,
    name_key        text        NOT NULL, -- the name in lower case, since IAM's names have no case
    name            text        NOT NULL,
    arn             text        NOT NULL,
    role_id         text        NOT NULL, -- IAM's stable id: a role of the same name with another id is not ours
    team            text        NOT NULL,
    wanted          text        NOT NULL, -- the spec as JSON, documents as text in it
    request_id      uuid        NOT NULL, -- the request that last applied it
    last_applied_at timestamptz NOT NULL,
    version         bigint      NOT NULL,
    PRIMARY KEY (account, name_key)
);
CREATE INDEX managed_role_team_idx ON rolesmith.managed_role (team, account, name_key);

-- A job is what provisioning knows of a request: roles to be made so, for whom, and how far it came.
CREATE TABLE rolesmith.job (
    id            uuid        PRIMARY KEY,
    team          text        NOT NULL,
    issuer        text        NOT NULL,
    subject       text        NOT NULL,
    teams         text[]      NOT NULL,
    keep          boolean     NOT NULL, -- whether accounts that succeeded are kept when another one fails
    planned       boolean     NOT NULL, -- whether its changes were written down, and shown, before it was asked for
    status        text        NOT NULL,
    queued        bigint,               -- its place in the order of submission; none as long as it is only planned
    worker        uuid,                 -- who may write for it,
    leased_until  timestamptz,          -- and until when, unless said again
    failure       text,                 -- JSON
    last_write_at timestamptz,
    version       bigint      NOT NULL
);
CREATE SEQUENCE rolesmith.job_queue;

CREATE TABLE rolesmith.job_role (
    job             uuid   NOT NULL REFERENCES rolesmith.job,
    ordinal         int    NOT NULL,
    account         text   NOT NULL,
    name            text   NOT NULL,
    name_key        text   NOT NULL,
    spec            text,                 -- absent where the role is to be gone
    pointer         text   NOT NULL,      -- where the requester spoke of it
    expected_wanted bigint,               -- how the role must be found,
    expected_live   text,                 -- if that matters
    status          text   NOT NULL,
    access          text,
    fingerprint     text,                 -- of the live role that the plan was computed from
    gap             text,                 -- JSON
    findings        text   NOT NULL DEFAULT '[]',
    role_id         text,                 -- of the role as made or found
    arn             text,
    PRIMARY KEY (job, ordinal),
    UNIQUE (job, account, name_key)
);
CREATE INDEX job_role_name_idx ON rolesmith.job_role (name_key, account);

-- The journal: one row for each planned write, written before the first of them is made.
CREATE TABLE rolesmith.change (
    job            uuid NOT NULL,
    ordinal        int  NOT NULL,
    position       int  NOT NULL,
    kind           text NOT NULL,
    change         text NOT NULL, -- JSON
    status         text NOT NULL,
    aws_request_id text,
    error          text,
    finished_at    timestamptz,
    PRIMARY KEY (job, ordinal, position),
    FOREIGN KEY (job, ordinal) REFERENCES rolesmith.job_role
);

-- One writer per role: whoever has the row may write.
CREATE TABLE rolesmith.role_hold (
    account  text NOT NULL,
    name_key text NOT NULL,
    job      uuid NOT NULL REFERENCES rolesmith.job,
    PRIMARY KEY (account, name_key)
);

GRANT SELECT, INSERT, UPDATE ON rolesmith.managed_role, rolesmith.job, rolesmith.job_role, rolesmith.change TO "${runtime}";
GRANT USAGE ON SEQUENCE rolesmith.job_queue TO "${runtime}";
-- A plan that nobody asked for is forgotten.
GRANT DELETE ON rolesmith.managed_role, rolesmith.job, rolesmith.job_role, rolesmith.change TO "${runtime}";
GRANT SELECT, INSERT, DELETE ON rolesmith.role_hold TO "${runtime}";

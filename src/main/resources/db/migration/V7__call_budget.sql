-- How many calls IAM may still be sent, one row for each account and kind of call, shared by all replicas. The one moment says
-- it all: when every token taken so far will have been refilled. Unlogged, since it is written for many calls and worth little:
-- after a crash the buckets are full, which costs one burst.
CREATE UNLOGGED TABLE rolesmith.call_budget (
    account      text                     NOT NULL,
    kind         text                     NOT NULL CHECK (kind IN ('READ', 'WRITE')),
    spent_until  timestamp with time zone NOT NULL,
    leased       integer                  NOT NULL,
    PRIMARY KEY (account, kind)
);
GRANT SELECT, INSERT, UPDATE ON rolesmith.call_budget TO "${runtime}";

-- Instance profiles can be read now, so that their tags must be kept.
CREATE TABLE sandbox.instance_profile_tag (
    profile_id  text NOT NULL REFERENCES sandbox.instance_profile ON DELETE CASCADE,
    tag_key     text NOT NULL,
    key         text NOT NULL,
    value       text NOT NULL,
    PRIMARY KEY (profile_id, tag_key)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON sandbox.instance_profile_tag TO "${runtime}";

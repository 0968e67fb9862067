-- The accounts of kind sandbox: what AWS would keep for us. IAM takes names for the same whatever the case of their letters,
-- so each stands here twice: as it was given, and in lower case as its key.
CREATE TABLE sandbox.role (
    role_id               text    PRIMARY KEY,
    account               text    NOT NULL,
    name_key              text    NOT NULL,
    name                  text    NOT NULL,
    path                  text    NOT NULL,
    description           text    NOT NULL,
    trust_policy          text    NOT NULL,
    max_session_seconds   integer NOT NULL,
    permissions_boundary  text,
    UNIQUE (account, name_key)
);

CREATE TABLE sandbox.role_tag (
    role_id  text NOT NULL REFERENCES sandbox.role ON DELETE CASCADE,
    tag_key  text NOT NULL,
    key      text NOT NULL,
    value    text NOT NULL,
    PRIMARY KEY (role_id, tag_key)
);

-- No cascade from here on: IAM refuses to delete a role that has any of these.
CREATE TABLE sandbox.attached_policy (
    role_id     text   NOT NULL REFERENCES sandbox.role,
    policy_arn  text   NOT NULL,
    position    bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (role_id, policy_arn)
);

CREATE TABLE sandbox.inline_policy (
    role_id   text    NOT NULL REFERENCES sandbox.role,
    name_key  text    NOT NULL,
    name      text    NOT NULL,
    document  text    NOT NULL,
    size      integer NOT NULL,
    PRIMARY KEY (role_id, name_key)
);

CREATE TABLE sandbox.instance_profile (
    profile_id  text PRIMARY KEY,
    account     text NOT NULL,
    name_key    text NOT NULL,
    name        text NOT NULL,
    path        text NOT NULL,
    role_id     text REFERENCES sandbox.role,
    UNIQUE (account, name_key)
);
CREATE INDEX instance_profile_role_idx ON sandbox.instance_profile (role_id);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON sandbox.role, sandbox.role_tag, sandbox.attached_policy, sandbox.inline_policy, sandbox.instance_profile
    TO "${runtime}";

-- Run once, by a superuser, before Rolesmith first starts: the owner migrates the schema, the runtime login works in it.
-- The runtime login owns nothing, so it cannot switch off the triggers that keep the audit trail append-only.
CREATE ROLE rolesmith_owner LOGIN;
CREATE ROLE rolesmith LOGIN;

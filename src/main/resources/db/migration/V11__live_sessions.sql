-- What becomes of open sessions where a trust policy loses somebody. A replica of the version before says nothing of it.
ALTER TABLE rolesmith.job
    ADD COLUMN live_sessions text NOT NULL DEFAULT 'KEEP' CHECK (live_sessions IN ('KEEP', 'REVOKE'));

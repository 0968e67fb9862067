-- Where the request was in its trace when it was submitted, as W3C's traceparent, so that whoever works on it goes on there.
ALTER TABLE rolesmith.job ADD COLUMN traceparent text;

-- Flyway's own table: the service must be able to say whether the schema is the one that it needs.
GRANT SELECT ON rolesmith.flyway_schema_history TO "${runtime}";

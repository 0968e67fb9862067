-- rolesmith: requests, provisioning and their task queue; audit: the trail; sandbox: the accounts of kind sandbox.
-- Flyway itself makes the schema rolesmith, since its history lives there.
CREATE SCHEMA audit;
CREATE SCHEMA sandbox;
GRANT USAGE ON SCHEMA rolesmith, audit, sandbox TO "${runtime}";

-- db-scheduler's table, as its documentation defines it for PostgreSQL.
CREATE TABLE rolesmith.scheduled_tasks (
    task_name            text                     NOT NULL,
    task_instance        text                     NOT NULL,
    task_data            bytea,
    execution_time       timestamp with time zone NOT NULL,
    picked               boolean                  NOT NULL,
    picked_by            text,
    last_success         timestamp with time zone,
    last_failure         timestamp with time zone,
    consecutive_failures integer,
    last_heartbeat       timestamp with time zone,
    version              bigint                   NOT NULL,
    priority             smallint,
    PRIMARY KEY (task_name, task_instance)
);
CREATE INDEX scheduled_tasks_execution_time_idx ON rolesmith.scheduled_tasks (execution_time);
CREATE INDEX scheduled_tasks_last_heartbeat_idx ON rolesmith.scheduled_tasks (last_heartbeat);
CREATE INDEX scheduled_tasks_priority_execution_time_idx
    ON rolesmith.scheduled_tasks (priority DESC, execution_time ASC);
GRANT SELECT, INSERT, UPDATE, DELETE ON rolesmith.scheduled_tasks TO "${runtime}";

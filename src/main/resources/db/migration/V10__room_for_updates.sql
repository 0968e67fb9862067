-- What is brought up to date a few times within its first second: room in its page spares PostgreSQL a new entry in each
-- index each time.
ALTER TABLE rolesmith.job SET (fillfactor = 50);
ALTER TABLE rolesmith.job_role SET (fillfactor = 50);
ALTER TABLE rolesmith.change SET (fillfactor = 50);
-- Nothing is scheduled by priority.
DROP INDEX rolesmith.scheduled_tasks_priority_execution_time_idx;

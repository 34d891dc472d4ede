-- How it came about: the trace of the event that told it.
alter table alert add trace_id uuid;
alter table delivery add trace_id uuid;

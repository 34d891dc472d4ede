-- How checks and what was said of incidents came about, as of alerts and deliveries.
alter table probe_result add trace_id uuid;
create or replace view tenant_result with (security_barrier) as
    select probe_result.*
    from monitor join probe_result on probe_result.monitor_id = monitor.id;
alter table incident_update add trace_id uuid;

-- The secret in a heartbeat's ping URL. Every monitor has one, so that a monitor that becomes a heartbeat has it too.
alter table monitor add column ping_key uuid not null default gen_random_uuid()
    constraint monitor_ping_key_key unique;

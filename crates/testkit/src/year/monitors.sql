-- Monitors that were up and down, and the uptime of their closed days.
insert into monitor (id, tenant_id, name, group_name, public, paused, spec, created_at)
select gen_random_uuid(), current_tenant(), name, group_name, n % 4 = 0, false,
    jsonb_build_object('name', name, 'group', group_name, 'target', 'http://127.0.0.1:1/', 'interval_s', 60,
        'regions', jsonb_build_array('eu-central', 'us-east', 'ap-south'), 'public', n % 4 = 0),
    now() - make_interval(days => current_setting('overseer.days')::int)
from generate_series(0, current_setting('overseer.monitors')::int - 1) as n
cross join lateral (select 'Monitor ' || n as name, 'Group ' || n % 10 as group_name) as named;
insert into state_change (monitor_id, sequence, tenant_id, from_state, to_state, at, reason)
select id, n, tenant_id, case when n % 2 = 1 then 'unknown' else 'up' end, case when n % 2 = 1 then 'up' else 'down' end,
    created_at + (n - 1) * interval '1 day', 'made up'
from monitor cross join generate_series(1, current_setting('overseer.days')::int - 1) as n;
insert into monitor_status (monitor_id, tenant_id, sequence, state, since, reason)
select distinct on (monitor_id) monitor_id, tenant_id, sequence, to_state, at, reason
from state_change order by monitor_id, sequence desc
on conflict (monitor_id) do nothing;
insert into uptime_day (monitor_id, day, tenant_id, up_s, down_s, unknown_s, maintenance_s)
select id, day::date, tenant_id, 86340, 60, 0, 0
from monitor cross join generate_series(date_trunc('day', created_at), date_trunc('day', now()) - interval '1 day', '1 day') as day
on conflict do nothing;

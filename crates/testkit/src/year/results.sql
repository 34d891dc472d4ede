-- Checks from three regions, one in a hundred failed.
select ensure_chunk('probe_result', day)
from generate_series(date_trunc('day', now()) - make_interval(days => current_setting('overseer.minute_days')::int),
    date_trunc('day', now()), '1 day') as day;
insert into probe_result (monitor_id, region, tick_at, started_at, prober, outcome, reason, status_code,
    dns_lookup_ms, tcp_connect_ms, tls_handshake_ms, time_to_first_byte_ms, transfer_ms, total_time_ms, details)
select id, region, at, at, 'made-up', case when failed then 'failure' else 'success' end, case when failed then 'timeout' end,
    case when not failed then 200 end, 1.5, 8 + wobble, 16 + wobble, 40 + wobble, 2, 67.5 + 3 * wobble, '{"hops": [], "simulated": true}'
from monitor
cross join unnest(array['eu-central', 'us-east', 'ap-south']) as region
cross join generate_series(date_trunc('hour', now()) - make_interval(days => current_setting('overseer.minute_days')::int),
    now() - interval '1 minute', make_interval(secs => current_setting('overseer.result_every_s')::int)) as at
cross join lateral (select abs(hashtext(id::text || at)) % 100 = 0 as failed, abs(hashtext(region || at)) % 20 as wobble) as luck;
select open_result_hours(array_agg(monitor_id), array_agg(hour))
from (select distinct monitor_id, date_trunc('hour', tick_at) as hour from probe_result) as known;

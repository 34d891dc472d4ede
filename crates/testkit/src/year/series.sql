-- One in twenty has a metric of its own; of the others a hundred share one, a host each.
insert into series (tenant_id, name, labels, unit, kind, fingerprint, first_seen, last_seen)
select current_tenant(), name, jsonb_build_object('host', host), 's', 'gauge', decode(md5(name || host), 'hex'),
    now() - interval '1 year', now()
from generate_series(0, current_setting('overseer.series')::int - 1) as n
cross join lateral (select n < current_setting('overseer.series')::int / 20 as lone, n - current_setting('overseer.series')::int / 20 as rest) as place
cross join lateral (select case when lone then 'single_' || n else 'fleet_' || rest / 100 end as name,
    case when lone then 'host-0' else 'host-' || rest % 100 end as host) as named;

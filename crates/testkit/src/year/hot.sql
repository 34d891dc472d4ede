-- The hour that is not closed yet.
select ensure_chunk('sample', now());
insert into sample (series_id, ts, value)
select id, at, 0.25 + 0.0001 * mod(id * 7919 + extract(epoch from at)::bigint, 1000)
from series cross join generate_series(date_trunc('hour', now()), now(), '30 seconds') as at;

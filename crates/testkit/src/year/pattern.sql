-- Yesterday's samples of a few series, one a minute, between 0.1 and 0.4 with some digits.
select ensure_chunk('sample', hour)
from generate_series(date_trunc('day', now()) - interval '1 day', date_trunc('day', now()) - interval '1 hour', '1 hour') as hour;
insert into sample (series_id, ts, value)
select id, at, round((0.25 + 0.1 * sin(extract(epoch from at) / 5000 + id)
    + 0.00005 * mod(id * 7919 + extract(epoch from at)::bigint / 60 * 104729, 1000))::numeric, 5)
from (select id from series order by id limit 32) as few
cross join generate_series(date_trunc('day', now()) - interval '1 day', date_trunc('day', now()) - interval '1 minute', '1 minute') as at;

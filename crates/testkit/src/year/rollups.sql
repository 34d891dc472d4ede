-- What the store made of the pattern, over all series, the year, and the days with minutes.
create temporary table pattern on commit drop as
    select row_number() over (order by id) - 1 as n, id from (select id from series order by id limit 32) as few;
create temporary table member on commit drop as
    select row_number() over (order by id) - 1 as n, id from series;
analyze pattern, member;

select ensure_chunk('rollup_hour', day)
from generate_series(date_trunc('day', now()) - make_interval(days => current_setting('overseer.days')::int),
    date_trunc('day', now()), '1 day') as day;
insert into rollup_hour (series_id, day, buckets, sketches)
select member.id, day, known.buckets, known.sketches
from generate_series(date_trunc('day', now()) - make_interval(days => current_setting('overseer.days')::int),
    date_trunc('day', now()) - interval '1 day', '1 day') as day
cross join member
join (select n, buckets, sketches from pattern join rollup_hour on series_id = id) as known
    on known.n = (member.n + extract(doy from day)::int) % 32
on conflict do nothing;

select ensure_chunk('rollup_minute', hour)
from generate_series(date_trunc('hour', now()) - make_interval(days => current_setting('overseer.minute_days')::int),
    date_trunc('hour', now()), '1 hour') as hour;
insert into rollup_minute (series_id, hour, buckets, sketches)
select member.id, at, known.buckets, known.sketches
from generate_series(date_trunc('hour', now()) - make_interval(days => current_setting('overseer.minute_days')::int),
    date_trunc('hour', now()) - interval '1 hour', '1 hour') as at
cross join member
join (select n, extract(hour from hour) as part, buckets, sketches from pattern join rollup_minute on series_id = id) as known
    on known.n = member.n % 32 and known.part = extract(hour from at)
on conflict do nothing;

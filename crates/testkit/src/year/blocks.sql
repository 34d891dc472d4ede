-- The last day, sample by sample.
create temporary table pattern on commit drop as
    select row_number() over (order by id) - 1 as n, id from (select id from series order by id limit 32) as few;
create temporary table member on commit drop as
    select row_number() over (order by id) - 1 as n, id from series;
analyze pattern, member;

select ensure_chunk('sample_block', hour)
from generate_series(date_trunc('hour', now()) - interval '1 day', date_trunc('hour', now()), '1 hour') as hour;
insert into sample_block (series_id, hour, samples, data)
select member.id, at, known.samples, known.data
from generate_series(date_trunc('hour', now()) - interval '1 day', date_trunc('hour', now()) - interval '1 hour', '1 hour') as at
cross join member
join (select n, extract(hour from hour) as part, samples, data from pattern join sample_block on series_id = id) as known
    on known.n = member.n % 32 and known.part = extract(hour from at)
on conflict do nothing;
insert into sample_hour (hour, closed_at)
select hour, now()
from generate_series(date_trunc('hour', now()) - interval '1 day', date_trunc('hour', now()) - interval '1 hour', '1 hour') as hour
on conflict do nothing;

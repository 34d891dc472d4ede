-- What the store made of yesterday's checks, over the whole year.
select ensure_chunk('result_hour', day)
from generate_series(date_trunc('day', now()) - make_interval(days => current_setting('overseer.days')::int),
    date_trunc('day', now()), '1 day') as day;
insert into result_hour (monitor_id, region, day, counts, total, phases)
select known.monitor_id, known.region, at, known.counts, known.total, known.phases
from result_hour as known cross join generate_series(date_trunc('day', now()) - make_interval(days => current_setting('overseer.days')::int),
    date_trunc('day', now()) - interval '2 days', '1 day') as at
where known.day = date_trunc('day', now()) - interval '1 day'
on conflict do nothing;

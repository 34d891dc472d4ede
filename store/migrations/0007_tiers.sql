-- Samples age through tiers: hot rows by the hour, then one compressed block for a series and an hour, and roll-ups to minutes
-- and to hours, each for its time. `overseer_keeper` closes hours and forgets what is too old.
do $$
begin
    if not exists (select from pg_roles where rolname = 'overseer_keeper') then
        begin
            create role overseer_keeper nologin;
        exception when duplicate_object or unique_violation then
            null; -- another database of the cluster was faster
        end;
    end if;
    execute format('grant overseer_keeper to overseer_store %s',
        case when current_setting('server_version_num')::int >= 160000 then 'with inherit false, set true' end);
end
$$;
grant usage on schema public to overseer_keeper;

-- What a tenant may use, and how long its samples are kept in which resolution: `contract::plan`.
alter table tenant
    add raw_hours int not null default 24 constraint tenant_raw_hours_check check (raw_hours > 0),
    add minute_days int not null default 7 constraint tenant_minute_days_check check (minute_days > 0),
    add hour_months int not null default 12 constraint tenant_hour_months_check check (hour_months > 0),
    add active_series int not null default 100000 constraint tenant_active_series_check check (active_series > 0),
    add samples_per_s int not null default 500000 constraint tenant_samples_per_s_check check (samples_per_s > 0),
    add requests_per_s int not null default 2000 constraint tenant_requests_per_s_check check (requests_per_s > 0);

-- The tables that are cut by time, and how much time each of their partitions covers, counted from 1970-01-01 UTC.
create table chunking (
    parent text constraint chunking_pkey primary key,
    width interval not null
);
insert into chunking (parent, width) values
    ('sample', '1 hour'), ('sample_block', '1 day'), ('rollup_minute', '1 day'), ('rollup_hour', '30 days'), ('probe_result', '1 day');

-- The partitions there are.
create table chunk (
    parent text not null constraint chunk_parent_fkey references chunking,
    begin_at timestamptz not null,
    constraint chunk_pkey primary key (parent, begin_at)
);

-- The next three functions are all that has to know how a table is cut.
create function make_chunk(parent text, begin_at timestamptz, end_at timestamptz) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    child constant text := chunk_name(parent, begin_at);
begin
    -- Attaching locks less than creating in place, so writers of other partitions go on.
    execute format('create table %I (like %I including all)', child, parent);
    execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, child, begin_at, end_at);
end
$$;

create function chunk_name(parent text, begin_at timestamptz) returns text language sql stable
    return parent || '_' || to_char(begin_at at time zone 'UTC', case parent when 'sample' then 'YYYYMMDDHH24' else 'YYYYMMDD' end);

-- Where a partition's rows lie.
create function chunk_relation(parent text, begin_at timestamptz) returns regclass
    language sql stable set search_path = public, pg_temp
    return to_regclass(chunk_name(parent, begin_at));

-- Makes the partition that an instant falls into. There is no default partition: what has none is refused, and who
-- writes asks for it.
create function ensure_chunk(wanted_parent text, at timestamptz) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    wide interval;
    found_at timestamptz;
begin
    select width into strict wide from chunking where parent = wanted_parent;
    found_at := date_bin(wide, at, 'epoch');
    if exists (select from chunk where parent = wanted_parent and begin_at = found_at) then
        return;
    end if;
    if at not between now() - interval '400 days' and now() + interval '7 days' then
        raise exception 'no partitions are kept for %', at using errcode = 'datetime_field_overflow';
    end if;
    perform pg_advisory_xact_lock(hashtext('overseer.ensure_chunk'));
    insert into chunk (parent, begin_at) values (wanted_parent, found_at) on conflict do nothing;
    if found then
        perform make_chunk(wanted_parent, found_at, found_at + wide);
    end if;
end
$$;

-- Drops a partition; one of samples only when it is empty, since what it holds is nowhere else. Says whether it is gone.
create function drop_chunk(wanted_parent text, wanted_at timestamptz) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    relation constant regclass := chunk_relation(wanted_parent, wanted_at);
    used boolean := false;
begin
    perform pg_advisory_xact_lock(hashtext('overseer.ensure_chunk'));
    if relation is not null and exists (select from chunk where parent = wanted_parent and begin_at = wanted_at) then
        execute format('lock table %s in access exclusive mode', relation);
        if wanted_parent = 'sample' then
            execute format('select exists (select from %s)', relation) into used;
        end if;
        if used then
            return false;
        end if;
        execute format('drop table %s', relation);
    end if;
    delete from chunk where parent = wanted_parent and begin_at = wanted_at;
    return true;
end
$$;

-- Keeps writers out of an hour until the end of the transaction; readers go on. Says whether the hour has a partition.
create function hold_hour(hour timestamptz) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    relation constant regclass := chunk_relation('sample', hour);
begin
    if relation is null then
        return false;
    end if;
    execute format('lock table %s in share row exclusive mode', relation);
    return true;
end
$$;

-- Empties an hour whose rows are in blocks. TRUNCATE is seen by every transaction at once, also by one that began before: a
-- reader must read rows first and blocks after, in one transaction. Then either the lock of its first statement keeps
-- this from happening before its last, or its last sees the blocks.
create function empty_hour(hour timestamptz) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    execute format('truncate table %s', chunk_relation('sample', hour));
end
$$;

-- Days become hours.
drop view tenant_sample;
alter table sample rename to sample_by_day;
alter index sample_pkey rename to sample_by_day_pkey;
create table sample (
    series_id bigint not null,
    ts timestamptz not null,
    value double precision not null,
    constraint sample_pkey primary key (series_id, ts)
) partition by range (ts);

-- The samples of a closed hour, compressed: `rules::block`.
create table sample_block (
    series_id bigint not null,
    hour timestamptz not null,
    samples int not null,
    data bytea not null,
    constraint sample_block_pkey primary key (series_id, hour)
) partition by range (hour);

-- The minutes of an hour, and the hours of a UTC day: `rules::aggregate`, `rules::sketch`.
create table rollup_minute (
    series_id bigint not null,
    hour timestamptz not null,
    buckets bytea not null,
    sketches bytea not null,
    constraint rollup_minute_pkey primary key (series_id, hour)
) partition by range (hour);

create table rollup_hour (
    series_id bigint not null,
    day timestamptz not null,
    buckets bytea not null,
    sketches bytea not null,
    constraint rollup_hour_pkey primary key (series_id, day)
) partition by range (day);

-- They are compressed already.
alter table sample_block alter data set storage external;
alter table rollup_minute alter buckets set storage external, alter sketches set storage external;
alter table rollup_hour alter buckets set storage external, alter sketches set storage external;

-- When an hour was closed last. Late samples open it again.
create table sample_hour (
    hour timestamptz constraint sample_hour_pkey primary key,
    closed_at timestamptz not null
);

insert into chunk (parent, begin_at)
    select 'probe_result', to_date(right(inhrelid::regclass::text, 8), 'YYYYMMDD')::timestamp at time zone 'UTC'
    from pg_inherits where inhparent = 'probe_result'::regclass;
select ensure_chunk('sample', hour) from (select distinct date_trunc('hour', ts, 'UTC') as hour from sample_by_day) known;
insert into sample (series_id, ts, value) select series_id, ts, value from sample_by_day;
drop table sample_by_day;
drop function ensure_day;

create view tenant_sample with (security_barrier) as
    select sample.series_id, sample.ts, sample.value
    from series join sample on sample.series_id = series.id;

-- What a tenant's plan no longer keeps is hidden at once, whenever it is deleted.
create view tenant_block with (security_barrier) as
    select sample_block.series_id, sample_block.hour, sample_block.samples, sample_block.data
    from series join sample_block on sample_block.series_id = series.id
    where sample_block.hour > (select now() - make_interval(hours => raw_hours + 1) from tenant where id = current_tenant());

create view tenant_minute with (security_barrier) as
    select rollup_minute.series_id, rollup_minute.hour, rollup_minute.buckets, rollup_minute.sketches
    from series join rollup_minute on rollup_minute.series_id = series.id
    where rollup_minute.hour > (select now() - make_interval(days => minute_days, hours => 1) from tenant where id = current_tenant());

create view tenant_hour with (security_barrier) as
    select rollup_hour.series_id, rollup_hour.day, rollup_hour.buckets, rollup_hour.sketches
    from series join rollup_hour on rollup_hour.series_id = series.id
    where rollup_hour.day > (select now() - make_interval(months => hour_months, days => 1) from tenant where id = current_tenant());

grant select on tenant_sample, tenant_block, tenant_minute, tenant_hour to overseer_tenant;

grant insert on sample to overseer_writer;
grant select on sample to overseer_keeper;
grant select, insert, update, delete on sample_block, rollup_minute, rollup_hour to overseer_keeper;
grant select, insert, update, delete on sample_hour to overseer_keeper;
grant select on chunking, chunk to overseer_keeper;
grant select (id, raw_hours, minute_days, hour_months) on tenant to overseer_keeper;
create policy series_for_keeper on series for select to overseer_keeper using (true);
grant select (id, tenant_id) on series to overseer_keeper;

revoke execute on function make_chunk, chunk_relation, ensure_chunk, drop_chunk, hold_hour, empty_hour from public;
grant execute on function ensure_chunk to overseer_writer, overseer_keeper;
grant execute on function drop_chunk, hold_hour, empty_hour to overseer_keeper;

-- A grant carries its tenant's plan.
grant select (id, raw_hours, minute_days, hour_months, active_series, samples_per_s, requests_per_s) on tenant to overseer_relay;
grant select (id, active_series) on tenant to overseer_writer;
create function plan_changed() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    before constant text := current_tenant();
begin
    perform set_config('overseer.tenant', new.id::text, true);
    insert into outbox (bucket, key) select 'tokens', encode(secret_hash, 'hex') from token where tenant_id = new.id;
    perform set_config('overseer.tenant', coalesce(before, ''), true);
    notify overseer_outbox;
    return null;
end
$$;
create trigger plan_changed after update on tenant for each row when (old is distinct from new) execute function plan_changed();


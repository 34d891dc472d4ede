-- Results age like samples: raw for a week, roll-ups to minutes and to hours for as long as the plan says. The rows of a closed
-- hour stay where they are, so rolling it up can be repeated at any time.
create table result_minute (
    monitor_id uuid not null,
    region text not null,
    hour timestamptz not null,
    -- How many checks of each minute ended how, a sketch of their total times, and one of each phase: `rules::results`.
    counts bytea not null,
    total bytea not null,
    phases bytea not null,
    constraint result_minute_pkey primary key (monitor_id, region, hour)
) partition by range (hour);

create table result_hour (
    monitor_id uuid not null,
    region text not null,
    day timestamptz not null,
    counts bytea not null,
    total bytea not null,
    phases bytea not null,
    constraint result_hour_pkey primary key (monitor_id, region, day)
) partition by range (day);

insert into chunking (parent, width) values ('result_minute', '1 day'), ('result_hour', '30 days');

-- Every hour before this instant is rolled up, but for those in `result_open`.
create table result_watermark (
    closed_until timestamptz not null,
    single boolean not null default true constraint result_watermark_pkey primary key constraint result_watermark_check check (single)
);
insert into result_watermark (closed_until) values (date_trunc('hour', now() - interval '7 days', 'UTC'));

-- Hours to be rolled up: those that just ended, and those that late results opened again.
create table result_open (
    monitor_id uuid not null,
    hour timestamptz not null,
    constraint result_open_pkey primary key (monitor_id, hour)
);

-- Called by whoever adds results, in the same transaction. The lock keeps the watermark from passing by unseen results;
-- updating what is marked already keeps the mark from being taken away before this transaction ends.
create function open_result_hours(monitors uuid[], hours timestamptz[]) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock_shared(hashtext('overseer.result_watermark'));
    insert into result_open (monitor_id, hour)
    select distinct late.monitor_id, late.hour from unnest(monitors, hours) as late (monitor_id, hour)
    where late.hour < (select closed_until from result_watermark)
    order by late.monitor_id, late.hour
    on conflict (monitor_id, hour) do update set hour = excluded.hour;
end
$$;

create or replace function forget_results() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from probe_result where monitor_id = old.id;
    delete from result_minute where monitor_id = old.id;
    delete from result_hour where monitor_id = old.id;
    delete from result_open where monitor_id = old.id;
    return null;
end
$$;

create view tenant_result_minute with (security_barrier) as
    select result_minute.* from monitor join result_minute on result_minute.monitor_id = monitor.id
    where monitor.tenant_id = current_tenant() and result_minute.hour > (select now() - make_interval(days => minute_days, hours => 1) from tenant_plan);
create view tenant_result_hour with (security_barrier) as
    select result_hour.* from monitor join result_hour on result_hour.monitor_id = monitor.id
    where monitor.tenant_id = current_tenant() and result_hour.day > (select now() - make_interval(months => hour_months, days => 1) from tenant_plan);
create view tenant_result_open with (security_barrier) as
    select result_open.* from monitor join result_open on result_open.monitor_id = monitor.id
    where monitor.tenant_id = current_tenant();
grant select on tenant_result_minute, tenant_result_hour, tenant_result_open, result_watermark to overseer_tenant;

create policy monitor_for_keeper on monitor for select to overseer_keeper using (true);
grant select (id) on monitor to overseer_keeper;
grant select on probe_result to overseer_keeper;
grant select, insert, update on result_minute, result_hour to overseer_keeper;
grant select, update on result_watermark to overseer_keeper;
grant select, insert, update, delete on result_open to overseer_keeper;
revoke execute on function open_result_hours from public;
grant execute on function open_result_hours to overseer_writer;

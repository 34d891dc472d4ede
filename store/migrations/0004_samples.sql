create table series (
    id bigint generated always as identity constraint series_pkey primary key,
    tenant_id uuid not null constraint series_tenant_fkey references tenant on delete cascade,
    name text not null,
    labels jsonb not null,
    unit text,
    kind text not null constraint series_kind_check check (kind in ('gauge', 'counter')),
    -- Half a SHA-256 over name and labels.
    fingerprint bytea not null,
    first_seen timestamptz not null,
    -- To the minute.
    last_seen timestamptz not null,
    constraint series_fingerprint_key unique (tenant_id, fingerprint)
);
create index series_name_idx on series (tenant_id, name);

alter table series enable row level security;
alter table series force row level security;
create policy series_of_tenant on series using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert, update on series to overseer_writer;
grant select on series to overseer_tenant;

-- Samples and results carry no tenant and no row-level security (COPY is refused under it). The writer may only add to
-- them, and nobody may read them but through the views below, which join them to what a tenant may see.
create table sample (
    series_id bigint not null,
    ts timestamptz not null,
    value double precision not null,
    constraint sample_pkey primary key (series_id, ts)
) partition by range (ts);

create table probe_result (
    monitor_id uuid not null,
    region text not null,
    tick_at timestamptz not null,
    started_at timestamptz not null,
    prober text not null,
    outcome text not null,
    reason text,
    message text,
    status_code int,
    dns_lookup_ms double precision,
    tcp_connect_ms double precision,
    tls_handshake_ms double precision,
    time_to_first_byte_ms double precision,
    transfer_ms double precision,
    total_time_ms double precision,
    certificate_expires_at timestamptz,
    -- Hops, certificate, whether the distance is simulated.
    details jsonb not null,
    constraint probe_result_pkey primary key (monitor_id, region, tick_at)
) partition by range (tick_at);
create index probe_result_tick_idx on probe_result (monitor_id, tick_at);

grant insert on sample, probe_result to overseer_writer;
-- A batch that may repeat something goes through a temporary table.
do $$
begin
    execute format('grant temporary on database %I to overseer_writer', current_database());
end
$$;

create view tenant_sample with (security_barrier) as
    select sample.series_id, sample.ts, sample.value
    from series join sample on sample.series_id = series.id;

create view tenant_result with (security_barrier) as
    select probe_result.*
    from monitor join probe_result on probe_result.monitor_id = monitor.id;

grant select on tenant_sample, tenant_result to overseer_tenant;

-- Makes the partitions of a UTC day. There is no default partition: what has no day is refused, and the writer asks for
-- the day. Attaching locks less than creating in place, so writers of other days go on.
create function ensure_day(wanted date) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    parent text;
    child text;
begin
    if wanted not between (now() at time zone 'UTC')::date - 400 and (now() at time zone 'UTC')::date + 7 then
        raise exception 'no partitions are kept for %', wanted using errcode = 'datetime_field_overflow';
    end if;
    perform pg_advisory_xact_lock(hashtext('overseer.ensure_day'));
    foreach parent in array array['sample', 'probe_result'] loop
        child := format('%s_%s', parent, to_char(wanted, 'YYYYMMDD'));
        if to_regclass(child) is null then
            execute format('create table %I (like %I including all)', child, parent);
            execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, child,
                wanted::timestamp at time zone 'UTC', (wanted + 1)::timestamp at time zone 'UTC');
        end if;
    end loop;
end
$$;
revoke execute on function ensure_day from public;
grant execute on function ensure_day to overseer_writer;

-- What is known of a monitor goes with it.
create function forget_results() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from probe_result where monitor_id = old.id;
    return null;
end
$$;
create trigger monitor_forgotten after delete on monitor for each row execute function forget_results();

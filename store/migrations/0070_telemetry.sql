-- Traces and logs. One row holds what one message brought of one trace: compressed (`rules::telemetry::codec`), beside what a
-- search looks at.

-- Whom what the services say of themselves belongs to: `contract::telemetry::TENANT`.
insert into tenant (id, slug, name, published)
    values ('6f766572-7365-4000-8000-72656c660001', 'overseer', 'Overseer itself', false) on conflict do nothing;

alter table tenant
    add telemetry_hours int not null default 24 constraint tenant_telemetry_hours_check check (telemetry_hours between 1 and 744);
create or replace view tenant_plan with (security_barrier) as
    select raw_hours, minute_days, hour_months, telemetry_hours from tenant where id = current_tenant();
grant select (telemetry_hours) on tenant to overseer_relay, overseer_keeper;

create table telemetry (
    tenant_id uuid not null,
    -- All zero for log records that belong to no trace.
    trace_id uuid not null,
    -- 1: spans, 2: log records.
    signal smallint not null,
    -- Of the earliest span or record.
    started_at timestamptz not null,
    -- A hash of what is in it: what comes twice is stored once.
    key bigint not null,
    -- The tenant whose work it is, where the services recorded it: members of that tenant may read it.
    about uuid,
    longest_us bigint not null,
    -- The severest record, in OpenTelemetry's numbers; 17 where a span failed.
    severest smallint not null,
    -- How many traces it stands for, where only some are kept.
    weight real not null,
    -- Hashes of services, operations, attributes and links: `rules::telemetry::terms`.
    terms int[] not null,
    body bytea not null,
    constraint telemetry_pkey primary key (trace_id, started_at, tenant_id, key)
) partition by range (started_at);
create index telemetry_started_idx on telemetry (tenant_id, signal, started_at desc, trace_id desc);
alter table telemetry alter body set storage external;
insert into chunking (parent, width) values ('telemetry', '1 hour');

create or replace function chunk_name(parent text, begin_at timestamptz) returns text language sql stable
    return parent || '_' || to_char(begin_at at time zone 'UTC', case when parent in ('sample', 'telemetry') then 'YYYYMMDDHH24' else 'YYYYMMDD' end);

alter table telemetry enable row level security;
alter table telemetry force row level security;
-- What a tenant's plan no longer keeps is hidden at once, whenever it is deleted.
create policy telemetry_of_tenant on telemetry
    using ((tenant_id = current_tenant() or about = current_tenant())
        and started_at > (select now() - make_interval(hours => telemetry_hours) from tenant_plan));
create policy telemetry_for_writer on telemetry for insert to overseer_writer with check (true);
create policy telemetry_for_keeper on telemetry to overseer_keeper using (true);
grant select on telemetry to overseer_tenant;
grant insert on telemetry to overseer_writer;
grant select, delete on telemetry to overseer_keeper;

-- Who was seen lately, and doing what.
create table telemetry_operation (
    tenant_id uuid not null constraint telemetry_operation_tenant_fkey references tenant on delete cascade,
    service text not null,
    operation text not null,
    seen_at timestamptz not null,
    constraint telemetry_operation_pkey primary key (tenant_id, service, operation)
);
create index telemetry_operation_seen_idx on telemetry_operation (seen_at);

alter table telemetry_operation enable row level security;
alter table telemetry_operation force row level security;
create policy telemetry_operation_of_tenant on telemetry_operation
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
create policy telemetry_operation_for_writer on telemetry_operation to overseer_writer using (true) with check (true);
create policy telemetry_operation_for_keeper on telemetry_operation to overseer_keeper using (true);
grant select on telemetry_operation to overseer_tenant;
grant select, insert, update on telemetry_operation to overseer_writer;
grant select, delete on telemetry_operation to overseer_keeper;

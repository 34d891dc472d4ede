-- What tenants want to be told of.
create table rule (
    id uuid constraint rule_pkey primary key,
    tenant_id uuid not null constraint rule_tenant_fkey references tenant on delete cascade,
    -- Grows with every change.
    revision bigint not null default 1,
    name text not null,
    -- The monitor it is about; it goes with it.
    monitor_id uuid constraint rule_monitor_fkey references monitor on delete cascade,
    -- All of `contract::rule::Spec`; the columns above are what queries look at.
    spec jsonb not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint rule_name_key unique (tenant_id, name)
);
create index rule_monitor_idx on rule (monitor_id);

-- When rules fired, from events. What a deleted rule told stays.
create table alert (
    id uuid constraint alert_pkey primary key,
    tenant_id uuid not null constraint alert_tenant_fkey references tenant on delete cascade,
    rule_id uuid constraint alert_rule_fkey references rule on delete set null,
    rule_name text not null,
    severity text not null,
    labels jsonb not null,
    monitor_id uuid,
    value double precision,
    reason text not null,
    started_at timestamptz not null,
    opened_at timestamptz not null,
    resolved_at timestamptz,
    resolved_reason text,
    reminders int not null default 0
);
create index alert_opened_idx on alert (tenant_id, opened_at desc);
create index alert_open_idx on alert (tenant_id, opened_at desc) where resolved_at is null;
create index alert_rule_idx on alert (rule_id, opened_at desc);

alter table rule enable row level security;
alter table rule force row level security;
create policy rule_of_tenant on rule using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
alter table alert enable row level security;
alter table alert force row level security;
create policy alert_of_tenant on alert using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert, update, delete on rule, alert to overseer_tenant;

create function rule_changed() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into outbox (bucket, key) values ('rules', coalesce(new.id, old.id)::text);
    notify overseer_outbox;
    return null;
end
$$;
create trigger rule_changed after insert or update or delete on rule
    for each row execute function rule_changed();
create policy rule_for_relay on rule for select to overseer_relay using (true);
grant select on rule to overseer_relay;

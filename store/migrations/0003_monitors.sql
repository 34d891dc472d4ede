create table monitor (
    id uuid constraint monitor_pkey primary key,
    tenant_id uuid not null constraint monitor_tenant_fkey references tenant on delete cascade,
    -- Grows with every change.
    revision bigint not null default 1,
    name text not null,
    group_name text,
    public boolean not null,
    paused boolean not null,
    -- All of `contract::monitor::Spec`; the columns above are what queries look at.
    spec jsonb not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create unique index monitor_name_key on monitor (tenant_id, coalesce(group_name, ''), name);

-- The present state, from the newest state change.
create table monitor_status (
    monitor_id uuid constraint monitor_status_pkey primary key
        constraint monitor_status_monitor_fkey references monitor on delete cascade,
    tenant_id uuid not null,
    sequence bigint not null,
    state text not null,
    since timestamptz not null,
    reason text not null
);

create table state_change (
    monitor_id uuid not null constraint state_change_monitor_fkey references monitor on delete cascade,
    -- Counts the monitor's changes; below zero for generated history.
    sequence bigint not null,
    tenant_id uuid not null,
    from_state text not null,
    to_state text not null,
    -- Since when the new state holds. Down is dated back, so it may lie before an earlier change.
    at timestamptz not null,
    reason text not null,
    demo boolean not null default false,
    constraint state_change_pkey primary key (monitor_id, sequence)
);
create index state_change_at_idx on state_change (monitor_id, at);

-- Closed UTC days, computed once and kept for ever.
create table uptime_day (
    monitor_id uuid not null constraint uptime_day_monitor_fkey references monitor on delete cascade,
    day date not null,
    tenant_id uuid not null,
    up_s int not null,
    down_s int not null,
    unknown_s int not null,
    maintenance_s int not null,
    demo boolean not null default false,
    constraint uptime_day_pkey primary key (monitor_id, day)
);

create table token (
    id uuid constraint token_pkey primary key,
    tenant_id uuid not null constraint token_tenant_fkey references tenant on delete cascade,
    name text not null,
    scopes text[] not null,
    -- SHA-256 of the secret.
    secret_hash bytea not null constraint token_secret_hash_key unique,
    created_at timestamptz not null default now()
);
create index token_tenant_idx on token (tenant_id);

alter table monitor enable row level security;
alter table monitor force row level security;
create policy monitor_of_tenant on monitor using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
alter table monitor_status enable row level security;
alter table monitor_status force row level security;
create policy monitor_status_of_tenant on monitor_status
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
alter table state_change enable row level security;
alter table state_change force row level security;
create policy state_change_of_tenant on state_change
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
alter table uptime_day enable row level security;
alter table uptime_day force row level security;
create policy uptime_day_of_tenant on uptime_day
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
alter table token enable row level security;
alter table token force row level security;
create policy token_of_tenant on token using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());

grant select, insert, update, delete on monitor, monitor_status, state_change, uptime_day, token to overseer_tenant;

create table incident (
    id uuid constraint incident_pkey primary key,
    tenant_id uuid not null constraint incident_tenant_fkey references tenant on delete cascade,
    monitor_id uuid constraint incident_monitor_fkey references monitor on delete cascade,
    title text not null,
    status text not null constraint incident_status_check
        check (status in ('investigating', 'identified', 'monitoring', 'resolved', 'postmortem')),
    started_at timestamptz not null,
    resolved_at timestamptz,
    demo boolean not null default false
);
create index incident_started_idx on incident (tenant_id, started_at desc);
create index incident_monitor_idx on incident (monitor_id);

create table incident_update (
    id uuid constraint incident_update_pkey primary key,
    incident_id uuid not null constraint incident_update_incident_fkey references incident on delete cascade,
    tenant_id uuid not null,
    status text not null,
    body text not null,
    at timestamptz not null
);
create index incident_update_incident_idx on incident_update (incident_id, at);

create table channel (
    id uuid constraint channel_pkey primary key,
    tenant_id uuid not null constraint channel_tenant_fkey references tenant on delete cascade,
    name text not null,
    kind text not null,
    url text not null,
    -- As it is: signing needs it.
    secret text not null,
    created_at timestamptz not null default now()
);
create index channel_tenant_idx on channel (tenant_id);

-- One row per attempt to send a notification.
create table delivery (
    notification_id uuid not null,
    attempt int not null,
    tenant_id uuid not null,
    channel_id uuid not null constraint delivery_channel_fkey references channel on delete cascade,
    title text not null,
    at timestamptz not null,
    outcome text not null,
    detail text not null,
    constraint delivery_pkey primary key (notification_id, attempt)
);
create index delivery_channel_idx on delivery (channel_id, at desc);

alter table incident enable row level security;
alter table incident force row level security;
create policy incident_of_tenant on incident using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
alter table incident_update enable row level security;
alter table incident_update force row level security;
create policy incident_update_of_tenant on incident_update
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
alter table channel enable row level security;
alter table channel force row level security;
create policy channel_of_tenant on channel using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
alter table delivery enable row level security;
alter table delivery force row level security;
create policy delivery_of_tenant on delivery using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());

grant select, insert, update, delete on incident, incident_update, channel, delivery to overseer_tenant;

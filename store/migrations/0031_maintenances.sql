-- Planned work. Which monitors it is about is in the description: a monitor that is gone does no harm there.
create table maintenance (
    id uuid constraint maintenance_pkey primary key,
    tenant_id uuid not null constraint maintenance_tenant_fkey references tenant on delete cascade,
    name text not null,
    -- All of `contract::maintenance::Spec`.
    spec jsonb not null,
    created_at timestamptz not null default now()
);
create index maintenance_tenant_idx on maintenance (tenant_id);

alter table maintenance enable row level security;
alter table maintenance force row level security;
create policy maintenance_of_tenant on maintenance
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert, update, delete on maintenance to overseer_tenant;

create function maintenance_changed() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into outbox (bucket, key) values ('maintenances', coalesce(new.id, old.id)::text);
    notify overseer_outbox;
    return null;
end
$$;
create trigger maintenance_changed after insert or update or delete on maintenance
    for each row execute function maintenance_changed();
create policy maintenance_for_relay on maintenance for select to overseer_relay using (true);
grant select on maintenance to overseer_relay;

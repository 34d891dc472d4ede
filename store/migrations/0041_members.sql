-- Members as a tenant sees them: people themselves are for `overseer_account` alone.
create view tenant_member with (security_barrier) as
    select user_id, app_user.name, email, role, membership.created_at
    from membership join app_user on app_user.id = user_id
    where tenant_id = current_tenant();
grant select on tenant_member to overseer_tenant;
grant insert, update (role), delete on membership to overseer_tenant;

-- Links that make who follows them a member, once.
create table invitation (
    id uuid constraint invitation_pkey primary key,
    tenant_id uuid not null constraint invitation_tenant_fkey references tenant on delete cascade,
    -- Whom it is meant for, as a note.
    email text,
    role text not null constraint invitation_role_check check (role in ('viewer', 'editor', 'admin', 'owner')),
    -- SHA-256 of the secret in the link.
    secret_hash bytea not null,
    invited_by text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    accepted_at timestamptz
);
create index invitation_tenant_idx on invitation (tenant_id, created_at desc);
create index invitation_expires_idx on invitation (expires_at);

alter table invitation enable row level security;
alter table invitation force row level security;
create policy invitation_of_tenant on invitation using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
create policy invitation_for_keeper on invitation to overseer_keeper using (true);
grant select, insert, update, delete on invitation to overseer_tenant;
grant select (id, expires_at), delete on invitation to overseer_keeper;

create trigger invitation_audit after insert or delete on invitation
    for each row when (current_actor() is not null) execute function audit_change('invitation', 'email', 'role');

-- Who changed what. Triggers write it in the change's own transaction, so no change can forget it and nothing can be told that did
-- not happen. A transaction without an actor is a service at its own work: of that nothing is recorded.
create table audit_entry (
    id bigint generated always as identity constraint audit_entry_pkey primary key,
    tenant_id uuid not null constraint audit_entry_tenant_fkey references tenant on delete cascade,
    at timestamptz not null default now(),
    actor_kind text not null constraint audit_entry_actor_kind_check check (actor_kind in ('person', 'token', 'agent', 'unknown')),
    actor_id uuid not null,
    -- Names are kept as they were then.
    actor_name text not null,
    verb text not null,
    entity text not null,
    entity_id uuid not null,
    entity_name text not null,
    detail text
);
create index audit_entry_tenant_idx on audit_entry (tenant_id, id desc);
create index audit_entry_at_idx on audit_entry (at);

alter table audit_entry enable row level security;
alter table audit_entry force row level security;
create policy audit_entry_of_tenant on audit_entry using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
create policy audit_entry_for_keeper on audit_entry to overseer_keeper using (true);
-- Nobody who changes something can change what is told of it.
grant select on audit_entry to overseer_tenant;
grant select (id, at), delete on audit_entry to overseer_keeper;

-- The person or program on whose behalf the transaction is; null for services.
create function current_actor() returns uuid language sql stable parallel safe
    return nullif(current_setting('overseer.actor', true), '')::uuid;

-- Records what the transaction's actor did. What goes together with its tenant is not recorded: the log goes, too.
create function audit(tenant uuid, verb text, entity text, entity_id uuid, entity_name text, detail text default null) returns void
    language sql security definer set search_path = public, pg_temp as $$
    insert into audit_entry (tenant_id, actor_kind, actor_id, actor_name, verb, entity, entity_id, entity_name, detail)
    select tenant, coalesce(actor.kind, 'unknown'), current_actor(), coalesce(actor.name, 'somebody'),
        verb, entity, entity_id, entity_name, detail
    from (select) one
    left join (
        select 'person' as kind, name from app_user where id = current_actor()
        union all
        select 'token', name from token where id = current_actor()
        union all
        select 'agent', name from agent where id = current_actor()
    ) actor on true
    where exists (select from tenant known where known.id = tenant)
$$;
revoke execute on function audit from public;

-- `audit_change(entity [, name [, detail [, verb]]])`: records that a row came, changed or went. `name` and `detail` are where they
-- are found in the row, such as `spec,title`; without a detail a new name is told beside the old one.
create function audit_change() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    subject constant jsonb := to_jsonb(coalesce(new, old));
    name_path constant text[] := string_to_array(coalesce(tg_argv[1], 'name'), ',');
    verb constant text := coalesce(tg_argv[3], case tg_op when 'INSERT' then 'created' when 'UPDATE' then 'changed' else 'deleted' end);
    detail text := subject #>> string_to_array(tg_argv[2], ',');
begin
    if tg_op = 'DELETE' and subject->>'monitor_id' is not null and not exists (select from monitor where id = (subject->>'monitor_id')::uuid) then
        return null; -- went together with its monitor, of which it is told
    end if;
    if tg_op = 'UPDATE' and detail is null and to_jsonb(old) #>> name_path <> subject #>> name_path then
        detail := format('was called %s', to_jsonb(old) #>> name_path);
    end if;
    perform audit(coalesce(subject->>'tenant_id', subject->>'id')::uuid, verb, tg_argv[0], coalesce(subject->>'id', subject->>'notification_id')::uuid,
        coalesce(subject #>> name_path, ''), detail);
    return null;
end
$$;

create trigger monitor_audit after insert or update or delete on monitor
    for each row when (current_actor() is not null) execute function audit_change('monitor');
create trigger rule_audit after insert or update or delete on rule
    for each row when (current_actor() is not null) execute function audit_change('rule');
create trigger maintenance_audit after insert or update or delete on maintenance
    for each row when (current_actor() is not null) execute function audit_change('maintenance');
create trigger channel_audit after insert or update or delete on channel
    for each row when (current_actor() is not null) execute function audit_change('channel');
create trigger token_audit after insert or update or delete on token
    for each row when (current_actor() is not null) execute function audit_change('token');
create trigger incident_audit after insert or update or delete on incident
    for each row when (current_actor() is not null) execute function audit_change('incident', 'title', 'status');
create trigger dead_letter_audit after update of replays on dead_letter
    for each row when (current_actor() is not null) execute function audit_change('notification', 'notification,title', null, 'sent again');
create trigger agent_audit after insert or delete on agent
    for each row when (current_actor() is not null) execute function audit_change('host');
create trigger agent_registered_audit after update of registered_at on agent
    for each row when (current_actor() is not null) execute function audit_change('host', 'name', 'hostname', 'registered');
create trigger tenant_audit after insert or update on tenant
    for each row when (current_actor() is not null) execute function audit_change('tenant');

-- A member is a person, whose name is elsewhere.
create function audit_member() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    member constant membership := coalesce(new, old);
    own constant boolean := member.user_id = current_actor();
    verb constant text := case tg_op
        when 'INSERT' then case when own then 'joined' else 'added' end
        when 'UPDATE' then 'changed'
        else case when own then 'left' else 'removed' end
    end;
    detail constant text := case tg_op when 'UPDATE' then format('from %s to %s', old.role, new.role) else member.role end;
begin
    perform audit(member.tenant_id, verb, 'member', member.user_id, (select name from app_user where id = member.user_id), detail);
    return null;
end
$$;
create trigger membership_audit after insert or update or delete on membership
    for each row when (current_actor() is not null) execute function audit_member();

-- What a transaction of the service may do is decided by the role it takes when it begins (store/src/database.rs).
-- `overseer_store` logs in and, not inheriting anything, can do nothing before it took one of these.
do $$
declare
    name text;
    names constant text[] := array['overseer_account', 'overseer_tenant', 'overseer_writer', 'overseer_relay'];
    modern constant boolean := current_setting('server_version_num')::int >= 160000;
    -- The owner generates demonstrations. It never gets the two roles that see more than one tenant: views check rows as their owner.
    owners constant text[] := array['overseer_tenant', 'overseer_writer'];
begin
    foreach name in array names loop
        if not exists (select from pg_roles where rolname = name) then
            begin
                execute format('create role %I nologin', name);
            exception when duplicate_object or unique_violation then
                null; -- another database of the cluster was faster
            end;
        end if;
        execute format('grant %I to overseer_store %s', name, case when modern then 'with inherit false, set true' end);
        if name = any (owners) and not (select rolsuper from pg_roles where rolname = current_user) then
            execute format('grant %I to %I %s', name, current_user, case when modern then 'with inherit false, set true' end);
        end if;
    end loop;
    if not modern and (select rolinherit from pg_roles where rolname = 'overseer_store') then
        alter role overseer_store noinherit;
    end if;
end
$$;

revoke create on schema public from public;
grant usage on schema public to overseer_store, overseer_account, overseer_tenant, overseer_writer, overseer_relay;
-- So that a server can tell whether it fits its schema.
grant select on _sqlx_migrations to overseer_store;

-- The tenant of the transaction, null where none was set: then every policy below is false.
create function current_tenant() returns uuid language sql stable parallel safe
    return nullif(current_setting('overseer.tenant', true), '')::uuid;

-- The person of the transaction, for what people may see of themselves.
create function current_person() returns uuid language sql stable parallel safe
    return nullif(current_setting('overseer.person', true), '')::uuid;

-- Tenants and people may go. A tenant that was deleted is out of everybody's reach at once; what it measured is removed piece by piece
-- (store/src/leaving.rs), and its row in the end. Samples and results, which have no tenant, cannot be read once their series or monitor
-- went, and age away.
alter table tenant add deleted_at timestamptz;
create index tenant_deleted_idx on tenant (id) where deleted_at is not null;

grant update (slug, deleted_at), delete on tenant to overseer_account;
grant delete on app_user to overseer_account;
grant delete on series to overseer_tenant;

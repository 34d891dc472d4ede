-- Which partitions there are is asked of who cuts the table: TimescaleDB makes its own when the first row comes.
create function chunk_begins(wanted_parent text) returns setof timestamptz
    language sql stable security definer set search_path = public, pg_temp as $$
    select begin_at from chunk where parent = wanted_parent
$$;
revoke execute on function chunk_begins from public;
grant execute on function chunk_begins to overseer_keeper;

-- Drops a partition; one of samples only when it is empty, since what it holds is nowhere else. Says whether it is gone. Locks
-- the parent first, as everybody else does.
create or replace function drop_chunk(wanted_parent text, wanted_at timestamptz) returns boolean
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    relation regclass;
    used boolean := false;
begin
    perform pg_advisory_xact_lock(hashtext('overseer.ensure_chunk'));
    execute format('lock table only %I in access exclusive mode', wanted_parent);
    relation := chunk_relation(wanted_parent, wanted_at);
    if relation is not null then
        if wanted_parent = 'sample' then
            execute format('lock table %s in access exclusive mode', relation);
            execute format('select exists (select from %s)', relation) into used;
        end if;
        if used then
            return false;
        end if;
        execute format('drop table %s', relation);
    end if;
    delete from chunk where parent = wanted_parent and begin_at = wanted_at;
    return true;
end
$$;

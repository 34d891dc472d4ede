-- Turns the tables that are cut by time into hypertables with chunks of the same length, and says which there are and where. Run by
-- `store migrate` after the migrations, as one transaction; what is a hypertable already is left alone. Apache edition.
create extension if not exists timescaledb;

-- A table, its data, rights, policies and views, under another roof.
create or replace function become_hypertable(parent text, width interval) returns void
    language plpgsql set search_path = public, pg_temp as $$
declare
    new_name constant text := parent || '_hyper';
    time_column constant text := substring(pg_get_partkeydef(parent::regclass) from '\((.*)\)');
    views constant jsonb := (
        select coalesce(jsonb_agg(distinct jsonb_build_object('name', view.relname, 'body', pg_get_viewdef(view.oid), 'acl', view.relacl::text)), '[]')
        from pg_depend join pg_rewrite on pg_rewrite.oid = pg_depend.objid join pg_class view on view.oid = pg_rewrite.ev_class
        where pg_depend.refobjid = parent::regclass and view.relkind = 'v');
    policies constant jsonb := (
        select coalesce(jsonb_agg(to_jsonb(policy)), '[]') from pg_policies policy where schemaname = 'public' and tablename = parent);
    secured constant boolean := (select relforcerowsecurity from pg_class where oid = parent::regclass);
    item jsonb;
    index_name text;
begin
    -- So that its owner can move what is of all tenants.
    execute format('alter table %I no force row level security', parent);
    execute format('create table %I (like %I including all)', new_name, parent);
    perform create_hypertable(new_name::regclass, time_column::name, chunk_time_interval => width, create_default_indexes => false);
    execute format('insert into %I select * from %I', new_name, parent);
    perform copy_rights((select relacl from pg_class where oid = parent::regclass), new_name);
    if secured then
        execute format('alter table %I enable row level security, force row level security', new_name);
    end if;
    for item in select * from jsonb_array_elements(policies) loop
        execute format('create policy %I on %I for %s to %s %s %s', item ->> 'policyname', new_name, item ->> 'cmd',
            (select string_agg(case role when 'public' then role else quote_ident(role) end, ', ') from jsonb_array_elements_text(item -> 'roles') role),
            'using (' || (item ->> 'qual') || ')', 'with check (' || (item ->> 'with_check') || ')');
    end loop;
    for item in select * from jsonb_array_elements(views) loop
        execute format('drop view %I', item ->> 'name');
    end loop;
    execute format('drop table %I', parent);
    execute format('alter table %I rename to %I', new_name, parent);
    for index_name in select relname from pg_index join pg_class on pg_class.oid = indexrelid where indrelid = parent::regclass loop
        execute format('alter index %I rename to %I', index_name, replace(index_name, new_name, parent));
    end loop;
    for item in select * from jsonb_array_elements(views) loop
        execute format('create view %I with (security_barrier) as %s', item ->> 'name', item ->> 'body');
        perform copy_rights((item ->> 'acl')::aclitem[], item ->> 'name');
    end loop;
end
$$;

create or replace function copy_rights(rights aclitem[], relation text) returns void language plpgsql as $$
declare
    one record;
begin
    for one in select * from aclexplode(rights) loop
        execute format('grant %s on %I to %I', one.privilege_type, relation, one.grantee::regrole::text);
    end loop;
end
$$;

select become_hypertable(parent, width) from chunking
where exists (select from pg_partitioned_table where partrelid = to_regclass(parent)) order by parent;

drop function become_hypertable, copy_rights;

-- The extension makes chunks when the first row comes.
create or replace function make_chunk(parent text, begin_at timestamptz, end_at timestamptz) returns void
    language sql security definer set search_path = public, pg_temp as '';

create or replace function chunk_relation(parent text, begin_at timestamptz) returns regclass
    language sql stable set search_path = public, pg_temp as $$
    select show_chunks(parent::regclass, older_than => begin_at + (select width from chunking where chunking.parent = $1), newer_than => begin_at)
$$;

create or replace function chunk_begins(wanted_parent text) returns setof timestamptz
    language sql stable security definer set search_path = public, pg_temp as $$
    select range_start from timescaledb_information.chunks where hypertable_schema = 'public' and hypertable_name = wanted_parent
$$;

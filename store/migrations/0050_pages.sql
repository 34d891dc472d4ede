-- Public status pages, many to a tenant. What a monitor's deletion leaves in a description does no harm there.
create table page (
    id uuid constraint page_pkey primary key,
    tenant_id uuid not null constraint page_tenant_fkey references tenant on delete cascade,
    -- The page at the tenant's own address. Every tenant has exactly one.
    first boolean not null default false,
    slug text not null,
    visibility text not null constraint page_visibility_check check (visibility in ('draft', 'unlisted', 'published')),
    -- All of `contract::page::Spec`; the columns above are what queries look at.
    spec jsonb not null,
    -- Argon2id, in PHC notation; null where anybody may enter.
    password_hash text,
    logo bytea,
    logo_type text,
    -- A domain that was claimed; it is the page's once a DNS record said so.
    host text,
    host_token text,
    host_verified_at timestamptz,
    -- Grows with every change.
    revision bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint page_slug_key unique (tenant_id, slug)
);
create unique index page_first_key on page (tenant_id) where first;
create unique index page_host_key on page (host) where host_verified_at is not null;

-- Members who may edit a page whatever their role.
create table page_collaborator (
    page_id uuid not null constraint page_collaborator_page_fkey references page on delete cascade,
    tenant_id uuid not null,
    user_id uuid not null,
    constraint page_collaborator_pkey primary key (page_id, user_id),
    constraint page_collaborator_membership_fkey foreign key (tenant_id, user_id) references membership on delete cascade
);
create index page_collaborator_membership_idx on page_collaborator (tenant_id, user_id);

-- Wrong passwords for a page.
create table page_throttle (
    page_id uuid constraint page_throttle_pkey primary key
        constraint page_throttle_page_fkey references page on delete cascade,
    tenant_id uuid not null,
    failures int not null,
    last_failed_at timestamptz not null
);

alter table page enable row level security;
alter table page force row level security;
create policy page_of_tenant on page using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
alter table page_collaborator enable row level security;
alter table page_collaborator force row level security;
create policy page_collaborator_of_tenant on page_collaborator
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
alter table page_throttle enable row level security;
alter table page_throttle force row level security;
create policy page_throttle_of_tenant on page_throttle
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert, update, delete on page, page_collaborator, page_throttle to overseer_tenant;

-- A page is found by its address before there is a tenant to act for: of all pages this much and no more.
create policy page_for_directory on page for select to overseer_account using (true);
grant select (id, tenant_id, first, slug, host, host_verified_at) on page to overseer_account;

-- A tenant comes with its first page, which shows what is marked public.
create function make_first_page(tenant uuid, title text, visibility text) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    acting constant text := current_setting('overseer.tenant', true);
begin
    perform set_config('overseer.tenant', tenant::text, true);
    insert into page (id, tenant_id, first, slug, visibility, spec)
    values (gen_random_uuid(), tenant, true, 'main', visibility,
        jsonb_build_object('slug', 'main', 'title', title, 'visibility', visibility));
    perform set_config('overseer.tenant', coalesce(acting, ''), true);
end
$$;
revoke execute on function make_first_page from public;

create function tenant_created() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform make_first_page(new.id, new.name, case when new.published then 'published' else 'draft' end);
    return null;
end
$$;
create trigger tenant_created after insert on tenant for each row execute function tenant_created();
select make_first_page(id, name, case when published then 'published' else 'draft' end) from tenant;

-- The last ninety closed days of a monitor in one row, as pages draw them: made of `uptime_day` whenever a day is frozen.
create table uptime_strip (
    monitor_id uuid constraint uptime_strip_pkey primary key
        constraint uptime_strip_monitor_fkey references monitor on delete cascade,
    tenant_id uuid not null,
    -- In the order of time; the others have an element for each of these.
    days date[] not null,
    up_s int[] not null,
    down_s int[] not null,
    unknown_s int[] not null,
    maintenance_s int[] not null,
    demo boolean not null
);
alter table uptime_strip enable row level security;
alter table uptime_strip force row level security;
create policy uptime_strip_of_tenant on uptime_strip
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert, update, delete on uptime_strip to overseer_tenant;
-- Asked once a statement, not once a row.
alter policy uptime_day_of_tenant on uptime_day
    using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));

create function cut_strips(monitors uuid[]) returns void language sql set search_path = public, pg_temp as $$
    insert into uptime_strip (monitor_id, tenant_id, days, up_s, down_s, unknown_s, maintenance_s, demo)
    select monitor_id, tenant_id, array_agg(day order by day), array_agg(up_s order by day), array_agg(down_s order by day),
        array_agg(unknown_s order by day), array_agg(maintenance_s order by day), bool_or(demo)
    from unnest(monitors) as wanted (id)
    cross join lateral (select * from uptime_day where monitor_id = wanted.id order by day desc limit 90) as last
    group by monitor_id, tenant_id
    on conflict (monitor_id) do update set days = excluded.days, up_s = excluded.up_s, down_s = excluded.down_s,
        unknown_s = excluded.unknown_s, maintenance_s = excluded.maintenance_s, demo = excluded.demo
$$;
create function days_frozen() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform cut_strips(array(select distinct monitor_id from frozen));
    return null;
end
$$;
create trigger days_frozen after insert on uptime_day referencing new table as frozen
    for each statement execute function days_frozen();

-- Days that are frozen already belong to tenants, one after the other.
do $$
declare
    tenant uuid;
    acting constant text := current_setting('overseer.tenant', true);
begin
    for tenant in select id from tenant loop
        perform set_config('overseer.tenant', tenant::text, true);
        perform cut_strips(array(select distinct monitor_id from uptime_day));
    end loop;
    perform set_config('overseer.tenant', coalesce(acting, ''), true);
end
$$;

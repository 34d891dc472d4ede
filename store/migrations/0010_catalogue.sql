-- What there is to ask about, so that nobody has to look at every series. Triggers keep it equal to `series`.
create table metric (
    tenant_id uuid not null constraint metric_tenant_fkey references tenant on delete cascade,
    name text collate "C" not null,
    kind text not null,
    unit text,
    -- Names that any of its series has.
    labels text[] not null,
    series_count bigint not null,
    -- To the minute.
    last_seen timestamptz not null,
    constraint metric_pkey primary key (tenant_id, name)
);

-- One row for each label of each series: finds series by their labels, and labels by their names.
create table series_label (
    tenant_id uuid not null,
    metric text collate "C" not null,
    label text collate "C" not null,
    value text collate "C" not null,
    series_id bigint not null,
    constraint series_label_pkey primary key (tenant_id, metric, label, value, series_id)
);

create function series_added() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into metric as known (tenant_id, name, kind, unit, labels, series_count, last_seen)
    select tenant_id, name, max(kind), max(unit),
        array(select distinct label from added as alike, jsonb_object_keys(alike.labels) as label
            where alike.tenant_id = added.tenant_id and alike.name = added.name order by label),
        count(*), max(last_seen)
    -- In order, so that two writers never wait for each other in a circle.
    from added group by tenant_id, name order by tenant_id, name
    on conflict (tenant_id, name) do update
        set kind = excluded.kind, unit = coalesce(excluded.unit, known.unit),
            labels = case when known.labels @> excluded.labels then known.labels
                else array(select distinct label from unnest(known.labels || excluded.labels) as label order by label) end,
            series_count = known.series_count + excluded.series_count,
            last_seen = greatest(known.last_seen, excluded.last_seen);
    insert into series_label (tenant_id, metric, label, value, series_id)
    select tenant_id, name, label, value, id from added, jsonb_each_text(labels) as pair (label, value);
    return null;
end
$$;

create function series_seen() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    with newer as (
        select known.tenant_id, known.name, again.kind, again.unit, again.last_seen
        from metric as known join (
            select tenant_id, name, max(kind) as kind, max(unit) as unit, max(last_seen) as last_seen
            from seen group by tenant_id, name
        ) as again using (tenant_id, name)
        where known.last_seen < again.last_seen - interval '30 seconds' or known.kind <> again.kind
            or known.unit is distinct from coalesce(again.unit, known.unit)
        order by known.tenant_id, known.name
        for update of known
    )
    update metric set kind = newer.kind, unit = coalesce(newer.unit, metric.unit),
        last_seen = greatest(metric.last_seen, newer.last_seen)
    from newer where metric.tenant_id = newer.tenant_id and metric.name = newer.name;
    return null;
end
$$;

create function series_forgotten() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from series_label using (
        select tenant_id, name, label, value, id from forgotten, jsonb_each_text(labels) as pair (label, value)
    ) as gone
    where series_label.tenant_id = gone.tenant_id and series_label.metric = gone.name
        and series_label.label = gone.label and series_label.value = gone.value and series_label.series_id = gone.id;
    update metric set series_count = series_count - gone.count
    from (select tenant_id, name, count(*) as count from forgotten group by tenant_id, name) as gone
    where metric.tenant_id = gone.tenant_id and metric.name = gone.name;
    delete from metric using forgotten
    where metric.tenant_id = forgotten.tenant_id and metric.name = forgotten.name and series_count <= 0;
    return null;
end
$$;

create trigger series_added after insert on series
    referencing new table as added for each statement execute function series_added();
create trigger series_seen after update on series
    referencing new table as seen for each statement execute function series_seen();
create trigger series_forgotten after delete on series
    referencing old table as forgotten for each statement execute function series_forgotten();

-- What is registered already. Row-level security is forced on the owner too, so it steps aside for a moment.
alter table series no force row level security;
insert into metric (tenant_id, name, kind, unit, labels, series_count, last_seen)
    select tenant_id, name, max(kind), max(unit),
        array(select distinct label from series as alike, jsonb_object_keys(alike.labels) as label
            where alike.tenant_id = series.tenant_id and alike.name = series.name order by label),
        count(*), max(last_seen)
    from series group by tenant_id, name;
insert into series_label (tenant_id, metric, label, value, series_id)
    select tenant_id, name, label, value, id from series, jsonb_each_text(labels) as pair (label, value);
alter table series force row level security;

alter table metric enable row level security;
alter table metric force row level security;
create policy metric_of_tenant on metric using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
alter table series_label enable row level security;
alter table series_label force row level security;
create policy series_label_of_tenant on series_label
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select on metric, series_label to overseer_tenant;

-- How long the samples of the transaction's tenant are kept.
create view tenant_plan with (security_barrier) as
    select raw_hours, minute_days, hour_months from tenant where id = current_tenant();
grant select on tenant_plan to overseer_tenant;

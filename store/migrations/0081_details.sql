-- What a region found in detail is for members: it may name what is behind a page. Reasons and updates of incidents are for everybody.
alter table state_change add column detail text;
alter table monitor_status add column detail text;
alter table incident_update add column detail text;

-- So far both were one text: "2 of 3 regions failed twice: connection refused by 10.0.0.7:5432". A heartbeat's reason was what its ping said.
create function cut_details() returns void language sql set search_path = public, pg_temp as $$
    update state_change set reason = substring(reason from '^[0-9]+ of [0-9]+ regions? failed [^:]*'),
        detail = substring(reason from '^[0-9]+ of [0-9]+ regions? failed [^:]*: (.*)$')
    where reason ~ '^[0-9]+ of [0-9]+ regions? failed [^:]*: ';
    update state_change set reason = 'the last ping said that it failed', detail = reason
    where to_state = 'down' and reason !~ '^(the last ping said|no ping|the run that started|[0-9]+ of [0-9]+ regions?)'
        and monitor_id in (select id from monitor where spec ->> 'kind' = 'heartbeat');
    update monitor_status set reason = change.reason, detail = change.detail
    from state_change change
    where change.monitor_id = monitor_status.monitor_id and change.sequence = monitor_status.sequence and change.detail is not null;
    update incident_update set body = substring(body from '^(.* is (?:down|up again): [0-9]+ of [0-9]+ regions? failed [^:]*): ') || '.',
        detail = substring(body from '^.* is (?:down|up again): [0-9]+ of [0-9]+ regions? failed [^:]*: (.*)\.$')
    where body ~ '^.* is (down|up again): [0-9]+ of [0-9]+ regions? failed [^:]*: ';
    update incident_update set body = monitor.name || ' is down: the last ping said that it failed.',
        detail = body
    from incident join monitor on monitor.id = incident.monitor_id
    where incident_update.incident_id = incident.id and monitor.spec ->> 'kind' = 'heartbeat'
        and body like '% is down: %' and body !~ ' is down: (the last ping said|no ping|the run that started)';
$$;

do $$
declare
    tenant uuid;
    acting constant text := current_setting('overseer.tenant', true);
begin
    for tenant in select id from tenant loop
        perform set_config('overseer.tenant', tenant::text, true);
        perform cut_details();
    end loop;
    perform set_config('overseer.tenant', coalesce(acting, ''), true);
end
$$;
drop function cut_details();

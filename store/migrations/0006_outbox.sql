-- Keys of buckets that no longer equal the tables. Triggers write it, so no change can forget it.
create table outbox (
    id bigint generated always as identity constraint outbox_pkey primary key,
    bucket text not null,
    key text not null,
    created_at timestamptz not null default now()
);

create function monitor_changed() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into outbox (bucket, key) values ('monitors', coalesce(new.id, old.id)::text);
    notify overseer_outbox;
    return null;
end
$$;
create trigger monitor_changed after insert or update or delete on monitor
    for each row execute function monitor_changed();

create function token_changed() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into outbox (bucket, key) values ('tokens', encode(coalesce(new.secret_hash, old.secret_hash), 'hex'));
    notify overseer_outbox;
    return null;
end
$$;
create trigger token_changed after insert or update or delete on token
    for each row execute function token_changed();

-- The relay and the closing of days work for all tenants: they may read exactly this.
create policy monitor_for_relay on monitor for select to overseer_relay using (true);
create policy token_for_relay on token for select to overseer_relay using (true);
create policy uptime_day_for_relay on uptime_day for select to overseer_relay using (true);
grant select on monitor, token, uptime_day to overseer_relay;
grant select, delete on outbox to overseer_relay;

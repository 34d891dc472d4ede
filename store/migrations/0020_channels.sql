-- Channels of many kinds: what is particular to one, beside the columns that all have. Never a secret: that is the column `secret`.
-- `url` stays for the version before this one; what was written by it is read from there.
alter table channel
    add column settings jsonb not null default '{}',
    add column muted boolean not null default false,
    alter column url set default '';

-- Notifications that were given up, as they were queued.
create table dead_letter (
    notification_id uuid constraint dead_letter_pkey primary key,
    tenant_id uuid not null constraint dead_letter_tenant_fkey references tenant on delete cascade,
    channel_id uuid not null constraint dead_letter_channel_fkey references channel on delete cascade,
    notification jsonb not null,
    reason text not null,
    died_at timestamptz not null,
    -- How often people had it sent again, and when last.
    replays int not null default 0,
    replayed_at timestamptz
);
create index dead_letter_died_idx on dead_letter (tenant_id, died_at desc);
create index dead_letter_channel_idx on dead_letter (channel_id);

alter table dead_letter enable row level security;
alter table dead_letter force row level security;
create policy dead_letter_of_tenant on dead_letter using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert, update, delete on dead_letter to overseer_tenant;

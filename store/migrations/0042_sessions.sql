-- When people last used a session.
alter table session add column last_seen_at timestamptz not null default now();
create index session_user_idx on session (user_id);
-- How often a person ended all that was open: bearer tokens of an earlier time are good no longer.
alter table app_user add column epoch int not null default 0;

grant update (last_seen_at) on session to overseer_account;
grant update (name, password_hash, epoch) on app_user to overseer_account;
grant update (name) on tenant to overseer_account;

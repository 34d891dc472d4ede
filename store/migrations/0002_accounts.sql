-- People and their sessions belong to no tenant. `tenant` is the directory by which a tenant is found before there is
-- a tenant to set; only `overseer_account` reads it.
create table tenant (
    id uuid constraint tenant_pkey primary key,
    slug text not null constraint tenant_slug_key unique,
    name text not null,
    -- Whether the public status page is shown.
    published boolean not null default true,
    created_at timestamptz not null default now()
);

create table app_user (
    id uuid constraint app_user_pkey primary key,
    -- In lower case.
    email text not null constraint app_user_email_key unique,
    name text not null,
    -- Argon2id, in PHC notation.
    password_hash text not null,
    created_at timestamptz not null default now()
);

create table membership (
    tenant_id uuid not null constraint membership_tenant_fkey references tenant on delete cascade,
    user_id uuid not null constraint membership_user_fkey references app_user on delete cascade,
    role text not null constraint membership_role_check check (role in ('viewer', 'editor', 'admin', 'owner')),
    created_at timestamptz not null default now(),
    constraint membership_pkey primary key (tenant_id, user_id)
);
create index membership_user_idx on membership (user_id);

create table session (
    -- SHA-256 of the secret in the person's cookie.
    secret_hash bytea constraint session_pkey primary key,
    user_id uuid not null constraint session_user_fkey references app_user on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index session_expires_idx on session (expires_at);

-- One row per e-mail address that somebody failed to sign in with, known or not.
create table login_throttle (
    email text constraint login_throttle_pkey primary key,
    failures int not null,
    last_failed_at timestamptz not null
);

alter table membership enable row level security;
alter table membership force row level security;
create policy membership_of_tenant on membership
    using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
create policy membership_of_person on membership to overseer_account
    using (user_id = current_person()) with check (user_id = current_person());

grant select, insert on tenant, membership to overseer_account;
grant select, insert on app_user to overseer_account;
grant select, insert, delete on session to overseer_account;
grant select, insert, update, delete on login_throttle to overseer_account;
grant select on membership to overseer_tenant;

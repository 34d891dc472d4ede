-- Hosts that were invited, and those whose agent was let in.
create table agent (
    id uuid constraint agent_pkey primary key,
    tenant_id uuid not null constraint agent_tenant_fkey references tenant on delete cascade,
    name text not null,
    -- SHA-256 of the code that lets the agent in; null once it was used.
    code_hash bytea,
    code_expires_at timestamptz not null,
    -- Wrong codes that named this invitation.
    failures int not null default 0,
    last_failed_at timestamptz not null default 'epoch',
    token_id uuid constraint agent_token_fkey references token on delete set null,
    hostname text,
    os text,
    version text,
    created_at timestamptz not null,
    registered_at timestamptz,
    constraint agent_name_key unique (tenant_id, name)
);
create index agent_token_idx on agent (token_id);

alter table agent enable row level security;
alter table agent force row level security;
create policy agent_of_tenant on agent using (tenant_id = current_tenant()) with check (tenant_id = current_tenant());
grant select, insert, update, delete on agent to overseer_tenant;

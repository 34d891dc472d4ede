-- Since when a monitor is looked at in its present rhythm: it was created, resumed, or given another interval or kind.
alter table monitor add column scheduled_at timestamptz not null default now();

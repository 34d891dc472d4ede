-- What is done with pages is told in the audit log.
-- The first one comes with its tenant, of which it is told.
create trigger page_made_audit after insert on page
    for each row when (current_actor() is not null and not new.first) execute function audit_change('status page', 'spec,title', 'visibility');
create trigger page_audit after update or delete on page
    for each row when (current_actor() is not null) execute function audit_change('status page', 'spec,title', 'visibility');

create function audit_collaborator() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    subject constant page_collaborator := coalesce(new, old);
    title constant text := (select spec ->> 'title' from page where id = subject.page_id);
    verb constant text := case tg_op when 'INSERT' then 'let in' else 'shut out' end;
begin
    if title is not null then
        perform audit(subject.tenant_id, verb, 'collaborator', subject.user_id, (select name from app_user where id = subject.user_id), title);
    end if;
    return null;
end
$$;
create trigger page_collaborator_audit after insert or delete on page_collaborator
    for each row when (current_actor() is not null) execute function audit_collaborator();

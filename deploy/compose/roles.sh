# Run by Postgres' image when a new cluster was made. The owner is no superuser: row-level security has to hold for it.
psql --set=ON_ERROR_STOP=1 --username=postgres \
    --set=owner="$OWNER_PASSWORD" --set=store="$STORE_LOGIN_PASSWORD" <<'SQL'
create role overseer_owner login createrole password :'owner';
create role overseer_store login password :'store';
create database overseer owner overseer_owner;
revoke all on database overseer from public;
grant connect on database overseer to overseer_store;
SQL

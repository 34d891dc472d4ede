# Run by the image when a new cluster was made: the owner may create roles, the store may do nothing it is not granted.
psql --set=ON_ERROR_STOP=1 --set=password="$STORE_PASSWORD" --dbname=overseer <<'SQL'
alter role overseer_owner createrole;
create role overseer_store login password :'password';
revoke all on database overseer from public;
grant connect on database overseer to overseer_store;
SQL

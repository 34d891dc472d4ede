#!/usr/bin/env bash
# Runs the images that deploy/images/build.sh made as strictly as a cluster does, and uses them: a user of high number that no
# image knows, a read-only root, no capabilities. A sample travels from a push to a query, all through podman's network.
#
# No image is pulled: nats-server (PATH, or NATS_SERVER) and Postgres (/usr/lib/postgresql) are this machine's own, in containers
# that borrow /usr. Needs podman with its network, and root where podman does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

missing() { echo "NOT TRIED: $1" >&2; exit 77; }
command -v podman >/dev/null || missing "there is no podman here (Debian: podman runc netavark aardvark-dns iptables catatonit)"
command -v buildah >/dev/null || missing "there is no buildah here"
nats=${NATS_SERVER:-$(command -v nats-server || echo .overseer/tools/nats-server)}
[ -x "$nats" ] || missing "there is no nats-server: cargo preview doctor"
postgres=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
[ -n "$postgres" ] || missing "there is no Postgres in /usr/lib/postgresql"
for service in ingress processor store prober frontend; do
    podman image exists "overseer/$service" || missing "there is no image overseer/$service: deploy/images/build.sh"
done

run=overseer-try-$$
user=$((1000000000 + RANDOM)):0
work=$(mktemp -d)
containers=()

finish() {
    local outcome=$?
    if [ $outcome -ne 0 ]; then
        for container in "${containers[@]}"; do
            echo "--- $container" >&2
            podman logs --tail 15 "$container" >&2 || true
        done
    fi
    [ ${#containers[@]} -eq 0 ] || podman rm --force --time 0 "${containers[@]}" >/dev/null
    podman network rm --force "$run" >/dev/null 2>&1 || true
    podman image rm --force "$run-empty" >/dev/null 2>&1 || true
    rm -rf "$work"
    exit $outcome
}
trap finish EXIT

random() { od -An -N 16 -tx1 /dev/urandom | tr -d ' \n'; }
strict=(
    --network "$run" --user "$user" --read-only --cap-drop=ALL --security-opt=no-new-privileges
    --ulimit nofile=1024:4096 --ulimit nproc=1024:4096 --no-healthcheck
)
if command -v runc >/dev/null; then engine=(podman --runtime runc); else engine=(podman); fi
start() { # NAME, then what `podman run` takes
    local name=$1
    shift
    containers+=("$run-$name")
    "${engine[@]}" run --detach --name "$run-$name" --network-alias "$name" "${strict[@]}" "$@" >/dev/null
}
# A container that has nothing but this machine's programs.
borrowed=(-v /usr:/usr:ro -v /usr/bin:/bin:ro -v /usr/lib:/lib:ro -v /usr/lib64:/lib64:ro)
await() { # WHAT, then a command that has to succeed within a minute
    local what=$1 deadline=$((SECONDS + 60))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $deadline ] || { echo "$what is not ready after 60 s" >&2; exit 1; }
        sleep 0.2
    done
    echo "$what is ready"
}

empty=$(buildah from scratch)
buildah commit --quiet "$empty" "$run-empty" >/dev/null
buildah rm "$empty" >/dev/null
podman network create "$run" >/dev/null

echo "--- nats-server and Postgres, as user ${user%:*}"
declare -A password
arguments=()
for name in SYS DEPLOYER INGRESS PROCESSOR STORE PROBER FRONTEND; do
    password[$name]=x$(random)
    arguments+=(--env "${name}_PASSWORD=${password[$name]}")
done
start nats "${arguments[@]}" --env POD_NAME=nats --tmpfs /data:mode=1777 -v "$(realpath "$nats"):/nats-server:ro" \
    -v "$PWD/deploy/openshift/components/nats:/etc/nats:ro" "$run-empty" /nats-server --config /etc/nats/nats.conf

owner=$(random) login=$(random)
echo "postgres:x:${user%:*}:0::/data:/bin/sh" >"$work/passwd"
cat >"$work/postgres.sh" <<'SERVE'
set -e
initdb --no-sync --auth=trust --username=postgres -D /data/cluster >/dev/null
pg_ctl -D /data/cluster -w -o "-k /data -c listen_addresses=" start >/dev/null
PGHOST=/data sh /etc/overseer/roles.sh
pg_ctl -D /data/cluster -w stop >/dev/null
echo "host all all 0.0.0.0/0 scram-sha-256" >>/data/cluster/pg_hba.conf
exec postgres -D /data/cluster -k /data -c "listen_addresses=*"
SERVE
chmod 755 "$work"
chmod 644 "$work"/*
start postgres "${borrowed[@]}" -v "$work:/try:ro" -v "$work/passwd:/etc/passwd:ro" --tmpfs /data:mode=1777 --env LC_ALL=C \
    -v "$PWD/deploy/compose/roles.sh:/etc/overseer/roles.sh:ro" --env "PATH=$postgres:/usr/bin" --env "OWNER_PASSWORD=$owner" \
    --env "STORE_LOGIN_PASSWORD=$login" "$run-empty" /bin/sh /try/postgres.sh
await Postgres podman exec "$run-postgres" "$postgres/pg_isready" -h 127.0.0.1 -d overseer

echo "--- the step before a rollout"
common=(--env OVERSEER_NATS_URL=nats://nats:4222)
"${engine[@]}" run --rm "${strict[@]}" "${common[@]}" --env "OVERSEER_STORE_OWNER_URL=postgres://overseer_owner:$owner@postgres/overseer" \
    overseer/store migrate >"$work/migrate.log" 2>&1 || { cat "$work/migrate.log" >&2; exit 1; }
"${engine[@]}" run --rm "${strict[@]}" "${common[@]}" --env "OVERSEER_NATS_PASSWORD=${password[DEPLOYER]}" \
    --env OVERSEER_PROBER_REGIONS=eu-central overseer/store provision >"$work/provision.log" 2>&1 || { cat "$work/provision.log" >&2; exit 1; }

echo "--- services"
start ingress "${common[@]}" --env "OVERSEER_NATS_PASSWORD=${password[INGRESS]}" overseer/ingress
start processor "${common[@]}" --env "OVERSEER_NATS_PASSWORD=${password[PROCESSOR]}" overseer/processor
start store "${common[@]}" --env "OVERSEER_NATS_PASSWORD=${password[STORE]}" \
    --env "OVERSEER_STORE_DATABASE_URL=postgres://overseer_store:$login@postgres/overseer" overseer/store
start prober "${common[@]}" --env "OVERSEER_NATS_PASSWORD=${password[PROBER]}" --env OVERSEER_PROBER_REGIONS=eu-central \
    --sysctl net.ipv4.ping_group_range="0 2147483647" overseer/prober
start frontend "${common[@]}" --env "OVERSEER_NATS_PASSWORD=${password[FRONTEND]}" --env "OVERSEER_FRONTEND_JWT_SECRET=$(random)$(random)" \
    overseer/frontend
for service in ingress processor store prober frontend; do
    await "$service" podman exec "$run-$service" "/bin/$service" healthcheck
done

echo "--- a sample travels"
curl() {
    "${engine[@]}" run --rm "${strict[@]}" "${borrowed[@]}" "$run-empty" /usr/bin/curl --silent --show-error --fail-with-body --max-time 10 "$@"
}
json() { curl --header 'content-type: application/json' "$@"; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
account='"email":"someone@example.org","password":"correct horse battery staple"'
json http://frontend:8080/api/v1/signup --data "{$account,\"name\":\"Someone\",\"tenant\":\"acme\"}" >/dev/null
session=$(json http://frontend:8080/api/v1/login --data "{$account}" | field token)
token=$(json http://frontend:8080/api/v1/tenants/acme/tokens --header "authorization: Bearer $session" \
    --data '{"name":"try","scopes":["metrics_write"]}' | field secret)
pushed() {
    json http://ingress:8080/api/v1/metrics --header "authorization: Bearer $token" \
        --data '{"samples":[{"name":"room_temperature","labels":{"room":"kitchen"},"value":21.5}]}' | grep -q '"accepted":1'
}
# A fresh token is known everywhere within a second.
await "a push" pushed
answered() {
    curl --header "authorization: Bearer $session" \
        'http://frontend:8080/api/v1/tenants/acme/query?metric=room_temperature' | grep -q '21.5'
}
await "its answer" answered
curl http://frontend:8080/t/acme | grep -q '</html>'
echo "the status page is served"

echo "--- the end"
for service in frontend prober store processor ingress; do
    podman stop --time 40 "$run-$service" >/dev/null
    code=$(podman inspect --format '{{.State.ExitCode}}' "$run-$service")
    [ "$code" = 0 ] || { echo "$service ended with $code" >&2; exit 1; }
done
echo "all services drained; everything worked as user ${user%:*} on read-only roots without capabilities"

#!/usr/bin/env bash
# Makes the secrets of an installation in a namespace: those that exist stay as they are.
# Usage: deploy/openshift/secrets.sh NAMESPACE [POSTGRES_HOST]
set -euo pipefail

namespace=${1:?name the namespace}
# `postgres-rw` with CloudNativePG.
postgres=${2:-postgres}
kubectl=$(command -v oc || command -v kubectl) || { echo "oc or kubectl is needed" >&2; exit 1; }

# A letter first: nats-server takes a variable that looks like a number for a number.
random() { echo "x$(od -An -N 24 -tx1 /dev/urandom | tr -d ' \n')"; }

# Values are read from standard input, so that no list of processes shows them.
make() {
    local name=$1
    if "$kubectl" -n "$namespace" get secret "$name" >/dev/null 2>&1; then
        echo "$name is there already" >&2
        cat >/dev/null
    else
        "$kubectl" -n "$namespace" create secret generic "$name" --from-env-file=/dev/stdin
    fi
}

for user in DEPLOYER INGRESS PROCESSOR STORE PROBER FRONTEND SYS; do
    echo "${user}_PASSWORD=$(random)"
done | make overseer-nats

# Three secrets with the same passwords: all of them, or none.
if "$kubectl" -n "$namespace" get secret overseer-database >/dev/null 2>&1; then
    echo "overseer-database is there already" >&2
else
    owner=$(random)
    store=$(random)
    make overseer-database <<VALUES
owner-password=$owner
store-password=$store
owner-url=postgres://overseer_owner:$owner@$postgres:5432/overseer
store-url=postgres://overseer_store:$store@$postgres:5432/overseer
VALUES
    # The same for CloudNativePG, which wants a secret for each role.
    make overseer-database-owner <<VALUES
username=overseer_owner
password=$owner
VALUES
    make overseer-database-store <<VALUES
username=overseer_store
password=$store
VALUES
fi

echo "jwt-secret=$(random)" | make overseer-frontend

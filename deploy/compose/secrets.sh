#!/usr/bin/env bash
# Writes .env beside compose.yaml with random passwords, unless it is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ -e .env ]; then
    echo ".env is there already" >&2
    exit 0
fi

# A letter first: nats-server takes a variable that looks like a number for a number.
random() { echo "x$(od -An -N 24 -tx1 /dev/urandom | tr -d ' \n')"; }

umask 077
{
    for user in SYS DEPLOYER INGRESS PROCESSOR STORE PROBER FRONTEND POSTGRES OWNER STORE_LOGIN; do
        echo "${user}_PASSWORD=$(random)"
    done
    echo "JWT_SECRET=$(random)"
    echo "TELEMETRY_TOKEN=$(random)"
} >.env

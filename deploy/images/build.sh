#!/usr/bin/env bash
# Builds the image of every service: deploy/images/build.sh [FOLDER]
#
# FOLDER is what `cargo preview package FOLDER` filled; without it everything is compiled in a container, which takes its time.
# TAG (latest) and BASE (scratch) are variables. Docker works as well: BUILDER="docker buildx build --load".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ -z "${BUILDER:-}" ]; then
    command -v buildah >/dev/null || { echo "buildah is needed; or name another builder in BUILDER" >&2; exit 1; }
    # chroot: no privileges beyond those of whoever builds, also inside of a container.
    BUILDER="buildah bud --isolation chroot --format docker"
fi

arguments=(
    --build-arg "BASE=${BASE:-scratch}"
    --build-arg "REVISION=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
    --build-arg "CREATED=$(date --utc +%Y-%m-%dT%H:%M:%SZ)"
)
if [ $# -gt 0 ]; then
    arguments+=(--build-context "built=$1")
fi
for service in ingress processor store prober frontend; do
    # BUILDER is a command with its options.
    # shellcheck disable=SC2086
    $BUILDER "${arguments[@]}" --target "$service" --tag "overseer/$service:${TAG:-latest}" --file Containerfile .
done

#!/usr/bin/env bash
# Removes namespaces of previews that nobody looks after any more: their Application is gone and their time is over.
# DRY_RUN=true only says which.
set -euo pipefail

now=$(date +%s)
oc get namespaces --selector overseer.dev/preview=true --output \
    'jsonpath={range .items[*]}{.metadata.name} {.metadata.creationTimestamp} {.metadata.annotations.overseer\.dev/ttl-hours}{"\n"}{end}' |
    while read -r name created ttl_hours; do
        # An error is no answer: it ends this run before anything more is removed.
        application=$(oc --namespace "$ARGOCD" get applications.argoproj.io "$name" --ignore-not-found --output name)
        if [ -n "$application" ]; then
            continue
        fi
        age_hours=$(((now - $(date --date "$created" +%s)) / 3600))
        if [ "$age_hours" -lt "${ttl_hours:-72}" ]; then
            continue
        fi
        echo "$name is $age_hours hours old"
        if [ "${DRY_RUN:-false}" != true ]; then
            oc delete namespace "$name" --wait=false
        fi
    done

//! What restricted-v2 admits unmodified, and how a pod lives and ends.

use serde_json::{Value, json};

use super::rendered::{everything, list, overlays, text};

/// The only sysctl that a restricted pod may set, for echo requests without a capability.
const PING: &str = "net.ipv4.ping_group_range";
/// How long a service may drain, in seconds (`service::run`), and how long its last telemetry may take.
const DRAIN_S: u64 = 25 + 9;

#[test]
fn no_pod_asks_for_what_restricted_v2_refuses() {
    for overlay in everything() {
        for pod in overlay.pods() {
            let spec = &pod.template["spec"];
            for refused in [
                "runAsUser",
                "runAsGroup",
                "fsGroup",
                "supplementalGroups",
                "privileged",
                "hostPath",
                "hostNetwork",
                "hostPID",
                "hostIPC",
                "hostPort",
                "add",
            ] {
                assert!(
                    !mentions(spec, refused),
                    "{} has {refused}",
                    pod.called(overlay)
                );
            }
            let strange =
                list(&spec["securityContext"]["sysctls"]).find(|sysctl| sysctl["name"] != PING);
            assert_eq!(strange, None, "{}", pod.called(overlay));
        }
    }
}

#[test]
fn every_container_gives_up_every_privilege() {
    let wanted = json!({
        "allowPrivilegeEscalation": false,
        "readOnlyRootFilesystem": true,
        "runAsNonRoot": true,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    });
    for overlay in everything() {
        for pod in overlay.pods() {
            let called = pod.called(overlay);
            let spec = &pod.template["spec"];
            // A token of the cluster is only for those who were given an account of their own.
            assert!(
                spec.get("serviceAccountName").is_some()
                    || spec["automountServiceAccountToken"] == false,
                "{called}"
            );
            for container in pod.containers() {
                assert_eq!(container["securityContext"], wanted, "{called}");
            }
        }
    }
}

#[test]
fn every_container_says_what_it_needs_and_is_bounded() {
    for overlay in everything() {
        for pod in overlay.pods() {
            for container in pod.containers() {
                let resources = &container["resources"];
                for (class, what) in [
                    ("requests", "cpu"),
                    ("requests", "memory"),
                    ("limits", "memory"),
                ] {
                    assert!(
                        resources[class][what].is_string(),
                        "{}: no {class} of {what}",
                        pod.called(overlay)
                    );
                }
            }
        }
    }
}

#[test]
fn every_server_is_watched_on_a_port_it_has() {
    for overlay in overlays() {
        for pod in overlay.pods().filter(super::rendered::Pod::serves) {
            for container in list(&pod.template["spec"]["containers"]) {
                let called = pod.called(overlay);
                for (probe, path) in [
                    ("startupProbe", "/livez"),
                    ("livenessProbe", "/livez"),
                    ("readinessProbe", "/readyz"),
                ] {
                    let probe = &container[probe];
                    assert!(probe.is_object(), "{called} is not watched");
                    let port = &probe["httpGet"]["port"];
                    if port.is_string() {
                        let known = list(&container["ports"]).any(|it| it["name"] == *port);
                        assert!(known, "{called} is watched on {port}, which it has not");
                    }
                    if text(&container["image"]).contains("overseer/") {
                        assert_eq!(probe["httpGet"], json!({"path": path, "port": "ops"}));
                    }
                }
            }
        }
    }
}

#[test]
fn every_service_has_time_to_drain_before_it_is_killed() {
    for overlay in overlays() {
        for pod in overlay.of_kind("Deployment") {
            let spec = &pod["spec"]["template"]["spec"];
            for container in list(&spec["containers"]) {
                let pause = container["lifecycle"]["preStop"]["sleep"]["seconds"].as_u64();
                let pause = pause.expect("routers get time to look away");
                if text(&container["image"]).contains("overseer/") {
                    let grace = spec["terminationGracePeriodSeconds"].as_u64();
                    assert!(
                        grace >= Some(pause + DRAIN_S),
                        "{}: {grace:?}",
                        overlay.name
                    );
                }
            }
        }
    }
}

fn mentions(value: &Value, key: &str) -> bool {
    match value {
        Value::Object(fields) => {
            fields.contains_key(key) || fields.values().any(|field| mentions(field, key))
        }
        Value::Array(values) => values.iter().any(|value| mentions(value, key)),
        _ => false,
    }
}

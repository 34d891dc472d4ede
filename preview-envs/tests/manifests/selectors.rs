//! What finds what.

use serde_json::Value;

use super::rendered::{Pod, Rendered, list, overlays, text};

#[test]
fn every_workload_finds_its_own_pods_and_nobody_elses() {
    for overlay in overlays() {
        for pod in overlay.pods().filter(Pod::serves) {
            let selector = &pod.owner["spec"]["selector"]["matchLabels"];
            let found = owners(overlay, selector);
            let own = text(&pod.owner["metadata"]["name"]);
            assert_eq!(found, [own], "{}", pod.called(overlay));
        }
    }
}

#[test]
fn every_service_leads_to_a_port_of_one_workload() {
    for overlay in overlays() {
        for service in overlay.of_kind("Service") {
            let name = text(&service["metadata"]["name"]);
            let selector = &service["spec"]["selector"];
            let pods: Vec<Pod> = overlay.pods().filter(|pod| fits(selector, pod)).collect();
            assert_eq!(pods.len(), 1, "{}: {name}", overlay.name);
            for port in list(&service["spec"]["ports"]) {
                let target = &port["targetPort"];
                let known = pods[0]
                    .containers()
                    .flat_map(|container| list(&container["ports"]))
                    .any(|it| it["name"] == *target);
                assert!(known, "{}: {name} leads to {target}", overlay.name);
            }
        }
    }
}

#[test]
fn every_route_leads_to_a_port_of_a_service_under_a_host_of_its_own() {
    for overlay in overlays() {
        let mut hosts = Vec::new();
        for route in overlay.of_kind("Route") {
            let service = text(&route["spec"]["to"]["name"]);
            let service = overlay.find("Service", service).expect("a service");
            let port = &route["spec"]["port"]["targetPort"];
            assert!(list(&service["spec"]["ports"]).any(|it| it["name"] == *port));
            let host = text(&route["spec"]["host"]).to_owned();
            assert!(!host.ends_with("overseer.example"), "{host} is the base's");
            assert!(!hosts.contains(&host), "{host} twice");
            hosts.push(host);
        }
    }
}

#[test]
fn every_service_of_ours_survives_an_eviction() {
    for overlay in overlays() {
        for service in ["ingress", "processor", "store", "prober", "frontend"] {
            let budget = overlay.find("PodDisruptionBudget", service);
            let budget = budget.unwrap_or_else(|| panic!("{}: {service}", overlay.name));
            let found = owners(overlay, &budget["spec"]["selector"]["matchLabels"]);
            assert_eq!(found, [service], "{}", overlay.name);
        }
    }
}

#[test]
fn what_is_scaled_exists_and_has_no_number_of_its_own() {
    for overlay in overlays() {
        let scalers = ["HorizontalPodAutoscaler", "ScaledObject"];
        let scalers = scalers.iter().flat_map(|kind| overlay.of_kind(kind));
        let mut scaled = Vec::new();
        for scaler in scalers {
            let target = text(&scaler["spec"]["scaleTargetRef"]["name"]);
            let deployment = overlay.find("Deployment", target).expect("it exists");
            assert_eq!(deployment["spec"].get("replicas"), None, "{target}");
            assert!(!scaled.contains(&target), "{target} is scaled twice");
            scaled.push(target);
        }
    }
}

fn owners<'a>(overlay: &'a Rendered, selector: &Value) -> Vec<&'a str> {
    let found = overlay.pods().filter(|pod| fits(selector, pod));
    found
        .map(|pod| text(&pod.owner["metadata"]["name"]))
        .collect()
}

fn fits(selector: &Value, pod: &Pod) -> bool {
    let labels = &pod.template["metadata"]["labels"];
    let wanted = selector.as_object().expect("a selector names labels");
    !wanted.is_empty() && wanted.iter().all(|(key, value)| labels[key] == *value)
}

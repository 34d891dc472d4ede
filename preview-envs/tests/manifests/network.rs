//! Network policies against the table of `deploy/openshift/README.md`, and the table against who speaks NATS at all.

use std::collections::BTreeSet;

use contract::access;
use serde_json::Value;

use super::rendered::{Rendered, list, openshift, overlay, text};

/// From, to, port; `any` is every port.
type Way = (String, String, String);

/// What lies outside of the namespace and is named in the table.
const OUTSIDE: [&str; 4] = ["router", "monitoring", "keda", "anywhere"];

#[test]
fn whoever_is_called_lets_in_whom_the_table_names_and_nobody_else() {
    let Some(production) = overlay("production") else {
        return;
    };
    let wanted: BTreeSet<Way> = table()
        .into_iter()
        .filter(|(_, to, _)| to != "anywhere")
        .collect();
    assert_eq!(ways(production, "ingress", "from"), wanted);
}

#[test]
fn whoever_calls_reaches_what_the_table_names_and_nothing_else() {
    let Some(production) = overlay("production") else {
        return;
    };
    let is_inside = |name: &str| name == "anywhere" || !OUTSIDE.contains(&name);
    let wanted: BTreeSet<Way> = table()
        .into_iter()
        .filter(|(from, _, _)| is_inside(from))
        .collect();
    assert_eq!(ways(production, "egress", "to"), wanted);
}

#[test]
fn everybody_may_ask_for_names_and_nothing_else() {
    let Some(production) = overlay("production") else {
        return;
    };
    let policy = production
        .find("NetworkPolicy", "default")
        .expect("a default");
    let spec = &policy["spec"];
    assert_eq!(spec["podSelector"], serde_json::json!({}));
    assert_eq!(
        spec["policyTypes"],
        serde_json::json!(["Ingress", "Egress"])
    );
    assert_eq!(spec.get("ingress"), None);
    let rules: Vec<&Value> = list(&spec["egress"]).collect();
    assert_eq!(rules.len(), 1);
    let ports: BTreeSet<u64> = list(&rules[0]["ports"])
        .filter_map(|it| it["port"].as_u64())
        .collect();
    // OpenShift's name servers listen on the second one.
    assert_eq!(ports, BTreeSet::from([53, 5353]));
}

#[test]
fn whoever_has_a_user_of_nats_reaches_it() {
    let clients: BTreeSet<String> = table()
        .into_iter()
        .filter(|(_, to, port)| to == "nats" && port == "4222")
        .map(|(from, _, _)| from)
        .collect();
    let users = access::users(&[]);
    let users = users.iter().map(|user| match user.name {
        access::DEPLOYER => "deploy-step".to_owned(),
        service => service.to_owned(),
    });
    assert_eq!(clients, users.collect());
}

/// The rows of the table, one for each pair and port.
fn table() -> BTreeSet<Way> {
    let text = std::fs::read_to_string(openshift().join("README.md")).expect("a README");
    let (_, section) = text.split_once("## Who may connect").expect("the table");
    let rows = section
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1);
    let mut ways = BTreeSet::new();
    for row in rows {
        let cells: Vec<Vec<&str>> = row
            .trim_matches('|')
            .split('|')
            .map(|cell| cell.split(',').map(str::trim).collect())
            .collect();
        let [from, to, ports] = cells.as_slice() else {
            panic!("{row}")
        };
        for from in from {
            for to in to {
                let way = |port: &&str| ((*from).to_owned(), (*to).to_owned(), (*port).to_owned());
                ways.extend(ports.iter().map(way));
            }
        }
    }
    assert!(ways.len() > 20, "the table cannot be read");
    ways
}

/// What the policies of the parts of Overseer allow in one direction.
fn ways(overlay: &Rendered, direction: &str, side: &str) -> BTreeSet<Way> {
    let mut ways = BTreeSet::new();
    for policy in overlay.of_kind("NetworkPolicy") {
        let spec = &policy["spec"];
        let Some(own) = spec["podSelector"]["matchLabels"].get("app.kubernetes.io/name") else {
            continue;
        };
        assert_eq!(
            spec["policyTypes"],
            serde_json::json!(["Ingress", "Egress"])
        );
        for rule in list(&spec[direction]) {
            for peer in list(&rule[side]).map(peer) {
                for port in ports(rule) {
                    let (own, peer) = (text(own).to_owned(), peer.to_owned());
                    ways.insert(if side == "from" {
                        (peer, own, port)
                    } else {
                        (own, peer, port)
                    });
                }
            }
        }
    }
    ways
}

fn ports(rule: &Value) -> Vec<String> {
    let ports: Vec<String> = list(&rule["ports"])
        .map(|port| port["port"].to_string())
        .collect();
    if ports.is_empty() {
        vec!["any".to_owned()]
    } else {
        ports
    }
}

fn peer(peer: &Value) -> &str {
    if peer.get("ipBlock").is_some() {
        return "anywhere";
    }
    if let Some(pod) = peer["podSelector"]["matchLabels"].get("app.kubernetes.io/name") {
        return text(pod);
    }
    let labels = peer["namespaceSelector"]["matchLabels"]
        .as_object()
        .expect("labels");
    let (key, value) = labels.iter().next().expect("a label");
    match (key.as_str(), text(value)) {
        ("policy-group.network.openshift.io/ingress", "") => "router",
        ("network.openshift.io/policy-group", "monitoring") => "monitoring",
        ("kubernetes.io/metadata.name", "openshift-keda") => "keda",
        strange => panic!("who is {strange:?}?"),
    }
}

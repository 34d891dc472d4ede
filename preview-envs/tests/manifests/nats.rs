//! What manifests say of NATS, against `contract`.

use std::collections::BTreeSet;
use std::process::Command;

use contract::access;
use contract::id::{Partition, Region};
use contract::stream;
use preview_envs::scratch::Folder;
use preview_envs::server::nats;
use serde_json::Value;

use super::rendered::{list, openshift, overlay, overlays, text};

/// Where the probers of `users.conf` may stand; an installation elsewhere writes the file anew.
const REGIONS: [&str; 3] = ["eu-central", "us-east", "ap-southeast"];

fn regions() -> Vec<Region> {
    REGIONS
        .map(|region| region.parse().expect("valid"))
        .to_vec()
}

#[test]
fn the_users_of_a_deployment_have_the_rights_that_the_code_gives_them() {
    let file = openshift().join("components/nats/users.conf");
    let written = std::fs::read_to_string(&file).expect("a file");
    assert_eq!(
        written,
        nats::users_file(&access::users(&regions())),
        "{} is old: cargo preview nats-users --regions {}",
        file.display(),
        REGIONS.join(",")
    );
}

#[tokio::test]
async fn the_server_takes_its_configuration_alone_and_in_a_cluster() {
    let binary = nats::binary::find_or_install().await.expect("a server");
    for cluster in ["nats", "nats-cluster"] {
        let folder = Folder::new("nats-conf");
        let components = openshift().join("components");
        for (from, file) in [
            ("nats", "nats.conf"),
            ("nats", "users.conf"),
            (cluster, "cluster.conf"),
        ] {
            let from = components.join(from).join(file);
            std::fs::copy(from, folder.path().join(file)).expect("copied");
        }
        let mut command = Command::new(&binary);
        command
            .arg("-t")
            .arg("-c")
            .arg(folder.path().join("nats.conf"));
        command.env("POD_NAME", "nats-0").envs(passwords());
        let output = command.output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{cluster}: {said}");
    }
}

#[test]
fn secrets_are_made_for_every_user() {
    let script = std::fs::read_to_string(openshift().join("secrets.sh")).expect("a script");
    for (variable, _) in passwords() {
        let user = variable.trim_end_matches("_PASSWORD");
        assert!(script.contains(&format!(" {user}")), "{user} is left out");
    }
}

#[test]
fn scaling_looks_at_durables_that_exist() {
    let durables = stream::durables(&regions());
    for overlay in overlays() {
        for trigger in triggers(overlay.of_kind("ScaledObject")) {
            assert_eq!(trigger["account"], nats::ACCOUNT);
            let found = durables
                .iter()
                .find(|durable| durable.name == text(&trigger["consumer"]));
            let found = found.unwrap_or_else(|| panic!("no durable {trigger}"));
            assert_eq!(trigger["stream"], found.stream);
        }
    }
}

#[test]
fn stores_are_scaled_by_every_partition_and_never_beyond_them() {
    let Some(production) = overlay("production") else {
        return;
    };
    let scaler = production.find("ScaledObject", "store").expect("scaled");
    let watched: BTreeSet<&str> = triggers([scaler].into_iter())
        .map(|trigger| text(&trigger["consumer"]))
        .collect();
    let drains: Vec<String> = Partition::all()
        .map(|it| stream::store_metrics(it).name)
        .collect();
    assert_eq!(watched, drains.iter().map(String::as_str).collect());
    assert_eq!(scaler["spec"]["maxReplicaCount"], drains.len());
}

#[test]
fn probers_stand_where_streams_and_users_are_made_for_them() {
    for overlay in overlays() {
        let addresses = overlay
            .of_kind("ConfigMap")
            .find_map(|map| map["data"]["regions"].as_str());
        let provisioned: Vec<&str> = addresses.expect("regions").split(',').collect();
        for region in &provisioned {
            assert!(REGIONS.contains(region), "no prober may stand in {region}");
        }
        for pod in overlay.pods().filter(super::rendered::Pod::serves) {
            for variable in pod
                .containers()
                .flat_map(|container| list(&container["env"]))
            {
                if variable["name"] == "OVERSEER_PROBER_REGIONS" {
                    let region = text(&variable["value"]);
                    assert!(provisioned.contains(&region), "{region} has no durable");
                }
            }
        }
    }
}

fn triggers<'a>(scalers: impl Iterator<Item = &'a Value>) -> impl Iterator<Item = &'a Value> {
    scalers
        .flat_map(|scaler| list(&scaler["spec"]["triggers"]))
        .map(|trigger| &trigger["metadata"])
}

fn passwords() -> Vec<(String, &'static str)> {
    let users = access::users(&regions());
    let users = users.iter().map(|user| user.name.to_uppercase());
    users
        .chain(["SYS".to_owned()])
        .map(|user| (format!("{user}_PASSWORD"), "x-secret"))
        .collect()
}

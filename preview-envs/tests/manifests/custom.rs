//! Custom resources, against definitions of what we use of them: a field that is not defined here is a mistake.

use serde_json::Value;

use super::rendered::{everything, overlays, text};

mod definitions;

use definitions::{
    AppProject, ApplicationSet, Cluster, ExternalSecret, Password, PodMonitor, PrometheusRule,
    Resource, Route, ScaledObject,
};

#[test]
fn every_custom_resource_has_the_fields_of_its_definition() {
    let mut seen = 0;
    for overlay in everything() {
        for object in &overlay.objects {
            let outcome = match (text(&object["apiVersion"]), text(&object["kind"])) {
                ("route.openshift.io/v1", "Route") => read::<Resource<Route>>(object),
                ("keda.sh/v1alpha1", "ScaledObject") => read::<Resource<ScaledObject>>(object),
                ("monitoring.coreos.com/v1", "PodMonitor") => read::<Resource<PodMonitor>>(object),
                ("monitoring.coreos.com/v1", "PrometheusRule") => {
                    read::<Resource<PrometheusRule>>(object)
                }
                ("external-secrets.io/v1", "ExternalSecret") => {
                    read::<Resource<ExternalSecret>>(object)
                }
                ("generators.external-secrets.io/v1alpha1", "Password") => {
                    read::<Resource<Password>>(object)
                }
                ("argoproj.io/v1alpha1", "ApplicationSet") => {
                    read::<Resource<ApplicationSet>>(object)
                }
                ("argoproj.io/v1alpha1", "AppProject") => read::<Resource<AppProject>>(object),
                ("postgresql.cnpg.io/v1", "Cluster") => read::<Resource<Cluster>>(object),
                (version, kind) => {
                    let group = version.split('/').next().unwrap_or_default();
                    assert!(
                        !group.contains('.') || group.ends_with(".k8s.io"),
                        "{kind} of {version} is not defined"
                    );
                    continue;
                }
            };
            let name = &object["metadata"]["name"];
            outcome.unwrap_or_else(|error| {
                panic!("{}: {} {name}: {error}", overlay.name, object["kind"])
            });
            seen += 1;
        }
    }
    assert!(overlays().is_empty() || seen > 10, "only {seen} were seen");
}

fn read<T: serde::de::DeserializeOwned>(object: &Value) -> Result<(), serde_json::Error> {
    serde_json::from_value::<T>(object.clone()).map(drop)
}

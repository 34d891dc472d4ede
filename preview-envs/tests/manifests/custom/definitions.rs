//! As the documentation of each project gives them: route.openshift.io/v1, keda.sh/v1alpha1, monitoring.coreos.com/v1,
//! external-secrets.io/v1 and postgresql.cnpg.io/v1. Names, types and required fields; only what is used.
#![expect(dead_code, reason = "fields are there to be read, not to be used")]
#![expect(clippy::struct_field_names, reason = "the names are Kubernetes'")]

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

type Text = BTreeMap<String, String>;

macro_rules! definition {
    ($($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty),* $(,)? })*) => {$(
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "camelCase")]
        pub(super) struct $name { $($(#[$attribute])* $field: $type),* }
    )*};
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "camelCase",
    bound = "T: Deserialize<'de>"
)]
pub(super) struct Resource<T> {
    api_version: String,
    kind: String,
    metadata: Metadata,
    spec: T,
}

definition! {
    Metadata { name: String, namespace: String, labels: Option<Text>, annotations: Option<Text> }

    Route { host: String, to: RouteTarget, port: RoutePort, tls: RouteTls, wildcard_policy: Option<WildcardPolicy> }
    RouteTarget { kind: ServiceKind, name: String, weight: u16 }
    RoutePort { target_port: String }
    RouteTls { termination: Termination, insecure_edge_termination_policy: InsecurePolicy }

    ScaledObject { scale_target_ref: Named, min_replica_count: u32, max_replica_count: u32, cooldown_period: u32, triggers: Vec<Trigger> }
    Named { name: String }
    Trigger { r#type: TriggerType, metadata: NatsTrigger }
    NatsTrigger {
        nats_server_monitoring_endpoint: String, account: String, stream: String, consumer: String,
        lag_threshold: String, activation_lag_threshold: String,
    }

    PodMonitor { selector: Selector, pod_metrics_endpoints: Vec<MetricsEndpoint> }
    Selector { match_labels: Text }
    MetricsEndpoint { port: String, path: String, interval: String }
    PrometheusRule { groups: Vec<RuleGroup> }
    RuleGroup { name: String, rules: Vec<Alert> }
    Alert { alert: String, expr: String, r#for: String, labels: Text, annotations: Text }

    ExternalSecret { refresh_interval: String, secret_store_ref: Option<StoreRef>, target: SecretTarget, data_from: Vec<Source> }
    StoreRef { kind: StoreKind, name: String }
    SecretTarget { name: String, creation_policy: CreationPolicy, template: Option<SecretTemplate> }
    SecretTemplate { data: Text }
    Source { extract: Option<Extract>, source_ref: Option<SourceRef>, rewrite: Option<Vec<Rewrite>> }
    SourceRef { generator_ref: GeneratorRef }
    GeneratorRef { api_version: String, kind: String, name: String }
    Rewrite { regexp: Regexp }
    Regexp { source: String, target: String }
    Password { length: u32, digits: u32, symbols: u32, no_upper: bool, allow_repeat: bool }
    Extract { key: String }

    Cluster {
        instances: u8, image_name: String, bootstrap: Bootstrap, managed: Managed, inherited_metadata: Inherited,
        postgresql: Postgresql, storage: Storage, resources: Value,
    }
    Bootstrap { initdb: Initdb }
    Initdb {
        database: String, owner: String, secret: Named,
        #[serde(rename = "postInitSQL")] post_init_sql: Vec<String>,
        #[serde(rename = "postInitApplicationSQL")] post_init_application_sql: Vec<String>,
    }
    Managed { roles: Vec<Role> }
    Role { name: String, ensure: Ensure, login: bool, createrole: Option<bool>, password_secret: Named }
    Inherited { labels: Text }
    Postgresql { #[serde(rename = "shared_preload_libraries")] libraries: Vec<String>, parameters: Text, synchronous: Synchronous }
    AppProject {
        source_repos: Vec<String>, destinations: Vec<Destination>,
        cluster_resource_whitelist: Vec<GroupKind>, namespace_resource_blacklist: Vec<GroupKind>,
    }
    Destination { server: String, namespace: String }
    GroupKind { group: String, kind: String }
    ApplicationSet { go_template: bool, go_template_options: Vec<String>, generators: Vec<Generator>, template: ApplicationTemplate }
    Generator { pull_request: PullRequests }
    PullRequests { requeue_after_seconds: u32, github: GitHub }
    GitHub { owner: String, repo: String, labels: Vec<String>, token_ref: TokenRef }
    TokenRef { secret_name: String, key: String }
    ApplicationTemplate { metadata: ApplicationMetadata, spec: Application }
    ApplicationMetadata { name: String, finalizers: Vec<String> }
    Application { project: String, source: ApplicationSource, destination: Destination, sync_policy: SyncPolicy }
    ApplicationSource {
        #[serde(rename = "repoURL")] repo_url: String, target_revision: String, path: String, kustomize: Kustomize,
    }
    Kustomize { namespace: String, images: Vec<String>, patches: Vec<Patch> }
    Patch { target: PatchTarget, patch: String }
    PatchTarget { kind: String, name: String }
    SyncPolicy { automated: Automated, sync_options: Vec<String>, managed_namespace_metadata: NamespaceMetadata }
    Automated { prune: bool, self_heal: bool }
    NamespaceMetadata { labels: Text, annotations: Text }
    Synchronous { method: Method, number: u8 }
    Storage { size: String }
}

macro_rules! choice {
    ($($name:ident { $($value:ident = $text:literal),* $(,)? })*) => {$(
        #[derive(Deserialize)]
        pub(super) enum $name { $(#[serde(rename = $text)] $value),* }
    )*};
}

choice! {
    ServiceKind { Service = "Service" }
    Termination { Edge = "edge", Passthrough = "passthrough", Reencrypt = "reencrypt" }
    InsecurePolicy { None = "None", Allow = "Allow", Redirect = "Redirect" }
    WildcardPolicy { None = "None", Subdomain = "Subdomain" }
    TriggerType { NatsJetstream = "nats-jetstream" }
    StoreKind { SecretStore = "SecretStore", ClusterSecretStore = "ClusterSecretStore" }
    CreationPolicy { Owner = "Owner", Orphan = "Orphan", Merge = "Merge", None = "None" }
    Ensure { Present = "present", Absent = "absent" }
    Method { Any = "any", First = "first" }
}

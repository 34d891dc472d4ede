use std::collections::BTreeMap;
use std::net::SocketAddr;

use contract::id::Region;
use serde::{Deserialize, Serialize};

use super::Environment;
use crate::build::{Commit, Programs};
use crate::server::nats;

/// The database of an environment.
pub const DATABASE: &str = "overseer";
/// The tenant every environment has.
pub const TENANT: &str = "demo";

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub regions: Vec<Region>,
    pub demo: bool,
    /// What it runs; the working tree, as it was built last, where there is none.
    #[serde(default)]
    pub commit: Option<Commit>,
}

impl Settings {
    /// The programs it runs.
    pub fn programs(&self) -> Programs {
        self.commit
            .as_ref()
            .map_or_else(Programs::of_working_tree, Commit::programs)
    }
}

/// How far an environment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Starting,
    Ready,
    Stopping,
    Stopped,
    /// It could not be brought up; `problem` says why.
    Failed,
    /// Its supervisor died. Never written down: the lock tells.
    Crashed,
}

impl Phase {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Crashed => "crashed",
        }
    }
}

/// One supervised process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Absent while it does not run.
    pub pid: Option<u32>,
    /// It said that it is ready since it was last started.
    #[serde(default)]
    pub ready: bool,
    /// Times it ended without being asked, under this supervisor.
    #[serde(default)]
    pub restarts: u32,
    pub http: Option<SocketAddr>,
    pub ops: Option<SocketAddr>,
}

/// How to get in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    pub tenant: String,
    pub email: String,
    pub password: String,
    pub token: String,
}

/// All that is written down of an environment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct State {
    pub settings: Settings,
    pub phase: Phase,
    #[serde(default)]
    pub problem: Option<String>,
    #[serde(default)]
    pub supervisor: Option<u32>,
    #[serde(default)]
    pub units: BTreeMap<String, Unit>,
    #[serde(default)]
    pub nats: Option<nats::Ports>,
    #[serde(default)]
    pub postgres_port: Option<u16>,
    /// The URL of the database for the role that owns it.
    #[serde(default)]
    pub database_url: Option<String>,
    #[serde(default)]
    pub access: Option<Access>,
}

impl State {
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            phase: Phase::Starting,
            problem: None,
            supervisor: None,
            units: BTreeMap::new(),
            nats: None,
            postgres_port: None,
            database_url: None,
            access: None,
        }
    }

    /// `http://127.0.0.1:4001` of a service that serves any.
    pub fn http_url(&self, service: &str) -> Option<String> {
        let address = self.units.get(service)?.http?;
        Some(format!("http://{address}"))
    }
}

/// What `up --json` and `list --json` tell: the names are part of the outside surface.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Summary {
    pub name: String,
    pub state: Phase,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    pub state_dir: String,
    pub ingress_url: Option<String>,
    pub frontend_url: Option<String>,
    pub status_page_url: Option<String>,
    pub nats_url: Option<String>,
    pub nats_monitor_url: Option<String>,
    pub database_url: Option<String>,
    pub tenant: Option<String>,
    pub token: Option<String>,
    pub email: Option<String>,
    pub password: Option<String>,
    pub regions: Vec<Region>,
    /// It has a demo, with simulated distances to its regions.
    pub demo: bool,
    /// The commit it runs; the working tree where there is none.
    #[serde(default)]
    pub commit: Option<Commit>,
    /// When it may be removed, in milliseconds since 1970, unless it is used before.
    #[serde(default)]
    pub expires_at_ms: Option<u64>,
    pub supervisor_pid: Option<u32>,
    /// Process ids of what runs now.
    pub pids: BTreeMap<String, u32>,
    /// Where each service answers `/livez`, `/readyz` and `/metrics`.
    pub ops_urls: BTreeMap<String, String>,
    /// Times each process died and was started again.
    pub restarts: BTreeMap<String, u32>,
}

impl Summary {
    pub(super) fn new(environment: &Environment, state: &State, phase: Phase) -> Self {
        let runs = matches!(phase, Phase::Starting | Phase::Ready | Phase::Stopping);
        let frontend_url = state.http_url("frontend");
        let access = state.access.clone();
        let units = || state.units.iter().filter(|_| runs);
        Self {
            name: environment.name().to_string(),
            state: phase,
            problem: state.problem.clone(),
            state_dir: environment.folder().display().to_string(),
            ingress_url: state.http_url("ingress"),
            status_page_url: frontend_url.as_ref().map(|url| format!("{url}/t/{TENANT}")),
            frontend_url,
            nats_url: state
                .nats
                .map(|ports| format!("nats://127.0.0.1:{}", ports.client)),
            nats_monitor_url: state
                .nats
                .map(|ports| format!("http://127.0.0.1:{}", ports.monitor)),
            database_url: state.database_url.clone(),
            tenant: access.as_ref().map(|access| access.tenant.clone()),
            token: access.as_ref().map(|access| access.token.clone()),
            email: access.as_ref().map(|access| access.email.clone()),
            password: access.map(|access| access.password),
            regions: state.settings.regions.clone(),
            demo: state.settings.demo,
            commit: state.settings.commit.clone(),
            expires_at_ms: environment
                .lease()
                .expires_at()
                .map(|end| end.saturating_mul(1_000)),
            supervisor_pid: state.supervisor.filter(|_| runs),
            pids: units()
                .filter_map(|(name, unit)| Some((name.clone(), unit.pid?)))
                .collect(),
            ops_urls: units()
                .filter_map(|(name, unit)| Some((name.clone(), format!("http://{}", unit.ops?))))
                .collect(),
            restarts: units()
                .filter(|(_, unit)| unit.restarts > 0)
                .map(|(name, unit)| (name.clone(), unit.restarts))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready() -> State {
        let regions = vec!["eu-central".parse().expect("valid")];
        let mut state = State::new(Settings {
            regions,
            demo: true,
            commit: None,
        });
        state.phase = Phase::Ready;
        state.nats = Some(nats::Ports {
            client: 4_222,
            monitor: 8_222,
        });
        let http = "127.0.0.1:4000".parse().ok();
        let frontend = Unit {
            pid: Some(7),
            restarts: 2,
            http,
            ..Unit::default()
        };
        state.units.insert("frontend".to_owned(), frontend);
        state
    }

    fn summary(phase: Phase) -> Summary {
        let environment = Environment::named("dev".parse().expect("valid"));
        Summary::new(&environment, &ready(), phase)
    }

    #[test]
    fn a_ready_environment_tells_its_urls_and_pids() {
        let summary = summary(Phase::Ready);
        assert_eq!(
            summary.status_page_url.as_deref(),
            Some("http://127.0.0.1:4000/t/demo")
        );
        assert_eq!(summary.nats_url.as_deref(), Some("nats://127.0.0.1:4222"));
        assert_eq!(summary.pids["frontend"], 7);
        assert_eq!(summary.restarts["frontend"], 2);
    }

    #[test]
    fn a_stopped_environment_has_no_pids() {
        assert!(summary(Phase::Crashed).pids.is_empty());
    }

    #[test]
    fn a_state_is_read_as_it_was_written() {
        let text = serde_json::to_string(&ready()).expect("written");
        let again: State = serde_json::from_str(&text).expect("read");
        assert_eq!(again.units, ready().units);
        assert_eq!(again.nats, ready().nats);
    }
}

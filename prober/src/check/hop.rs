//! What is known of one way to a target, filled while it is travelled.

use std::net::SocketAddr;

use contract::probe;

use super::certificate::Session;
use super::clock::Phases;

#[derive(Debug)]
pub(super) struct Hop {
    target: String,
    pub(super) address: Option<SocketAddr>,
    pub(super) status: Option<u16>,
    pub(super) protocol: Option<String>,
    pub(super) phases: Phases,
    pub(super) session: Option<Session>,
}

impl Hop {
    pub(super) fn to(target: impl Into<String>) -> Self {
        Self {
            target: target.into(),
            address: None,
            status: None,
            protocol: None,
            phases: Phases::default(),
            session: None,
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.address.is_some()
    }

    /// As it is told in a result.
    pub(super) fn told(&self) -> probe::Hop {
        probe::Hop {
            url: self.target.clone(),
            ip: self.address.map(|address| address.ip().to_string()),
            status_code: self.status,
            protocol: self.protocol.clone(),
            timings: self.phases.timings(),
        }
    }
}

//! What pages ask the server: server functions, callable from the server's render and from the browser alike.
//!
//! Each one verifies the session, the membership and the role on the server before it asks the store.

pub mod account;
pub mod agents;
pub mod audit;
pub mod channels;
pub mod faults;
pub mod incidents;
pub mod invitations;
pub mod maintenances;
pub mod members;
pub mod metrics;
pub mod monitors;
pub mod page;
pub mod pages;
pub mod rules;
pub mod tenants;
pub mod tokens;
pub mod traces;

use contract::problem::FieldError;
use contract::rpc;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

pub use account::{
    change_password, own_account, read_entrance, rename_person, session, sign_in, sign_out,
    sign_out_everywhere, sign_up,
};
pub use agents::{agents, invite_agent, remove_agent};
pub use audit::audit;
pub use channels::{
    channel, channels, create_channel, dead_letters, delete_channel, deliveries, mute_channel,
    replay_dead_letter, test_channel, update_channel,
};
pub use faults::{clear_fault, faults, set_fault};
pub use incidents::{create_incident, delete_incident, incident, incidents, update_incident};
pub use invitations::{
    accept_invitation, invitations, invite_member, revoke_invitation, show_invitation,
};
pub use maintenances::{
    create_maintenance, delete_maintenance, maintenance, maintenances, update_maintenance,
};
pub use members::{change_role, leave_tenant, members, remove_member};
pub use metrics::{label_values, metrics, query};
pub use monitors::{
    Board, Detail, create_monitor, delete_monitor, monitor, overview, pause_monitor, regions,
    results, timings, update_monitor,
};
pub use page::{Past, Sight, status_page, status_page_history};
pub use pages::{
    create_page, delete_page, page_desk, pages, remove_page_logo, set_page_collaborators,
    set_page_host, set_page_password, update_page, verify_page_host,
};
pub use rules::{alerts, backtest, create_rule, delete_rule, mute_rule, rule, rules, update_rule};
pub use tenants::{create_tenant, rename_tenant};
pub use tokens::{create_token, revoke_token, tokens};
pub use traces::{service_map, services, streams, trace, traces};

/// Why a server function did not do as asked, in words a person can act on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "failure", content = "cause", rename_all = "snake_case")]
pub enum Error {
    /// The store refused, or was away.
    #[error(transparent)]
    Refused(#[from] rpc::Error),
    /// The browser did not reach the server.
    #[error("the connection was lost; try again in a moment")]
    Offline,
    /// What was sent does not fit this version of the server: the page is older than the server, or was tampered with.
    #[error("the page is out of date; reload it")]
    Mismatch,
}

impl Error {
    /// What to mend, field by field.
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Refused(rpc::Error::Invalid { errors }) => errors,
            _ => &[],
        }
    }

    /// The rule that this field of a form breaks, in words.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields()
            .iter()
            .find(|error| error.field == name)
            .map(|error| error.reason.as_str())
    }

    /// Nobody is signed in, or no longer.
    pub fn is_unauthenticated(&self) -> bool {
        matches!(self, Self::Refused(rpc::Error::Unauthenticated))
    }

    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused(rpc::Error::NotFound { .. }))
    }
}

/// A form that cannot be read.
impl From<Vec<FieldError>> for Error {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Refused(rpc::Error::Invalid { errors })
    }
}

impl FromServerFnError for Error {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Offline,
            _ => Self::Mismatch,
        }
    }
}

/// A name in URLs as typed into this field.
#[cfg(feature = "ssr")]
fn slug(field: &str, text: &str) -> Result<contract::id::Slug, rpc::Error> {
    text.trim()
        .parse()
        .map_err(|error: contract::id::Error| rpc::Error::invalid(field, error.rule()))
}

//! Public status pages, as their visitors read them.

use chrono::{DateTime, Utc};
use contract::id::IncidentId;
use contract::incident::Incident;
#[cfg(feature = "ssr")]
use contract::page::{self, Show, Shown};
use contract::page::{Address, Cover, View, Wanted};
#[cfg(feature = "ssr")]
use contract::rpc::{Error as Refusal, Role};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit::{self, Visit};

/// A page or its door, and where it stands for the visitor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sight {
    pub shown: Option<View>,
    /// What is told of a page that asks for its password.
    pub locked: Option<Cover>,
    /// In front of all paths of the page: empty on its own host.
    pub base: String,
    /// Such as `https://status.example.org`.
    pub origin: String,
}

/// Incidents of a page, and whether there are older ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Past {
    pub incidents: Vec<Incident>,
    pub more: bool,
}

/// Incidents on a page of the history.
#[cfg(feature = "ssr")]
const PAST: u32 = 20;

/// A status page. Drafts only with `preview`, and only to members.
#[server(prefix = "/fn", endpoint = "status-page", input = Json)]
pub async fn status_page(at: Address, wanted: Wanted, preview: bool) -> Result<Sight, Error> {
    visit::serve("status-page", |visit| async move {
        let place = visit.page(at.clone())?;
        let (base, origin) = (place.base, place.origin);
        let key = place.key;
        if preview || key.is_some() {
            visit.keep_private();
        }
        let show = Show { at, key, wanted };
        let shown = look(&visit, show, preview).await?;
        let (shown, locked) = match shown {
            Shown::Open(view) => (Some(*view), None),
            Shown::Locked(cover) => {
                visit.keep_private();
                (None, Some(cover))
            }
        };
        Ok(Sight {
            shown,
            locked,
            base,
            origin,
        })
    })
    .await
}

/// Incidents that began before an instant, or at it and stand behind one, the newest first.
#[server(prefix = "/fn", endpoint = "status-page-history", input = Json)]
pub async fn status_page_history(
    at: Address,
    before: DateTime<Utc>,
    behind: Option<IncidentId>,
) -> Result<Past, Error> {
    visit::serve("status-page-history", |visit| async move {
        let key = visit.page(at.clone())?.key;
        let history = page::History {
            at,
            key,
            before,
            behind,
            limit: PAST + 1,
        };
        let mut incidents = visit.ask(history).await?;
        let more = incidents.len() > PAST as usize;
        incidents.truncate(PAST as usize);
        Ok(Past { incidents, more })
    })
    .await
}

#[cfg(feature = "ssr")]
async fn look(visit: &Visit, show: Show, preview: bool) -> Result<Shown, Refusal> {
    if !preview {
        return visit.ask(show).await;
    }
    let tenant = show.at.tenant.clone();
    visit.member(&tenant, Role::Viewer).await?.ask(show).await
}

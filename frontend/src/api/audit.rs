//! The audit log.

use contract::audit::Page;
use contract::id::Slug;
#[cfg(feature = "ssr")]
use contract::{audit, rpc::Role};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;

#[cfg(feature = "ssr")]
const SHOWN: u32 = 50;

/// Some of the log, newest first, from before an entry on.
#[server(prefix = "/fn", endpoint = "audit", input = Json)]
pub async fn audit(tenant: Slug, before: Option<i64>) -> Result<Page, Error> {
    visit::serve("audit", |visit| async move {
        let member = visit.member(&tenant, Role::Admin).await?;
        let limit = SHOWN;
        member.ask(audit::List { before, limit }).await
    })
    .await
}

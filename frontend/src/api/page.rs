//! Public status pages.

use contract::id::Slug;
use contract::page::View;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use super::Error;
#[cfg(feature = "ssr")]
use crate::server::visit;

/// A tenant's public status page.
#[server(prefix = "/fn", endpoint = "status-page", input = Json)]
pub async fn status_page(tenant: Slug) -> Result<View, Error> {
    visit::serve("status-page", |visit| async move {
        visit.ask(&contract::page::Show { tenant }).await
    })
    .await
}

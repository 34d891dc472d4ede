//! Public status pages.

use contract::id::Slug;
#[cfg(feature = "ssr")]
use contract::page;
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
        visit.ask(page::Show { tenant }).await
    })
    .await
}

//! Listening to live updates.

use contract::id::TenantId;
use contract::live::Update;
use contract::subject::{self, filter};
use futures_util::{Stream, StreamExt};

use crate::Bus;

impl Bus {
    /// Tells whoever looks at the tenant's pages right now.
    pub async fn announce_live(&self, tenant: TenantId, update: &Update) {
        self.announce(&subject::live(tenant, update.topic()), update)
            .await;
    }

    /// The tenant's live updates from now on, at most once each. Ends with the connection.
    pub async fn live(
        &self,
        tenant: TenantId,
    ) -> Result<impl Stream<Item = Update> + Send + use<>, async_nats::SubscribeError> {
        let messages = self.client.subscribe(filter::live(tenant)).await?;
        Ok(messages
            .filter_map(|message| async move { serde_json::from_slice(&message.payload).ok() }))
    }
}

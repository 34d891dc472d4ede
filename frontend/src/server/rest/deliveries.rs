//! `GET /tenants/{tenant}/channels/{id}/deliveries`

use contract::channel::{Deliveries, Delivery};
use contract::id::ChannelId;
use contract::listing::Place;
use service::problem::ProblemResponse;

use super::listing::{Listed, Page, Piece};
use crate::server::extract::Id;
use crate::server::member::Member;

/// Read the delivery log
///
/// Attempts to deliver, newest first.
#[utoipa::path(
    get,
    path = "/channels/{id}/deliveries",
    operation_id = "list_deliveries",
    tag = "channels",
    params(Piece),
    responses((status = 200, description = "Attempts.", body = Vec<Delivery>)),
)]
pub(super) async fn list(
    member: Member,
    Id(id): Id<ChannelId>,
    page: Page<Place>,
) -> Result<Listed<Delivery>, ProblemResponse> {
    let request = Deliveries {
        id,
        limit: page.limit,
        before: page.before,
    };
    let deliveries = member.ask(request).await?;
    Ok(page.of(deliveries, |delivery| Place {
        open: false,
        at: delivery.at,
        id: delivery.notification.0,
    }))
}

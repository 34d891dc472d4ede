//! From judged samples to acknowledged messages.

use axum::http::StatusCode;
use bus::{Bus, Outgoing, PublishError};
use contract::id::TenantId;
use contract::metric::Batch;
use contract::subject;
use service::problem::ProblemResponse;
use uuid::Uuid;

/// About 4 to 16 KiB: small enough to fan out, large enough that the message costs less than its samples.
pub(crate) const SAMPLES_PER_MESSAGE: usize = 256;

/// Publishes all batches of one push and returns after the stream acknowledged every one. `push` names the push: the same
/// push repeated within the deduplication window is taken once.
pub(crate) async fn publish(
    bus: &Bus,
    tenant: TenantId,
    push: Uuid,
    batches: &[Batch],
) -> Result<(), ProblemResponse> {
    let messages: Result<Vec<_>, _> = batches
        .iter()
        .enumerate()
        .map(|(index, batch)| {
            Outgoing::packed(
                subject::metrics_accepted(tenant),
                format!("{push}:{index}"),
                batch,
            )
        })
        .collect();
    let outcome = match messages {
        Ok(messages) => bus.publish_all(messages).await,
        Err(error) => Err(error),
    };
    outcome.map_err(|error| refuse(&error))
}

/// The name of a push: from the client's own key, or new.
pub(crate) fn push_id(tenant: TenantId, idempotency_key: Option<&str>) -> Uuid {
    idempotency_key.map_or_else(Uuid::new_v4, |key| Uuid::new_v5(&tenant.0, key.as_bytes()))
}

fn refuse(error: &PublishError) -> ProblemResponse {
    tracing::warn!(%error, "a push was refused");
    let (kind, title) = match error {
        PublishError::Full => (
            "full",
            "the system is full and takes no more samples for now",
        ),
        PublishError::TooLarge | PublishError::Encode(_) => {
            return ProblemResponse::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "the samples do not fit into a message",
            );
        }
        PublishError::Unavailable(_) => ("unavailable", "the samples could not be stored safely"),
    };
    ProblemResponse::new(StatusCode::SERVICE_UNAVAILABLE, kind, title)
        .detail("nothing is lost: push the same again")
        .retry_after_s(2)
}

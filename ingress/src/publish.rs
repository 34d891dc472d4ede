//! From a judged batch to acknowledged messages.

use axum::http::StatusCode;
use bus::{Bus, Outgoing, PublishError};
use contract::id::TenantId;
use contract::subject;
use service::problem::ProblemResponse;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::batch::{Batch, Message};
use crate::tenants::Tenant;

/// Messages handed over before the first of them has to be acknowledged.
const WINDOW: usize = 64;

/// What the messages of a push are named after, so that a repeated push is taken once.
#[derive(Clone, Copy)]
pub(crate) enum Name {
    /// The client did not name its push.
    New(Uuid),
    /// From the client's own key.
    Given(Uuid),
}

impl Name {
    pub(crate) fn new(tenant: TenantId, idempotency_key: Option<&str>) -> Self {
        idempotency_key.map_or_else(
            || Self::New(Uuid::new_v4()),
            |key| Self::Given(Uuid::new_v5(&tenant.0, key.as_bytes())),
        )
    }

    /// A repeated push may be judged differently, as time has passed. So a message that the client named is also named after
    /// what it holds: what was not taken before is never mistaken for what was.
    fn of(&self, piece: usize, index: usize, message: &Message) -> String {
        match self {
            Self::New(push) => format!("{push}:{piece}:{index}"),
            Self::Given(push) => {
                let content = Sha256::digest(message.content());
                format!(
                    "{push}:{piece}:{index}:{}",
                    contract::token::key_of_hash(&content)
                )
            }
        }
    }
}

/// The messages that carry a batch, the nth piece of its push, ready to go.
pub(crate) fn messages(
    tenant: TenantId,
    name: &Name,
    piece: usize,
    batch: &Batch,
    received_ms: i64,
) -> Result<Vec<Outgoing>, ProblemResponse> {
    let grouped = batch.grouped();
    let subject = subject::metrics_accepted(tenant);
    let messages = batch.messages(&grouped, received_ms).into_iter();
    messages
        .enumerate()
        .map(|(index, message)| {
            let name = name.of(piece, index, &message);
            Outgoing::packed(subject.clone(), name, &message.packed())
        })
        .collect::<Result<_, _>>()
        .map_err(|error| refuse(&error))
}

/// Publishes in order and returns after the stream acknowledged every message.
pub(crate) async fn publish(
    bus: &Bus,
    tenant: &Tenant,
    mut messages: Vec<Outgoing>,
) -> Result<(), ProblemResponse> {
    while !messages.is_empty() {
        let later = messages.split_off(messages.len().min(WINDOW));
        let window = std::mem::replace(&mut messages, later);
        let places = u32::try_from(window.len()).unwrap_or(u32::MAX);
        let _places = tenant.messages.acquire_many(places).await;
        bus.publish_all(window)
            .await
            .map_err(|error| refuse(&error))?;
    }
    Ok(())
}

pub(crate) fn refuse(error: &PublishError) -> ProblemResponse {
    tracing::warn!(%error, "a push was refused");
    let (kind, title) = match error {
        PublishError::Full => ("full", "the system is full and takes no more for now"),
        PublishError::TooLarge | PublishError::Encode(_) => {
            return ProblemResponse::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "what was pushed does not fit into a message",
            );
        }
        PublishError::Unavailable(_) => {
            ("unavailable", "what was pushed could not be stored safely")
        }
    };
    ProblemResponse::new(StatusCode::SERVICE_UNAVAILABLE, kind, title)
        .detail("nothing is lost: push the same again")
        .retry_after_s(2)
}

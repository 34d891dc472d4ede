//! EVENTS into the tables of states, incidents and deliveries. Every effect has a key, so an event that comes twice
//! changes nothing.

use std::sync::Arc;

use bus::{Bus, Failure, Message};
use contract::event::Event;
use contract::id::TenantId;
use contract::stream;
use contract::subject::parse;
use contract::telemetry::TraceId;
use tokio_util::sync::CancellationToken;

use crate::database::{Database, Scope};
use crate::tables::{alert, delivery, incident, state_change};
use crate::writer;

/// Stores events in their order until told to stop.
pub(crate) async fn run(database: Database, bus: Bus, stop: CancellationToken) {
    let handle = move |message: Arc<Message<Event>>| {
        let database = database.clone();
        async move {
            let tenant = parse::event(&message.subject).ok_or_else(|| {
                Failure::reject(&format!("the subject {} names no tenant", message.subject))
            })?;
            let trace = message.header("traceparent");
            let trace = trace.and_then(TraceId::of_traceparent);
            store(&database, tenant, &message.body, trace)
                .await
                .map_err(|error| writer::failure(&error))
        }
    };
    bus::consume(&bus, &stream::store_events(), 1, &stop, handle).await;
}

async fn store(
    database: &Database,
    tenant: TenantId,
    event: &Event,
    trace: Option<TraceId>,
) -> Result<(), sqlx::Error> {
    let mut transaction = database.begin(Scope::Tenant(tenant)).await?;
    match event {
        Event::StateChanged(event) => state_change::insert(&mut transaction, tenant, event).await,
        Event::IncidentOpened(event) => {
            incident::open(&mut transaction, tenant, event, trace).await
        }
        Event::IncidentResolved(event) => incident::resolve(&mut transaction, event, trace).await,
        Event::AlertOpened(event) => alert::open(&mut transaction, tenant, event, trace).await,
        Event::AlertReminded(event) => alert::remind(&mut transaction, event).await,
        Event::AlertResolved(event) => alert::resolve(&mut transaction, event).await,
        Event::DeliveryAttempted(event) => {
            delivery::insert(&mut transaction, tenant, event, trace).await
        }
    }?;
    transaction.commit().await
}

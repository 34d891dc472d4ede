//! The processor against a real nats-server and real HTTP.

mod alerts;
mod crashes;
mod incidents;
mod live;
mod maintenances;
mod outbox;
mod providers;
mod schedules;
mod secrets;
mod silence;
mod stage;
mod store;
mod webhooks;

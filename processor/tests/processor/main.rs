//! The processor against a real nats-server and real HTTP.

mod alerts;
mod incidents;
mod live;
mod maintenances;
mod schedules;
mod silence;
mod stage;
mod store;
mod webhooks;

//! The processor against a real nats-server and real HTTP.

mod incidents;
mod live;
mod schedules;
mod silence;
mod stage;
mod store;
mod webhooks;

//! The store between a real nats-server and a real Postgres.

mod access;
mod accounts;
mod agents;
mod buckets;
mod channels;
mod closing;
mod days;
mod dead_letters;
mod demo;
mod deployment;
mod events;
mod heartbeats;
mod incidents;
mod kill;
mod messages;
mod outage;
mod plans;
mod probes;
mod queries;
mod results;
mod rules;
mod samples;
mod tenancy;
mod tiers;
mod walk;

//! The frontend as people and programs meet it: over HTTP, with a real store, Postgres and nats-server behind it.

mod access;
mod account;
mod agents;
mod document;
mod examples;
mod journey;
mod live;
mod members;
mod pages;
mod rules;
mod tokens;
mod world;

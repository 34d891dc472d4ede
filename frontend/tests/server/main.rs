//! The frontend as people and programs meet it: over HTTP, with a real store, Postgres and nats-server behind it.

mod access;
mod account;
mod agents;
mod dns;
mod document;
mod documents;
mod examples;
mod faults;
mod forms;
mod functions;
mod hosts;
mod journey;
mod lists;
mod live;
mod members;
mod pages;
mod rules;
mod secrecy;
mod tenancy;
mod tokens;
mod world;

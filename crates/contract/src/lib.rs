#![doc = include_str!("../README.md")]

pub mod access;
pub mod account;
pub mod address;
pub mod agent;
pub mod alert;
pub mod audit;
pub mod channel;
pub mod condition;
pub mod dead_letter;
pub mod event;
pub mod fault;
pub mod header;
pub mod id;
pub mod incident;
pub mod invitation;
pub mod listing;
pub mod live;
pub mod maintenance;
pub mod member;
pub mod metric;
pub mod monitor;
pub mod page;
pub mod plan;
pub mod probe;
pub mod problem;
pub mod query;
pub mod region;
pub mod rpc;
pub mod rule;
pub mod stream;
pub mod subject;
pub mod telemetry;
pub mod token;

/// The `service.namespace` of everything this project runs.
pub const NAMESPACE: &str = "overseer";

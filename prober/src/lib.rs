#![doc = include_str!("../README.md")]

mod api;
mod args;
mod blackbox;
pub mod check;
mod command;
mod exposition;
mod heartbeat;
mod job;
mod metrics;
mod serve;
mod standalone;
mod tick;
mod words;

pub use args::{Args, Distance, Measuring};
pub use command::Command;
pub use serve::serve;

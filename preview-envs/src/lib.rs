#![doc = include_str!("../README.md")]

pub mod port;
pub mod progress;
pub mod scratch;
pub mod server;
pub mod workspace;

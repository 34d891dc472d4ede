#![doc = include_str!("../README.md")]

mod api;
pub mod benchmarks;
pub mod build;
pub mod cli;
pub mod client;
pub mod demo;
pub mod environment;
pub mod faults;
mod http;
pub mod load;
pub mod package;
pub mod port;
pub mod progress;
pub mod reaping;
pub mod scenario;
pub mod scratch;
pub mod server;
pub mod suites;
pub mod supervisor;
pub mod toolchain;
pub mod workspace;

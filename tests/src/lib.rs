#![doc = include_str!("../README.md")]

pub mod agent;
pub mod api;
pub mod bench;
pub mod browser;
pub mod drained;
pub mod environment;
pub mod fleet;
pub mod load;
pub mod memory;
pub mod npm;
pub mod process;
pub mod push;
pub mod server;
pub mod stored;
pub mod story;

pub use environment::Environment;
pub use story::Story;

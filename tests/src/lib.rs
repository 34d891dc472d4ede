#![doc = include_str!("../README.md")]

pub mod api;
pub mod bench;
pub mod browser;
pub mod environment;
pub mod load;
pub mod process;
pub mod push;
pub mod story;

pub use environment::Environment;
pub use story::Story;

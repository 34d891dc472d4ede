#![doc = include_str!("../README.md")]

pub mod database;
mod ending;
mod eventually;
mod home;
pub mod http;
pub mod nats;
pub mod otlp;
mod process;
mod refusing;
pub mod smtp;
mod stub;
pub mod target;
pub mod webhook;
pub mod year;

pub use database::{Database, database, database_with};
pub use eventually::{Attempt, eventually};
pub use nats::{Nats, nats};
pub use process::{Process, args};
pub use refusing::refusing;

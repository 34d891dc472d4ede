#![doc = include_str!("../README.md")]

mod access;
mod api;
mod args;
mod checks;
mod closing;
mod database;
mod dead_letters;
mod demo;
mod events;
mod failure;
mod health;
mod housekeeping;
mod leaving;
mod metrics;
pub mod migrations;
mod own;
mod passwords;
mod presenting;
mod reading;
mod relay;
mod retention;
mod rolling_up;
mod rules;
mod run;
mod secrets;
mod tables;
mod timescale;
mod validation;
mod writer;

pub use args::{Args, Command, Timescale};
pub use run::run;

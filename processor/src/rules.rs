//! Rules as pure code: no async, no clock, no I/O. `now` is an argument, so a day of results is judged in a millisecond.
//!
//! The state machine of a monitor, the ticks it is looked at, the pings it awaits. What tenants describe themselves is in
//! `contract::rule`, since the store judges the past by it.

pub mod heartbeat;
pub mod monitor;
pub mod region;
pub mod ticks;
mod words;

#[cfg(test)]
mod model;

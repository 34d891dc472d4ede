//! Rules as pure code: no async, no clock, no I/O. `now` is an argument, so a day of results is judged in a millisecond.
//!
//! A kind of rule is a file of this folder: the state machine of a monitor, the ticks it is looked at, the pings it awaits.

pub mod heartbeat;
pub mod monitor;
pub mod region;
pub mod ticks;
mod words;

#[cfg(test)]
mod model;

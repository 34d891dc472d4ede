//! Rules as pure code: no async, no clock, no I/O. `now` is an argument, so a day of results is judged in a millisecond.
//!
//! A kind of rule is a file of this folder. So far there is one: the state machine of a monitor.

pub mod monitor;
pub mod region;
mod words;

#[cfg(test)]
mod model;

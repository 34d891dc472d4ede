//! What is decided without a clock, a database or a network.

pub(crate) mod copy;
pub(crate) mod range;
pub(crate) mod throttle;
pub(crate) mod uptime;
pub(crate) mod votes;

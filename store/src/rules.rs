//! What is decided without a clock, a database or a network.

pub(crate) mod aggregate;
pub(crate) mod block;
pub(crate) mod bytes;
pub(crate) mod close;
pub(crate) mod copy;
pub(crate) mod range;
pub(crate) mod rollup;
pub(crate) mod sketch;
pub(crate) mod throttle;
pub(crate) mod uptime;
pub(crate) mod votes;

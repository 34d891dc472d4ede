//! What is decided without a clock, a database or a network.

pub(crate) mod aggregate;
pub(crate) mod answer;
pub(crate) mod block;
pub(crate) mod bytes;
pub(crate) mod close;
pub(crate) mod copy;
pub(crate) mod matcher;
pub(crate) mod membership;
pub(crate) mod merge;
pub(crate) mod outward;
pub(crate) mod planned;
pub(crate) mod range;
pub(crate) mod results;
pub(crate) mod rollup;
pub(crate) mod sketch;
pub(crate) mod strip;
pub(crate) mod telemetry;
pub(crate) mod throttle;
pub(crate) mod tier;
pub(crate) mod uptime;
pub(crate) mod votes;

//! All SQL, one table to a file: free functions over the connection of a transaction that knows its scope.

pub(crate) mod agent;
pub(crate) mod block;
pub(crate) mod channel;
pub(crate) mod chunk;
pub(crate) mod delivery;
pub(crate) mod hour;
pub(crate) mod incident;
pub(crate) mod metric;
pub(crate) mod monitor;
pub(crate) mod outbox;
pub(crate) mod overview;
pub(crate) mod person;
pub(crate) mod point;
pub(crate) mod probe_result;
pub(crate) mod result_rollup;
pub(crate) mod rollup;
pub(crate) mod sample;
pub(crate) mod series;
pub(crate) mod session;
pub(crate) mod state_change;
pub(crate) mod tenant;
pub(crate) mod throttle;
pub(crate) mod token;
pub(crate) mod uptime_day;

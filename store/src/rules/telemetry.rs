//! Traces and logs: cutting what comes into pieces of one trace each, keeping some, finding and joining them again.

pub(crate) mod codec;
pub(crate) mod map;
pub(crate) mod piece;
pub(crate) mod sampling;
pub(crate) mod search;
pub(crate) mod terms;

#![doc = include_str!("../README.md")]

mod ask;
mod bucket;
mod connect;
mod consume;
mod dead;
mod drain;
mod faults;
mod inspect;
mod lag;
mod live;
mod message;
mod metrics;
mod provision;
mod publish;
mod schedule;
mod serve;
mod subscription;
mod switches;
mod trace;

pub use bucket::{Bucket, Change, Entry, UpdateError};
pub use connect::{Args, Bus, Error};
pub use consume::{Failure, consume};
pub use drain::{Limits, Rejected, drain};
pub use faults::Faults;
pub use inspect::{InspectError, Position, Scheduled};
pub use message::Message;
pub use provision::{ProvisionError, provision};
pub use publish::{Outgoing, PublishError};
pub use serve::Server;
pub use switches::{SwitchError, Switches};

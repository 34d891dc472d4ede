//! The servers the system stands on, as child processes of whoever needs them: previews and tests start them the same way.

pub mod nats;
pub mod postgres;
mod process;
pub mod secrets;

pub use process::Process;
pub(crate) use process::tail;

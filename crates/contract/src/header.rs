//! Names of message headers. `Nats-Msg-Id` and `traceparent` keep their standard names.

/// How the body is encoded: [`JSON`] or [`MSGPACK`].
pub const CONTENT_TYPE: &str = "Content-Type";
pub const JSON: &str = "application/json";
pub const MSGPACK: &str = "application/vnd.msgpack";
/// Set where a reply is compressed, to [`ZSTD`] (RFC 8878).
pub const CONTENT_ENCODING: &str = "Content-Encoding";
pub const ZSTD: &str = "zstd";

/// The instant (Unix milliseconds) after which the caller of a request no longer waits.
pub const DEADLINE_MS: &str = "Overseer-Deadline-Ms";
/// On whose behalf a request is made: a JSON [`crate::rpc::Caller`], set by the service that verified it.
pub const CALLER: &str = "Overseer-Caller";
/// The trace context of the span that wrote a schedule. Ticks copy a schedule's headers, so it is a link and never a parent.
pub const SCHEDULED_BY: &str = "Overseer-Scheduled-By";
/// Set where a message is telemetry, or comes from it: whoever handles it records nothing of that.
pub const UNOBSERVED: &str = "Overseer-Unobserved";
/// Why a message was dead-lettered, in words.
pub const DEAD_REASON: &str = "Overseer-Dead-Reason";
/// The subject a dead letter had before.
pub const DEAD_SUBJECT: &str = "Overseer-Dead-Subject";
/// The stream sequence a dead letter had before.
pub const DEAD_SEQUENCE: &str = "Overseer-Dead-Sequence";
/// A typed error in a reply: a JSON [`crate::rpc::Error`].
pub const ERROR: &str = "Overseer-Error";
/// In the answer to a push, for an agent of a test-bed: how much memory it shall leak, in KiB.
pub const AGENT_LEAK: &str = "overseer-agent-leak-kib";

//! The fleet of `cargo preview load`, driven as fast as it is taken, or at a fixed rate.

pub mod drive;

pub use preview_envs::load::fleet::{Piece, SERIES_PER_HOST, Shard, shards};

//! Planned work in words.

use chrono::{DateTime, Utc};
use contract::page::Planned;

/// How far planned work has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Planned,
    Going,
    Over,
}

impl Stage {
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "Planned",
            Self::Going => "In progress",
            Self::Over => "Completed",
        }
    }
}

pub fn stage(planned: &Planned, now: DateTime<Utc>) -> Stage {
    if planned.to <= now {
        Stage::Over
    } else if planned.from <= now {
        Stage::Going
    } else {
        Stage::Planned
    }
}

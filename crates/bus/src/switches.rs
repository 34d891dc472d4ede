//! Switching faults on and off, for those who may.

use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use contract::fault::{Fault, Kind, LONGEST, Settings};
use contract::stream;

use crate::{Bucket, Bus, UpdateError};

/// The switches of a test-bed. Cheap to clone.
#[derive(Clone)]
pub struct Switches {
    bucket: Bucket<Fault>,
}

/// Why a fault was not switched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SwitchError {
    #[error("a fault is on for up to {} minutes", LONGEST.num_minutes())]
    Length,
    #[error(transparent)]
    Bucket(#[from] UpdateError),
}

impl Switches {
    /// Waits for as long as their bucket does not exist.
    pub async fn of(bus: &Bus) -> Self {
        Self {
            bucket: bus.bucket(stream::FAULTS).await,
        }
    }

    /// Switches a fault on, or on anew; it ends by itself.
    pub async fn set(
        &self,
        kind: Kind,
        settings: Settings,
        lasts: TimeDelta,
    ) -> Result<Fault, SwitchError> {
        if lasts <= TimeDelta::zero() || lasts > LONGEST {
            return Err(SwitchError::Length);
        }
        let fault = Fault {
            kind,
            settings,
            until: now() + lasts,
        };
        self.bucket.put(kind.as_str(), &fault).await?;
        Ok(fault)
    }

    /// Those that are on.
    pub async fn on(&self) -> Result<Vec<Fault>, UpdateError> {
        let mut on = Vec::new();
        for key in self.bucket.keys().await? {
            let entry = self.bucket.get(&key).await?;
            on.extend(entry.map(|entry| entry.value).filter(|it| it.is_on(now())));
        }
        on.sort_by_key(|fault| fault.kind);
        Ok(on)
    }

    pub async fn clear(&self, kind: Kind) -> Result<(), UpdateError> {
        self.bucket.delete(kind.as_str()).await
    }
}

fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

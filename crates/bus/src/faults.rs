//! The switches of a test-bed, as this process sees them. Where none is on, asking costs one load of an atomic.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use contract::fault::{Fault, Kind, Settings};
use contract::stream;
use futures_util::StreamExt;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Meter;
use tokio_util::sync::CancellationToken;

use crate::{Bus, Change};

/// How often somebody who waits for the end of a fault looks.
const LOOK: Duration = Duration::from_millis(100);

/// What is broken on purpose. Cheap to clone; a default one never has anything on.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Board>);

#[derive(Debug, Default)]
struct Board {
    /// The service's own name: some faults mean one service only.
    service: &'static str,
    /// A bit for each kind that is on, or was until a moment ago.
    marks: AtomicU32,
    on: RwLock<BTreeMap<Kind, Fault>>,
    occasions: AtomicU64,
}

impl Faults {
    /// With a gauge for each fault: what is broken on purpose must not be searched for.
    pub(crate) fn observed(meter: &Meter, service: &'static str) -> Self {
        let faults = Self::new(service);
        let observed = faults.clone();
        meter
            .u64_observable_gauge("overseer.bus.fault.active")
            .with_unit("{fault}")
            .with_description("1 for each fault that is on")
            .with_callback(move |gauge| {
                let on = observed.all();
                for kind in Kind::ALL {
                    let is_on = on.iter().any(|fault| fault.kind == kind);
                    let name = KeyValue::new("overseer.fault", kind.as_str());
                    gauge.observe(is_on.into(), &[name]);
                }
            })
            .build();
        faults
    }

    fn new(service: &'static str) -> Self {
        Self(Arc::new(Board {
            service,
            ..Board::default()
        }))
    }

    /// How a fault is set, if it is on here and now.
    pub fn find(&self, kind: Kind) -> Option<Settings> {
        if self.0.marks.load(Ordering::Relaxed) & mark(kind) == 0 {
            return None;
        }
        let on = self.0.on.read().unwrap_or_else(PoisonError::into_inner);
        let fault = on.get(&kind).filter(|fault| fault.is_on(now()))?;
        let settings = &fault.settings;
        settings
            .means_service(self.0.service)
            .then(|| settings.clone())
    }

    /// Whether a fault is on and strikes this time; its share says how often it does.
    pub fn strikes(&self, kind: Kind) -> bool {
        self.struck(kind).is_some()
    }

    /// Waits for as long as a fault says, if it strikes.
    pub async fn delay(&self, kind: Kind) {
        if let Some(settings) = self.struck(kind) {
            let ms = u64::try_from(settings.ms).unwrap_or_default();
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
    }

    /// Waits while a fault is on that means what `is_meant` says.
    pub async fn outlast(&self, kind: Kind, is_meant: impl Fn(&Settings) -> bool) {
        while self.find(kind).is_some_and(|settings| is_meant(&settings)) {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// All that are on now, whatever service they mean.
    pub fn all(&self) -> Vec<Fault> {
        if self.0.marks.load(Ordering::Relaxed) == 0 {
            return Vec::new();
        }
        let on = self.0.on.read().unwrap_or_else(PoisonError::into_inner);
        on.values()
            .filter(|fault| fault.is_on(now()))
            .cloned()
            .collect()
    }

    fn struck(&self, kind: Kind) -> Option<Settings> {
        let settings = self.find(kind)?;
        let occasion = self.0.occasions.fetch_add(1, Ordering::Relaxed);
        (part(occasion) < settings.share).then_some(settings)
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<Kind, Fault>)) {
        let mut on = self.0.on.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut on);
        let marks = on.keys().fold(0, |marks, kind| marks | mark(*kind));
        self.0.marks.store(marks, Ordering::Relaxed);
    }

    fn apply(&self, change: Change<Fault>) {
        match change {
            Change::Began => self.change(BTreeMap::clear),
            Change::Put { value, .. } => {
                tracing::warn!(
                    fault = %value.kind, settings = value.settings.words(value.kind), until = %value.until,
                    "a fault is on"
                );
                self.change(|on| {
                    on.insert(value.kind, value);
                });
            }
            Change::Deleted { key } => {
                tracing::info!(fault = key, "a fault is off");
                self.change(|on| on.retain(|kind, _| kind.as_str() != key));
            }
            Change::Synced => {}
        }
    }
}

impl Bus {
    /// What is broken on purpose.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Learns of faults that are switched on and off, until told to stop. Does nothing outside a test-bed.
    pub(crate) async fn follow_faults(&self, stop: &CancellationToken) {
        if !self.test_bed {
            return;
        }
        let follow = async {
            let bucket = self.bucket::<Fault>(stream::FAULTS).await;
            let mut changes = std::pin::pin!(bucket.watch());
            while let Some(change) = changes.next().await {
                self.faults.apply(change);
            }
        };
        tokio::select! {
            () = follow => {}
            () = stop.cancelled() => {}
        }
    }
}

fn mark(kind: Kind) -> u32 {
    1 << kind as u32
}

fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

/// At least 0 and below 1, spread evenly over all occasions (the mixer of splitmix64).
fn part(occasion: u64) -> f64 {
    let mut mixed = occasion.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let top = u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or_default();
    f64::from(top) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(kind: Kind, words: &[&str], lasts_s: i64) -> Change<Fault> {
        let settings = Settings::read(kind, words.iter().copied()).expect("valid");
        let until = now() + chrono::TimeDelta::seconds(lasts_s);
        Change::Put {
            key: kind.as_str().to_owned(),
            value: Fault {
                kind,
                settings,
                until,
            },
            revision: 1,
        }
    }

    #[test]
    fn a_fault_strikes_as_often_as_its_share_says() {
        let faults = Faults::new("store");
        let struck = || {
            (0..10_000)
                .filter(|_| faults.strikes(Kind::StoreErrors))
                .count()
        };
        assert_eq!(struck(), 0, "nothing is on");
        faults.apply(put(Kind::StoreErrors, &["share=0.2"], 60));
        assert!((1_800..2_200).contains(&struck()), "{}", struck());
        faults.apply(put(Kind::StoreErrors, &["share=1"], 60));
        assert_eq!(struck(), 10_000);
        faults.apply(put(Kind::StoreErrors, &["share=0"], 60));
        assert_eq!(struck(), 0);
    }

    #[test]
    fn a_fault_is_off_when_it_ended_was_cleared_or_means_somebody_else() {
        let faults = Faults::new("store");
        faults.apply(put(Kind::StoreSlow, &[], -1));
        assert_eq!(faults.find(Kind::StoreSlow), None);
        assert_eq!(faults.all(), []);
        faults.apply(put(Kind::ConsumerSlow, &["service=prober"], 60));
        assert_eq!(faults.find(Kind::ConsumerSlow), None);
        assert_eq!(faults.all().len(), 1, "a page shows it all the same");
        faults.apply(put(Kind::ConsumerSlow, &["service=store"], 60));
        assert!(faults.find(Kind::ConsumerSlow).is_some());
        let key = Kind::ConsumerSlow.as_str().to_owned();
        faults.apply(Change::Deleted { key });
        assert_eq!(faults.find(Kind::ConsumerSlow), None);
    }
}

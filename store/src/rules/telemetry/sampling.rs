//! Which traces are kept where there are too many: whole ones, the same by whichever service a piece comes; and always those
//! in which something failed or was slow.
//!
//! What fails may come last. So what would not be kept is put aside for a while, and taken up again with the rest of its trace.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use contract::id::TenantId;
use contract::telemetry::TraceId;

use super::piece::{ERROR, Piece};

/// How long the rate is counted before it decides.
const WINDOW: TimeDelta = TimeDelta::seconds(10);
/// How long pieces are put aside.
const ASIDE: TimeDelta = TimeDelta::seconds(30);
/// Most records that are put aside, and most traces that are remembered as kept for what failed in them.
const MAX_ASIDE: usize = 50_000;

/// What is slow, and how much is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Spans and log records a second, of each tenant.
    pub(crate) per_s: f64,
    pub(crate) slow_us: u64,
}

/// A piece to be stored, and how many it stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Kept {
    pub(crate) tenant: TenantId,
    pub(crate) piece: Piece,
    pub(crate) weight: f32,
}

#[derive(Debug)]
pub(crate) struct Sampler {
    limits: Limits,
    flows: HashMap<TenantId, Flow>,
    remarkable: HashSet<(TenantId, TraceId)>,
    remembered: VecDeque<(TenantId, TraceId)>,
    aside: VecDeque<(DateTime<Utc>, TenantId, Piece)>,
    aside_records: usize,
}

/// How much of a tenant came in this window, and what share of it is kept, from the window before.
#[derive(Debug)]
struct Flow {
    since: DateTime<Utc>,
    records: usize,
    share: f64,
}

impl Sampler {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            flows: HashMap::new(),
            remarkable: HashSet::new(),
            remembered: VecDeque::new(),
            aside: VecDeque::new(),
            aside_records: 0,
        }
    }

    /// What is to be stored now: of what comes, and of what was put aside.
    pub(crate) fn sift(
        &mut self,
        now: DateTime<Utc>,
        came: impl IntoIterator<Item = (TenantId, Piece)>,
    ) -> Vec<Kept> {
        self.forget(now);
        let mut kept = Vec::new();
        let mut taken_up = HashSet::new();
        for (tenant, piece) in came {
            let share = self.share(now, tenant, piece.records);
            let of = piece.trace.map(|trace| (tenant, trace));
            let remarkable = piece.severest >= ERROR || piece.longest_us >= self.limits.slow_us;
            if remarkable && let Some(of) = of {
                self.remember(of);
                taken_up.insert(of);
            }
            if remarkable || of.is_some_and(|of| self.remarkable.contains(&of)) {
                kept.push(Kept {
                    tenant,
                    piece,
                    weight: 1.0,
                });
            } else if fraction(&piece) < share {
                let weight = 1.0 / share;
                #[expect(clippy::cast_possible_truncation, reason = "an estimate")]
                let weight = weight as f32;
                kept.push(Kept {
                    tenant,
                    piece,
                    weight,
                });
            } else {
                self.put_aside(now, tenant, piece);
            }
        }
        kept.extend(self.take_up(&taken_up));
        kept
    }

    /// Keeps for later what could not be stored: its batch will come again.
    pub(crate) fn put_back(&mut self, now: DateTime<Utc>, kept: Vec<Kept>) {
        for Kept { tenant, piece, .. } in kept {
            self.put_aside(now, tenant, piece);
        }
    }

    fn share(&mut self, now: DateTime<Utc>, tenant: TenantId, records: usize) -> f64 {
        let per_s = self.limits.per_s;
        let flow = self.flows.entry(tenant).or_insert(Flow {
            since: now,
            records: 0,
            share: 1.0,
        });
        let lasted = now - flow.since;
        if lasted >= WINDOW {
            #[expect(clippy::cast_precision_loss, reason = "an estimate")]
            let rate = flow.records as f64 * 1_000.0 / lasted.num_milliseconds().max(1) as f64;
            flow.share = (per_s / rate).min(1.0);
            (flow.since, flow.records) = (now, 0);
        }
        flow.records += records;
        flow.share
    }

    fn remember(&mut self, of: (TenantId, TraceId)) {
        if self.remarkable.insert(of) {
            self.remembered.push_back(of);
        }
        if self.remembered.len() > MAX_ASIDE
            && let Some(oldest) = self.remembered.pop_front()
        {
            self.remarkable.remove(&oldest);
        }
    }

    fn put_aside(&mut self, now: DateTime<Utc>, tenant: TenantId, piece: Piece) {
        self.aside_records += piece.records;
        self.aside.push_back((now, tenant, piece));
        while self.aside_records > MAX_ASIDE {
            self.drop_oldest();
        }
    }

    fn take_up(&mut self, traces: &HashSet<(TenantId, TraceId)>) -> Vec<Kept> {
        if traces.is_empty() || self.aside.is_empty() {
            return Vec::new();
        }
        let mut kept = Vec::new();
        for (at, tenant, piece) in std::mem::take(&mut self.aside) {
            let of = piece.trace.map(|trace| (tenant, trace));
            if of.is_some_and(|of| traces.contains(&of)) {
                self.aside_records -= piece.records;
                kept.push(Kept {
                    tenant,
                    piece,
                    weight: 1.0,
                });
            } else {
                self.aside.push_back((at, tenant, piece));
            }
        }
        kept
    }

    fn forget(&mut self, now: DateTime<Utc>) {
        while self.aside.front().is_some_and(|(at, ..)| *at < now - ASIDE) {
            self.drop_oldest();
        }
        self.flows.retain(|_, flow| now - flow.since < WINDOW * 60);
    }

    fn drop_oldest(&mut self) {
        if let Some((_, _, piece)) = self.aside.pop_front() {
            self.aside_records -= piece.records;
        }
    }
}

/// Where a trace stands between 0 and 1, the same for everybody; a piece of no trace stands where its first instant puts it.
fn fraction(piece: &Piece) -> f64 {
    let place = if let Some(trace) = piece.trace {
        let bytes = trace.as_bytes();
        u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]])
    } else {
        let us = piece.started_at.timestamp_micros().cast_unsigned();
        u32::try_from(us.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32).unwrap_or_default()
    };
    f64::from(place) / f64::from(u32::MAX)
}

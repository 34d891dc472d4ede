//! `prometheus.WriteRequest`.

use contract::metric::MAX_LABELS;

use super::Stop;
use super::series::{self, Head, Layout};
use crate::judge::Judge;
use crate::wire::{Fields, Malformed};

const LAYOUT: Layout = Layout {
    samples: 2,
    histograms: 4,
};

/// Returns how many histograms were taken.
pub(super) fn read(body: &[u8], judge: &mut Judge) -> Result<usize, Stop> {
    let mut histograms = 0;
    for field in Fields::of(body) {
        // What else there is describes metrics, and is repeated by every sender.
        if let (1, value) = field? {
            let series = value.bytes()?;
            histograms += series::read(series, head(series)?, &LAYOUT, judge)?;
        }
    }
    Ok(histograms)
}

fn head(series: &[u8]) -> Result<Head<'_>, Malformed> {
    let mut labels = Vec::with_capacity(8);
    for field in Fields::of(series) {
        if let (1, value) = field?
            // One too many, beside the name, is enough to be refused for it.
            && labels.len() <= MAX_LABELS + 1
        {
            labels.push(label(value.bytes()?)?);
        }
    }
    Ok(Head {
        labels,
        kind: None,
        unit: None,
    })
}

fn label(bytes: &[u8]) -> Result<(&str, &str), Malformed> {
    let mut label = ("", "");
    for field in Fields::of(bytes) {
        match field? {
            (1, text) => label.0 = text.text()?,
            (2, text) => label.1 = text.text()?,
            _ => {}
        }
    }
    Ok(label)
}

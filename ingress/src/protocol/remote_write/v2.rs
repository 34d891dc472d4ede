//! `io.prometheus.write.v2.Request`: all text is in one table, which series refer to.

use axum::http::StatusCode;
use contract::metric::{Kind, MAX_LABELS};
use contract::problem::FieldError;
use service::problem::ProblemResponse;

use super::Stop;
use super::series::{self, Head, Layout};
use crate::judge::Judge;
use crate::wire::{Fields, Malformed, Value, Varints};

const LAYOUT: Layout = Layout {
    samples: 2,
    histograms: 3,
};
/// The most entries of the table: bounded, because an entry may be smaller than what is kept of it.
const MAX_SYMBOLS: usize = 250_000;

/// Returns how many histograms were taken.
pub(super) fn read(body: &[u8], judge: &mut Judge) -> Result<usize, Stop> {
    let symbols = symbols(body)?;
    let mut histograms = 0;
    for field in Fields::of(body) {
        if let (5, value) = field? {
            let series = value.bytes()?;
            histograms += series::read(series, head(series, &symbols)?, &LAYOUT, judge)?;
        }
    }
    Ok(histograms)
}

fn symbols(body: &[u8]) -> Result<Vec<&str>, Stop> {
    let mut symbols = Vec::new();
    for field in Fields::of(body) {
        if let (4, value) = field? {
            symbols.push(value.text()?);
        }
        if symbols.len() > MAX_SYMBOLS {
            return Err(too_many_symbols().into());
        }
    }
    Ok(symbols)
}

fn head<'a>(series: &[u8], symbols: &[&'a str]) -> Result<Head<'a>, Malformed> {
    let mut head = Head {
        labels: Vec::with_capacity(8),
        kind: Some(Kind::Gauge),
        unit: None,
    };
    let mut name = None;
    let mut refer = |reference: u64| {
        let index = usize::try_from(reference).map_err(|_| Malformed)?;
        let symbol = *symbols.get(index).ok_or(Malformed)?;
        match name.take() {
            None => name = Some(symbol),
            Some(name) if head.labels.len() <= MAX_LABELS + 1 => head.labels.push((name, symbol)),
            Some(_) => {}
        }
        Ok(())
    };
    let mut metadata = None;
    for field in Fields::of(series) {
        match field? {
            (1, Value::Bytes(packed)) => Varints(packed).try_for_each(|number| refer(number?))?,
            (1, Value::Varint(number)) => refer(number)?,
            (5, value) => metadata = Some(value.bytes()?),
            _ => {}
        }
    }
    if name.is_some() {
        return Err(Malformed);
    }
    describe(&mut head, metadata.unwrap_or_default(), symbols)?;
    Ok(head)
}

fn describe<'a>(
    head: &mut Head<'a>,
    metadata: &[u8],
    symbols: &[&'a str],
) -> Result<(), Malformed> {
    head.kind = None;
    for field in Fields::of(metadata) {
        match field? {
            (1, kind) => head.kind = kind_of(kind.varint()?),
            (4, unit) => {
                let index = usize::try_from(unit.varint()?).map_err(|_| Malformed)?;
                head.unit = symbols.get(index).copied();
            }
            _ => {}
        }
    }
    Ok(())
}

/// The series of a classic histogram or summary say by their names what they are.
fn kind_of(metric_type: u64) -> Option<Kind> {
    match metric_type {
        1 => Some(Kind::Counter),
        2 | 4 | 6 | 7 => Some(Kind::Gauge),
        _ => None,
    }
}

fn too_many_symbols() -> ProblemResponse {
    ProblemResponse::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        "the push holds too many symbols",
    )
    .errors(vec![FieldError::new(
        "symbols",
        format!("at most {MAX_SYMBOLS} are allowed"),
    )])
}

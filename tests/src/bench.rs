//! What a benchmark found, as the table of figures of `cargo preview bench`.

use std::io::Write as _;
use std::time::Duration;

pub use preview_envs::benchmarks::{Better, Figure, Reference};

/// The figures of a suite, in the order they were found.
#[derive(Debug, Default)]
pub struct Report {
    figures: Vec<Figure>,
}

impl Report {
    /// Adds a figure that stands alone.
    pub fn add(&mut self, name: &str, value: f64, unit: &str, better: Better) {
        self.push(name, value, unit, better, None);
    }

    /// Adds a figure together with what it is compared with.
    pub fn compare(
        &mut self,
        name: &str,
        value: f64,
        unit: &str,
        better: Better,
        (reference, reference_value): (&str, f64),
    ) {
        let reference = Reference {
            name: reference.to_owned(),
            value: reference_value,
        };
        self.push(name, value, unit, better, Some(reference));
    }

    fn push(
        &mut self,
        name: &str,
        value: f64,
        unit: &str,
        better: Better,
        reference: Option<Reference>,
    ) {
        let ratio = reference.as_ref().map(|reference| value / reference.value);
        let figure = Figure {
            name: name.to_owned(),
            value,
            unit: unit.to_owned(),
            better,
            reference,
            ratio,
        };
        crate::story::say(&format!("      {figure}"));
        self.figures.push(figure);
    }

    /// Prints the figures as one JSON array to stdout: the last thing a benchmark does.
    pub fn print(&self) {
        let json = serde_json::to_string(&self.figures).expect("figures are plain data");
        writeln!(std::io::stdout(), "{json}").expect("stdout is open");
    }
}

/// The value that `share` of the measurements do not exceed, in milliseconds: `quantile_ms(&mut times, 0.99)`.
pub fn quantile_ms(times: &mut [Duration], share: f64) -> f64 {
    assert!(!times.is_empty(), "nothing was measured");
    times.sort_unstable();
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a position in a list"
    )]
    let rank = ((times.len() as f64 * share).ceil() as usize).clamp(1, times.len());
    times[rank - 1].as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_a_measured_value() {
        let mut times: Vec<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        let close = |left: f64, right: f64| (left - right).abs() < 1e-9;
        assert!(close(quantile_ms(&mut times, 0.5), 50.0));
        assert!(close(quantile_ms(&mut times, 0.99), 99.0));
        assert!(close(quantile_ms(&mut times, 1.0), 100.0));
    }

    #[test]
    fn a_comparison_tells_its_ratio() {
        let mut report = Report::default();
        report.compare("a.b", 3.0, "s", Better::Lower, ("other", 6.0));
        assert_eq!(report.figures[0].ratio, Some(0.5));
    }
}

//! A check as a waterfall: each phase with its start and its length.

use contract::probe::Timings;

/// One phase, in milliseconds from the start of its request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Phase {
    /// `dns`, `connect`, `tls`, `wait` or `transfer`; also its class.
    pub name: &'static str,
    pub starts_ms: f64,
    pub takes_ms: f64,
}

impl Phase {
    /// The word people read.
    pub fn label(&self) -> &'static str {
        match self.name {
            "dns" => "DNS",
            "connect" => "Connect",
            "tls" => "TLS",
            "wait" => "Wait",
            _ => "Transfer",
        }
    }

    /// Start and length in per cent of the whole.
    pub fn shares(&self, whole_ms: f64) -> (f64, f64) {
        let whole = whole_ms.max(f64::MIN_POSITIVE);
        (
            self.starts_ms / whole * 100.0,
            self.takes_ms / whole * 100.0,
        )
    }
}

/// The phases that were reached, one after the other.
pub fn phases(timings: &Timings) -> Vec<Phase> {
    let mut starts_ms = 0.0;
    [
        ("dns", timings.dns_lookup_ms),
        ("connect", timings.tcp_connect_ms),
        ("tls", timings.tls_handshake_ms),
        ("wait", timings.time_to_first_byte_ms),
        ("transfer", timings.transfer_ms),
    ]
    .into_iter()
    .filter_map(|(name, takes_ms)| {
        let phase = Phase {
            name,
            starts_ms,
            takes_ms: takes_ms?,
        };
        starts_ms += phase.takes_ms;
        Some(phase)
    })
    .collect()
}

/// Where the last phase ends.
pub fn whole_ms(phases: &[Phase]) -> f64 {
    phases
        .last()
        .map_or(0.0, |last| last.starts_ms + last.takes_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_follow_each_other_and_missing_ones_are_left_out() {
        let phases = phases(&Timings {
            dns_lookup_ms: Some(2.0),
            tcp_connect_ms: Some(8.0),
            time_to_first_byte_ms: Some(30.0),
            ..Timings::default()
        });
        let shown: Vec<_> = phases.iter().map(|p| (p.name, p.starts_ms)).collect();
        assert_eq!(shown, [("dns", 0.0), ("connect", 2.0), ("wait", 10.0)]);
        assert!((whole_ms(&phases) - 40.0).abs() < f64::EPSILON);
        assert_eq!(phases[2].shares(40.0), (25.0, 75.0));
    }

    #[test]
    fn a_check_that_reached_nothing_has_no_phases() {
        assert!(phases(&Timings::default()).is_empty());
    }
}

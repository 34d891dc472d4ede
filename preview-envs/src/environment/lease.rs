//! How long an environment is wanted: kept in a file of its own, since its supervisor alone writes the state.

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

/// A time to live, counted from the last use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// `None` is for ever.
    pub ttl: Option<Span>,
    /// Seconds since 1970.
    pub used_at: u64,
}

impl Lease {
    /// From now on.
    pub fn starting_now(ttl: Option<Span>) -> Self {
        Self {
            ttl,
            used_at: seconds_now(),
        }
    }

    /// Seconds since 1970; `None` is never.
    pub fn expires_at(&self) -> Option<u64> {
        Some(self.used_at.saturating_add(self.ttl?.0.as_secs()))
    }

    pub fn is_over(&self, now: u64) -> bool {
        self.expires_at().is_some_and(|end| end <= now)
    }
}

/// This moment, in seconds since 1970.
pub fn seconds_now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_secs()
}

/// What is as young as this may be in the middle of being made.
pub const GRACE: Duration = Duration::from_mins(10);

/// Whether a file or folder was changed within this time.
pub fn is_younger(path: &Path, age: Duration) -> bool {
    let changed = std::fs::metadata(path).and_then(|meta| meta.modified());
    changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|since| since < age))
}

/// A time as people type it: `90s`, `30m`, `4h`, `2d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span(Duration);

impl FromStr for Span {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let number: u64 = digits
            .parse()
            .with_context(|| format!("{text:?} is no time; write it like 90s, 30m, 4h or 2d"))?;
        let unit = match &text[digits.len()..] {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => bail!("{text:?} has no unit; write it like 90s, 30m, 4h or 2d"),
        };
        let seconds = number.checked_mul(unit).context("that is too long")?;
        Ok(Self(Duration::from_secs(seconds)))
    }
}

impl From<Span> for Duration {
    fn from(span: Span) -> Self {
        span.0
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        match seconds {
            0..120 => write!(f, "{seconds} s"),
            120..7_200 => write!(f, "{} min", seconds / 60),
            7_200..172_800 => write!(f, "{} h", seconds / 3_600),
            _ => write!(f, "{} d", seconds / 86_400),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_and_a_unit() {
        for (text, seconds) in [("90s", 90), ("30m", 1_800), ("4h", 14_400), ("2d", 172_800)] {
            let span: Span = text.parse().expect("a time");
            assert_eq!(span.0.as_secs(), seconds);
        }
        for wrong in ["", "4", "h", "4 h", "-4h", "4w", "99999999999999999d"] {
            assert!(wrong.parse::<Span>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_lease_is_over_when_nobody_used_it_for_its_time() {
        let ttl = Some("1h".parse().expect("a time"));
        let lease = Lease {
            ttl,
            used_at: 1_000,
        };
        assert!(!lease.is_over(4_599));
        assert!(lease.is_over(4_600));
        let later = Lease {
            used_at: 2_000,
            ..lease
        };
        assert!(!later.is_over(4_600), "it was used since");
    }

    #[test]
    fn what_has_no_time_to_live_is_never_over() {
        assert!(!Lease::default().is_over(u64::MAX));
    }
}

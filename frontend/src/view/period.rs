//! Spans of time people choose from.

/// A span that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// As it stands in a URL.
    pub name: &'static str,
    pub label: &'static str,
    pub length_ms: i64,
}

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

pub const PERIODS: [Period; 8] = [
    Period {
        name: "15m",
        label: "15 minutes",
        length_ms: 15 * MINUTE_MS,
    },
    Period {
        name: "1h",
        label: "1 hour",
        length_ms: 60 * MINUTE_MS,
    },
    Period {
        name: "6h",
        label: "6 hours",
        length_ms: 6 * 60 * MINUTE_MS,
    },
    Period {
        name: "24h",
        label: "24 hours",
        length_ms: DAY_MS,
    },
    Period {
        name: "7d",
        label: "7 days",
        length_ms: 7 * DAY_MS,
    },
    Period {
        name: "30d",
        label: "30 days",
        length_ms: 30 * DAY_MS,
    },
    Period {
        name: "90d",
        label: "90 days",
        length_ms: 90 * DAY_MS,
    },
    Period {
        name: "365d",
        label: "365 days",
        length_ms: 365 * DAY_MS,
    },
];

/// The period of that name, or an hour.
pub fn named(name: &str) -> Period {
    PERIODS
        .into_iter()
        .find(|period| period.name == name)
        .unwrap_or(PERIODS[1])
}

/// Periods travel by name.
pub mod by_name {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Period;

    pub fn serialize<S: Serializer>(period: &Period, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(period.name)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Period, D::Error> {
        String::deserialize(deserializer).map(|name| super::named(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_period_is_an_hour() {
        assert_eq!(named("24h").length_ms, DAY_MS);
        assert_eq!(named("yesterday").name, "1h");
    }
}

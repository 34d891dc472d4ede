//! Comparing a value with a limit, with a second limit at which it is well again.

use serde::{Deserialize, Serialize};

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operator {
    #[serde(rename = ">")]
    Above,
    #[serde(rename = ">=")]
    AtLeast,
    #[serde(rename = "<")]
    Below,
    #[serde(rename = "<=")]
    AtMost,
}

impl Operator {
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Above => value > limit,
            Self::AtLeast => value >= limit,
            Self::Below => value < limit,
            Self::AtMost => value <= limit,
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::AtLeast => "at least",
            Self::Below => "below",
            Self::AtMost => "at most",
        }
    }

    /// Whether `recovery` lies on the good side of `limit`, or on it.
    pub(super) fn leaves_room(self, limit: f64, recovery: f64) -> bool {
        match self {
            Self::Above | Self::AtLeast => recovery <= limit,
            Self::Below | Self::AtMost => recovery >= limit,
        }
    }

    /// Whether it holds, given that it did (`firing`): then it goes on to hold until the recovery limit is passed.
    pub(super) fn judge(self, value: f64, limit: f64, recovery: Option<f64>, firing: bool) -> bool {
        let limit = recovery.filter(|_| firing).unwrap_or(limit);
        self.holds(value, limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_between_the_limits_keeps_what_was() {
        let judge = |value, firing| Operator::Above.judge(value, 90.0, Some(80.0), firing);
        assert_eq!((judge(91.0, false), judge(85.0, false)), (true, false));
        assert_eq!((judge(85.0, true), judge(80.0, true)), (true, false));
        let judge = |value, firing| Operator::Below.judge(value, 10.0, Some(20.0), firing);
        assert_eq!((judge(15.0, true), judge(15.0, false)), (true, false));
    }

    #[test]
    fn the_recovery_limit_lies_on_the_good_side() {
        assert!(Operator::Above.leaves_room(90.0, 80.0));
        assert!(!Operator::Above.leaves_room(90.0, 95.0));
        assert!(!Operator::AtMost.leaves_room(10.0, 5.0));
    }
}

//! Comparisons that can never mean what was meant are refused when a condition is saved.

use super::parse::PLACEHOLDERS;
use super::value::{number, truth};
use super::{Condition, Operand, Operator, Placeholder};

/// `at` holds the offsets of the condition's three parts; an error carries the offset it belongs to.
pub(super) fn check(
    condition: &Condition,
    [left_at, operator_at, right_at]: [usize; 3],
) -> Result<(), (usize, String)> {
    let Condition {
        left,
        operator,
        right,
    } = condition;
    if left.placeholder().is_none() && right.placeholder().is_none() {
        return Err((
            left_at,
            format!("compare something that was measured: {PLACEHOLDERS}"),
        ));
    }
    let orders = !matches!(operator, Operator::Equal | Operator::NotEqual);
    if orders && matches!(right, Operand::Pattern(_) | Operand::Any(_)) {
        return Err((operator_at, "pat() and any() go with == or !=".to_owned()));
    }
    for (operand, at, other) in [(left, left_at, right), (right, right_at, left)] {
        if orders && operand.is_unordered() {
            return Err((operator_at, format!("{operand} has no order: use == or !=")));
        }
        let (wrong, rule) = if orders || other.is_number() {
            (
                operand.literals().find(|text| number(text).is_none()),
                "a number or a duration such as 300ms or 48h",
            )
        } else if other.is_truth() {
            (
                operand.literals().find(|text| truth(text).is_none()),
                "true or false",
            )
        } else {
            (None, "")
        };
        if let Some(text) = wrong {
            return Err((at, format!("{text:?} should be {rule}")));
        }
    }
    Ok(())
}

impl Operand {
    fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Length(_)
                | Self::Value(
                    Placeholder::Status
                        | Placeholder::ResponseTime
                        | Placeholder::CertificateExpiration
                )
        )
    }

    fn is_truth(&self) -> bool {
        matches!(self, Self::Has(_) | Self::Value(Placeholder::Connected))
    }

    fn is_unordered(&self) -> bool {
        self.is_truth() || matches!(self, Self::Value(Placeholder::Ip | Placeholder::DnsRcode))
    }

    fn literals(&self) -> impl Iterator<Item = &str> {
        let texts = match self {
            Self::Literal(text) => std::slice::from_ref(text),
            Self::Any(choices) => choices.as_slice(),
            _ => &[],
        };
        texts.iter().map(String::as_str)
    }
}

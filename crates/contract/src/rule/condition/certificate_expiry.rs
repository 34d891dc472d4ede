//! A certificate that is about to expire.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::{Finding, Kind, Sight, Source};
use crate::id::MonitorId;
use crate::probe::Finished;
use crate::rule::instant;

/// A certificate that no check has shown for so long is not judged any more.
const REACH: TimeDelta = TimeDelta::days(2);
const DAY_S: f64 = 86_400.0;

/// The certificate a monitor was last shown expires within so many days. Of several regions the earliest counts.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CertificateExpiryRule))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
pub struct CertificateExpiry {
    pub monitor: MonitorId,
    #[serde(default = "default_days")]
    #[validate(range(min = 1, max = 365, message = "between 1 and 365"))]
    pub within_days: u32,
}

impl Kind for CertificateExpiry {
    fn source(&self) -> Source<'_> {
        Source::Monitor(self.monitor)
    }

    fn reach(&self) -> TimeDelta {
        REACH
    }

    /// Points are Unix seconds at which the certificate expires.
    fn judge(&self, sight: Sight<'_>) -> Option<Finding> {
        let expires_s = sight.points.newest_of_each().reduce(f64::min)?;
        #[expect(clippy::cast_precision_loss, reason = "Unix seconds fit")]
        let left = (expires_s - sight.now.timestamp() as f64) / DAY_S;
        Some(Finding::of(left < f64::from(self.within_days), Some(left)))
    }

    fn words(&self, finding: &Finding, sight: Sight<'_>) -> String {
        let left = finding.value.unwrap_or_default();
        let on = sight.points.newest_of_each().reduce(f64::min);
        #[expect(clippy::cast_possible_truncation, reason = "Unix seconds fit")]
        let on = instant(on.unwrap_or_default() as i64 * 1_000).format("%-d %b %Y");
        if left < 0.0 {
            format!("the certificate expired on {on}")
        } else {
            format!("the certificate expires in {} days, on {on}", left.floor())
        }
    }

    fn extract(&self, result: &Finished) -> Option<f64> {
        let expires_at = result.certificate.as_ref()?.expires_at;
        #[expect(clippy::cast_precision_loss, reason = "Unix seconds fit")]
        let seconds = expires_at.timestamp() as f64;
        Some(seconds)
    }
}

fn default_days() -> u32 {
    14
}

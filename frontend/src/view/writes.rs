//! From a point of a chart to the pushes that brought it. Samples carry no trace, so these are looked for: the tenant's pushes
//! of around that time.

use contract::id::TenantId;
use contract::subject;
use contract::telemetry::ABOUT;

use crate::view::address::escape;

/// A sender's clock may be ahead.
const EARLY_MS: i64 = 2_000;
/// Senders gather what they measured before they push it.
const LATE_MS: i64 = 15_000;
/// A point of long steps comes from more pushes than anybody looks at.
const LONGEST_STEP_MS: i64 = 5 * 60_000;

/// The query of the page of traces that shows what was pushed for a tenant around the step that begins at an instant.
pub fn query(tenant: TenantId, at_ms: i64, step_ms: i64) -> String {
    let published = format!("publish {}", subject::metrics_accepted(tenant).template());
    format!(
        "?operation={}&attribute={}&from={}&to={}",
        escape(&published),
        escape(&format!("{ABOUT}={tenant}")),
        at_ms - EARLY_MS,
        at_ms + step_ms.min(LONGEST_STEP_MS) + LATE_MS
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn pushes_are_looked_for_around_the_whole_step() {
        let tenant = TenantId(Uuid::from_u128(1));
        assert_eq!(
            query(tenant, 100_000, 60_000),
            "?operation=publish%20overseer.v1.metrics.accepted.%7Bpartition%7D.%7Btenant%7D\
            &attribute=overseer.tenant.id%3D00000000-0000-0000-0000-000000000001&from=98000&to=175000"
        );
    }
}

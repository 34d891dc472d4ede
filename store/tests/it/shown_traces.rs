//! "Show the trace" leads somewhere, or is not offered.

use contract::access;
use contract::id::MonitorId;
use contract::monitor::Results;
use contract::telemetry::{self, TraceId};

use crate::deployment::{Deployment, Owner};
use crate::messages::{report, result};
use crate::telemetry::{push_story, trace};

/// The ages of the results that are reported, in seconds.
const FRESH: i64 = 5;
const OLD: i64 = 600;

async fn shown(deployment: &Deployment, owner: &Owner, id: MonitorId) -> Vec<Option<TraceId>> {
    let read = Results {
        id,
        region: None,
        before: None,
        limit: 10,
    };
    let results = deployment.ask(&owner.caller, read).await.expect("results");
    results.iter().map(|result| result.trace).collect()
}

#[tokio::test]
async fn a_trace_is_told_while_it_can_be_read_or_is_on_its_way() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let monitor = deployment.create_monitor(&owner, "Front door").await;
    let prober = deployment.bus(access::PROBER).await;
    for (region, age_s) in [
        ("eu-central", FRESH),
        ("us-east", OLD),
        ("eu-central", OLD + 1),
    ] {
        let found = result(owner.tenant, monitor.id, region, age_s, true);
        report(&prober, &found).await;
    }
    deployment
        .eventually_count(owner.tenant, "probe_result", 3)
        .await;
    assert_eq!(shown(&deployment, &owner, monitor.id).await, [None; 3]);

    let of = [
        ("where started_at > now() - interval '1 minute'", 8),
        (
            "where started_at < now() - interval '1 minute' and region = 'us-east'",
            9,
        ),
        (
            "where started_at < now() - interval '1 minute' and region = 'eu-central'",
            1,
        ),
    ];
    for (which, n) in of {
        let statement = format!("update probe_result set trace_id = $1::uuid {which}");
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(trace(n).to_string())
            .execute(&deployment.pool)
            .await
            .expect("executed");
    }
    // Nothing is exported here: not even what is fresh will come.
    assert_eq!(shown(&deployment, &owner, monitor.id).await, [None; 3]);

    push_story(&deployment, telemetry::TENANT, owner.tenant).await;
    deployment
        .eventually_count(telemetry::TENANT, "telemetry", 3)
        .await;
    let expected = [Some(trace(8)), None, Some(trace(1))];
    assert_eq!(shown(&deployment, &owner, monitor.id).await, expected);
    deployment.stop().await;
}

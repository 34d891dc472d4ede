//! What a test has to say, in one line each.

use bus::Bus;
use chrono::{DateTime, TimeDelta, Utc};
use contract::account::{SignUp, SignUpForm};
use contract::id::{MonitorId, TenantId};
use contract::metric::{Batch, Kind, Labels, Series};
use contract::monitor::Spec;
use contract::probe::{Finished, Outcome, Reason, Timings};
use contract::{alert, subject};

pub(crate) fn sign_up(name: &str) -> SignUp {
    SignUp {
        form: SignUpForm {
            email: format!("{name}@Example.com"),
            password: "correct horse".to_owned(),
            name: name.to_owned(),
            tenant: Some(name.parse().expect("a slug")),
            invitation: None,
        },
    }
}

pub(crate) fn spec(name: &str) -> Spec {
    serde_json::from_value(serde_json::json!({
        "name": name, "group": "Shop", "target": "http://127.0.0.1:1/", "interval_s": 10,
        "regions": ["eu-central", "us-east"], "public": true,
    }))
    .expect("a spec")
}

/// CPU of any host above a half.
pub(crate) fn rule_spec(name: &str) -> contract::rule::Spec {
    serde_json::from_value(serde_json::json!({
        "name": name, "kind": "threshold", "metric": "cpu", "aggregate": "max", "window_s": 60,
        "operator": ">", "value": 0.5, "group_by": ["host"],
    }))
    .expect("a rule")
}

/// The first alert of a rule.
pub(crate) fn alert_opened(rule: &contract::rule::Rule, at: DateTime<Utc>) -> alert::Opened {
    let labels = Labels::from([("host".to_owned(), "a".to_owned())]);
    alert::Opened {
        subject: alert::Subject {
            alert: alert::Opened::alert_id(rule.id, &labels, at),
            rule: rule.id,
            rule_name: rule.spec.name.clone(),
            severity: rule.spec.severity,
            labels,
            monitor: rule.monitor(),
            started_at: at,
        },
        at,
        value: Some(0.75),
        reason: "max of cpu over 1 min is 0.75, above 0.5".to_owned(),
    }
}

pub(crate) fn incident_spec() -> contract::incident::Spec {
    serde_json::from_value(serde_json::json!({
        "title": "Payments are slow", "body": "We are looking into it.",
    }))
    .expect("an incident")
}

/// An update that ends an incident.
pub(crate) fn note() -> contract::incident::Note {
    contract::incident::Note {
        status: contract::incident::Status::Resolved,
        body: "All is well.".to_owned(),
    }
}

/// Every Sunday night in Berlin.
pub(crate) fn maintenance_spec() -> contract::maintenance::Spec {
    serde_json::from_value(serde_json::json!({
        "name": "Upgrades", "repeat": "weekly", "days": ["Sun"], "at": "02:00:00", "duration_min": 60,
        "time_zone": "Europe/Berlin",
    }))
    .expect("a window")
}

pub(crate) fn page_spec(slug: &str) -> contract::page::Spec {
    serde_json::from_value(serde_json::json!({
        "slug": slug, "title": "Status", "visibility": "published", "time_zone": "Europe/Berlin",
    }))
    .expect("a page")
}

pub(crate) fn now() -> DateTime<Utc> {
    // Wire and database keep what is finer only in part.
    let now = service::now();
    DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
}

/// Points a second apart, the last one at `newest`.
pub(crate) fn batch(
    metric: &str,
    labels: &[(&str, &str)],
    newest: DateTime<Utc>,
    values: &[f64],
) -> Batch {
    let count = i64::try_from(values.len()).expect("few");
    let points = (1..=count)
        .zip(values)
        .map(|(position, value)| {
            (
                newest.timestamp_millis() - (count - position) * 1_000,
                *value,
            )
        })
        .collect();
    let labels: Labels = labels
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Batch {
        received_ms: newest.timestamp_millis(),
        series: vec![Series {
            name: metric.to_owned(),
            labels,
            kind: Kind::Gauge,
            unit: None,
            points,
        }],
    }
}

pub(crate) async fn push(ingress: &Bus, tenant: TenantId, id: &str, batch: &Batch) {
    let subject = subject::metrics_accepted(tenant);
    ingress
        .publish_packed(&subject, id, batch)
        .await
        .expect("acknowledged");
}

pub(crate) fn result(
    tenant: TenantId,
    monitor: MonitorId,
    region: &str,
    age_s: i64,
    ok: bool,
) -> Finished {
    let tick_at = now() - TimeDelta::seconds(age_s);
    Finished {
        monitor,
        tenant,
        region: region.parse().expect("a region"),
        tick_at,
        started_at: tick_at,
        prober: "prober-1".to_owned(),
        outcome: if ok {
            Outcome::Success
        } else {
            Outcome::Failure
        },
        reason: (!ok).then_some(Reason::ConnectionError),
        message: (!ok).then(|| "connection refused".to_owned()),
        status_code: ok.then_some(200),
        timings: Timings {
            tcp_connect_ms: Some(1.25),
            total_time_ms: Some(12.5),
            ..Timings::default()
        },
        hops: Vec::new(),
        certificate: None,
        simulated: false,
        trace: None,
    }
}

pub(crate) async fn report(prober: &Bus, result: &Finished) {
    let subject = subject::probe_finished(result.tenant, &result.region, result.monitor);
    let id = format!(
        "{}:{}:{}",
        result.monitor,
        result.region,
        result.tick_at.timestamp_millis()
    );
    prober
        .publish(&subject, &id, result)
        .await
        .expect("acknowledged");
}

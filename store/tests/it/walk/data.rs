//! What was measured, and what is made of it: samples, rules, traces.

use contract::rpc::{Caller, Error};
use contract::telemetry as wire;
use contract::{alert, maintenance, query, rule};

use crate::access::{backtest, read_past};
use crate::deployment::Owner;
use crate::messages::{maintenance_spec, now, rule_spec};
use crate::telemetry;

use super::Walk;

impl Walk<'_> {
    /// Asks what there is to read of samples, as who has some and as who has none.
    pub(super) async fn read_samples(&self, mine: &Caller, theirs: &Caller) {
        let now_ms = now().timestamp_millis();
        let range: query::Range = serde_json::from_value(serde_json::json!({
            "metric": "cpu", "aggregate": "none", "from_ms": now_ms - 3_600_000, "to_ms": now_ms + 1_000,
        }))
        .expect("a range");
        let query = query::Query { range };
        let found = async |caller| {
            self.ask(caller, query.clone())
                .await
                .map(|answer| answer.series.len())
        };
        assert_eq!((found(mine).await, found(theirs).await), (Ok(1), Ok(0)));
        let latest = query::Latest {
            metric: "cpu".to_owned(),
            matchers: Vec::new(),
            at_ms: None,
        };
        let found = async |caller| {
            self.ask(caller, latest.clone())
                .await
                .map(|series| series.len())
        };
        assert_eq!((found(mine).await, found(theirs).await), (Ok(1), Ok(0)));
        let values: query::LabelValues =
            serde_json::from_value(serde_json::json!({"metric": "cpu", "label": "host"}))
                .expect("a request");
        let found = async |caller| {
            self.ask(caller, values.clone())
                .await
                .map(|values| values.len())
        };
        assert_eq!((found(mine).await, found(theirs).await), (Ok(1), Ok(0)));
        let list = query::List::default();
        let found = async |caller| {
            self.ask(caller, list.clone())
                .await
                .map(|metrics| metrics.len())
        };
        assert_eq!((found(mine).await, found(theirs).await), (Ok(1), Ok(0)));
    }

    /// Tries rules and reads what they look at, as who has samples and as who has none.
    pub(super) async fn read_rules(&self, mine: &Owner, theirs: &Owner) {
        let series = async |owner: &Owner| {
            let tried = self.ask(&owner.caller, backtest()).await;
            let read = self.ask(&owner.service(), read_past()).await;
            (
                tried.map(|it| it.series.len()),
                read.map(|it| it.past.len()),
            )
        };
        assert_eq!(series(mine).await, (Ok(1), Ok(1)));
        assert_eq!(series(theirs).await, (Ok(0), Ok(0)));
        let alerts = alert::List {
            rule: None,
            open_only: false,
            limit: 9,
            before: None,
        };
        let count = async |owner: &Owner| {
            let rules = self.ask(&owner.caller, rule::List::ALL).await;
            let alerts = self.ask(&owner.caller, alerts.clone()).await;
            let windows = self.ask(&owner.caller, maintenance::List::ALL).await;
            let rules = rules.expect("an answer").len();
            let alerts = alerts.expect("an answer").len();
            [rules, alerts, windows.expect("an answer").len()]
        };
        assert_eq!(count(mine).await, [1, 1, 1]);
        assert_eq!(count(theirs).await, [0, 0, 0]);
        let id = self
            .ask(&mine.caller, rule::List::ALL)
            .await
            .expect("rules")[0]
            .id;
        let window = self.ask(&mine.caller, maintenance::List::ALL).await;
        let window = window.expect("windows")[0].maintenance.id;
        let spec = || rule_spec("Mine now");
        let caller = &theirs.caller;
        let refused = [
            self.ask(caller, rule::Read { id }).await.err(),
            self.ask(
                caller,
                rule::Update {
                    id,
                    spec: spec(),
                    revision: None,
                },
            )
            .await
            .err(),
            self.ask(caller, rule::Delete { id }).await.err(),
            self.ask(caller, maintenance::Read { id: window })
                .await
                .err(),
            self.ask(
                caller,
                maintenance::Update {
                    id: window,
                    spec: maintenance_spec(),
                },
            )
            .await
            .err(),
            self.ask(caller, maintenance::Delete { id: window })
                .await
                .err(),
        ];
        for error in refused {
            assert!(matches!(error, Some(Error::NotFound { .. })), "{error:?}");
        }
    }

    /// Looks for traces and logs, as who has some and as who has none.
    pub(super) async fn read_telemetry(&self, mine: &Owner, theirs: &Owner) {
        telemetry::push_story(self.deployment, mine.tenant, theirs.tenant).await;
        self.deployment
            .eventually_count(mine.tenant, "telemetry", 3)
            .await;
        let to_ms = now().timestamp_millis() + 1_000;
        let map = wire::ReadMap {
            from_ms: to_ms - 60_000,
            to_ms,
        };
        let logs = |trace| wire::ReadLogs {
            trace,
            service: None,
            min_severity: 0,
            before: None,
            limit: 9,
        };
        let counts = async |caller: &Caller| {
            let found = self.ask(caller, telemetry::find(wire::Search::default()));
            let read = wire::Read {
                id: telemetry::trace(1),
            };
            let of_trace = self.ask(caller, logs(Some(telemetry::trace(2)))).await;
            [
                found.await.map_or(0, |found| found.traces.len()),
                self.ask(caller, read)
                    .await
                    .map_or(0, |joined| joined.spans.len()),
                of_trace.map_or(0, |logs| logs.len()),
                self.ask(caller, logs(None))
                    .await
                    .map_or(0, |logs| logs.len()),
                self.ask(caller, wire::ListServices {})
                    .await
                    .map_or(0, |services| services.len()),
                self.ask(caller, map.clone())
                    .await
                    .map_or(0, |map| map.nodes.len()),
            ]
        };
        assert_eq!(counts(&mine.caller).await, [2, 3, 1, 1, 2, 2]);
        assert_eq!(counts(&theirs.caller).await, [0; 6]);
        let streams = self.ask(&theirs.caller, wire::ListStreams {}).await;
        assert!(
            matches!(streams, Err(Error::NotFound { .. })),
            "they hold what is of all: {streams:?}"
        );
    }
}

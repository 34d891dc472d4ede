//! Every request the store answers, asked on behalf of the wrong tenant.

use std::cell::RefCell;
use std::collections::BTreeSet;

use contract::rpc::{Caller, Error, Request, Role};
use contract::telemetry as wire;
use contract::{
    account, agent, alert, audit, channel, dead_letter, incident, invitation, maintenance, member,
    monitor, page, query, rule, token,
};

use crate::access::{backtest, name, read_past};
use crate::dead_letters::dead_letter_of;
use crate::deployment::{Deployment, Owner};
use crate::members::invite;
use crate::messages::{incident_spec, maintenance_spec, note, now, page_spec, rule_spec, spec};
use crate::telemetry;
use crate::tenancy::fill;

/// Asks, and remembers what was asked.
struct Walk<'a> {
    deployment: &'a Deployment,
    asked: RefCell<BTreeSet<String>>,
}

impl Walk<'_> {
    async fn ask<R: Request>(&self, caller: &Caller, request: R) -> Result<R::Reply, Error> {
        self.asked.borrow_mut().insert(R::subject().to_string());
        self.deployment.ask(caller, request).await
    }

    /// Asks what there is to read of samples, as who has some and as who has none.
    async fn read_samples(&self, mine: &Caller, theirs: &Caller) {
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
    async fn read_rules(&self, mine: &Owner, theirs: &Owner) {
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
            let rules = self.ask(&owner.caller, rule::List {}).await;
            let alerts = self.ask(&owner.caller, alerts.clone()).await;
            let windows = self.ask(&owner.caller, maintenance::List {}).await;
            let rules = rules.expect("an answer").len();
            let alerts = alerts.expect("an answer").len();
            [rules, alerts, windows.expect("an answer").len()]
        };
        assert_eq!(count(mine).await, [1, 1, 1]);
        assert_eq!(count(theirs).await, [0, 0, 0]);
        let id = self.ask(&mine.caller, rule::List {}).await.expect("rules")[0].id;
        let window = self.ask(&mine.caller, maintenance::List {}).await;
        let window = window.expect("windows")[0].maintenance.id;
        let spec = || rule_spec("Mine now");
        let caller = &theirs.caller;
        let refused = [
            self.ask(caller, rule::Read { id }).await.err(),
            self.ask(caller, rule::Update { id, spec: spec() })
                .await
                .err(),
            self.ask(caller, rule::Delete { id }).await.err(),
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

    /// Visits the page of one who has nothing to show, and meddles with another's.
    async fn visit_pages(&self, mine: &Owner, theirs: &Owner) {
        let at = || page::Address::first("umbrella".parse().expect("a slug"));
        let show = self.ask(&theirs.caller, page::Show::of(at())).await;
        let view = show.expect("a page").open().expect("no password");
        assert_eq!((view.groups, view.incidents), (Vec::new(), Vec::new()));
        let key = None;
        let history = page::History {
            at: at(),
            key: None,
            before: now(),
            limit: 9,
        };
        assert_eq!(self.ask(&Caller::Visitor, history).await, Ok(Vec::new()));
        let entered = self
            .ask(&Caller::Visitor, page::Enter { at: at(), key })
            .await;
        assert_eq!(entered.expect("open").monitors, Vec::new());
        let pages = self.ask(&mine.caller, page::List {}).await.expect("pages");
        let (id, caller) = (pages[0].id, &theirs.caller);
        let host = || "status.example.org".to_owned();
        let spec = page_spec("mine-now");
        let users = Vec::new();
        let refused = [
            self.ask(caller, page::Read { id }).await.err(),
            self.ask(
                caller,
                page::Update {
                    id,
                    spec,
                    revision: None,
                },
            )
            .await
            .err(),
            self.ask(caller, page::Delete { id }).await.err(),
            self.ask(caller, page::SetPassword { id, password: None })
                .await
                .err(),
            self.ask(caller, page::SetLogo { id, logo: None })
                .await
                .err(),
            self.ask(
                caller,
                page::SetHost {
                    id,
                    host: Some(host()),
                },
            )
            .await
            .err(),
            self.ask(caller, page::ConfirmHost { id, host: host() })
                .await
                .err(),
            self.ask(caller, page::SetCollaborators { id, users })
                .await
                .err(),
            self.ask(caller, page::Find { host: host() }).await.err(),
            self.ask(
                caller,
                page::ReadLogo {
                    at: at(),
                    key: None,
                },
            )
            .await
            .err(),
            self.ask(
                caller,
                page::Unlock {
                    at: at(),
                    password: host(),
                },
            )
            .await
            .err(),
            self.ask(caller, measure(at())).await.err(),
        ];
        for error in refused {
            assert!(matches!(error, Some(Error::NotFound { .. })), "{error:?}");
        }
        let unchanged = self.ask(&mine.caller, page::List {}).await;
        assert_eq!(unchanged.as_ref(), Ok(&pages));
    }

    /// Looks for traces and logs, as who has some and as who has none.
    async fn read_telemetry(&self, mine: &Owner, theirs: &Owner) {
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
            before_us: None,
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

    /// Reads and changes an incident of another tenant.
    async fn meddle_with_incidents(&self, mine: &Owner, theirs: &Owner) {
        let list = incident::List {
            limit: 9,
            before: None,
        };
        let incidents = self.ask(&mine.caller, list).await.expect("incidents");
        let (id, caller) = (incidents[0].id, &theirs.caller);
        let refused = [
            self.ask(caller, incident::Read { id }).await.err(),
            self.ask(caller, incident::AddUpdate { id, note: note() })
                .await
                .err(),
            self.ask(caller, incident::Delete { id }).await.err(),
        ];
        for error in refused {
            assert!(matches!(error, Some(Error::NotFound { .. })), "{error:?}");
        }
        let unchanged = self.ask(&mine.caller, incident::Read { id }).await;
        assert_eq!(unchanged.as_ref(), Ok(&incidents[0]));
    }

    /// Meddles with members and invitations of another tenant, and reads its audit log.
    async fn meddle_with_members(&self, mine: &Owner, theirs: &Owner) {
        let Caller::Member { user, .. } = mine.caller else {
            panic!("no member")
        };
        let caller = &theirs.caller;
        let open = self.ask(&mine.caller, invitation::List {}).await;
        let id = open.expect("invitations")[0].id;
        let role = Role::Viewer;
        let refused = [
            self.ask(caller, member::ChangeRole { user, role })
                .await
                .err(),
            self.ask(caller, member::Remove { user }).await.err(),
            self.ask(caller, invitation::Revoke { id }).await.err(),
        ];
        for error in refused {
            assert!(matches!(error, Some(Error::NotFound { .. })), "{error:?}");
        }
        let log = || audit::List {
            before: None,
            limit: 99,
        };
        let own = async |owner: &Owner| {
            let members = self.ask(&owner.caller, member::List {}).await;
            let open = self.ask(&owner.caller, invitation::List {}).await;
            let told = self.ask(&owner.caller, log()).await.expect("a log");
            let about = told
                .entries
                .into_iter()
                .filter(|it| it.entity == "invitation");
            (
                members.expect("an answer").len(),
                open.expect("an answer").len(),
                about.count(),
            )
        };
        assert_eq!((own(mine).await, own(theirs).await), ((1, 1, 1), (1, 0, 0)));
        let left = self.ask(caller, member::Leave {}).await.err();
        assert!(matches!(left, Some(Error::Conflict { .. })), "{left:?}");
    }

    /// Makes one of everything that can be made: it belongs to who made it.
    async fn make(&self, caller: &Caller) {
        let channel_spec = channel::Spec::webhook("On call", "https://example.com/");
        let token = token::Create {
            name: "agent".to_owned(),
            scopes: vec![token::Scope::Read],
        };
        let spec = spec("Front door");
        let name = "web-1".to_owned();
        let made = [
            self.ask(
                caller,
                channel::Create {
                    spec: channel_spec,
                    secret: None,
                },
            )
            .await
            .err(),
            self.ask(caller, invite(Role::Viewer)).await.err(),
            self.ask(caller, token).await.err(),
            self.ask(caller, monitor::Create { spec }).await.err(),
            self.ask(caller, agent::Invite { name }).await.err(),
            self.ask(
                caller,
                incident::Create {
                    spec: incident_spec(),
                },
            )
            .await
            .err(),
            self.ask(
                caller,
                rule::Create {
                    spec: rule_spec("Busy"),
                },
            )
            .await
            .err(),
            self.ask(
                caller,
                maintenance::Create {
                    spec: maintenance_spec(),
                },
            )
            .await
            .err(),
            self.ask(
                caller,
                page::Create {
                    spec: page_spec("eu"),
                },
            )
            .await
            .err(),
        ];
        assert_eq!(made, [const { None }; 9]);
    }
}

/// A badge of the monitor that another tenant has on its page.
fn measure(at: page::Address) -> page::Measure {
    page::Measure {
        at,
        component: page::key_of(Some("Shop"), "Front door"),
        span: page::Span::Day,
        times: true,
    }
}

/// Requests of nobody in particular: what they may see is decided by a secret, or by who asks.
const TENANTLESS: [&str; 13] = [
    "overseer.v1.store.account.change-password",
    "overseer.v1.store.account.create-tenant",
    "overseer.v1.store.account.identify",
    "overseer.v1.store.account.list-sessions",
    "overseer.v1.store.account.rename",
    "overseer.v1.store.account.resolve-session",
    "overseer.v1.store.account.sign-in",
    "overseer.v1.store.account.sign-out",
    "overseer.v1.store.account.sign-out-everywhere",
    "overseer.v1.store.account.sign-up",
    "overseer.v1.store.agent.register",
    "overseer.v1.store.invitation.accept",
    "overseer.v1.store.invitation.show",
];

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one walk over all requests")]
async fn no_request_shows_or_changes_anything_of_another_tenant() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let other = deployment.sign_up("umbrella").await;
    let (monitor, channel, token) = fill(&deployment, &owner).await;
    let (id, channel, caller) = (monitor.id, channel.id, &other.caller);
    let walk = Walk {
        deployment: &deployment,
        asked: RefCell::default(),
    };
    macro_rules! ask {
        ($caller:expr, $request:expr) => {
            walk.ask($caller, $request).await
        };
    }
    walk.read_samples(&owner.caller, caller).await;
    walk.read_rules(&owner, &other).await;
    walk.read_telemetry(&owner, &other).await;
    walk.meddle_with_incidents(&owner, &other).await;
    walk.meddle_with_members(&owner, &other).await;
    assert_eq!(ask!(caller, monitor::List {}), Ok(Vec::new()));
    assert_eq!(
        ask!(
            caller,
            incident::List {
                limit: 9,
                before: None
            }
        ),
        Ok(Vec::new())
    );
    assert_eq!(ask!(caller, channel::List {}), Ok(Vec::new()));
    assert_eq!(ask!(caller, token::List {}), Ok(Vec::new()));
    assert_eq!(ask!(caller, agent::List {}), Ok(Vec::new()));
    assert_eq!(
        ask!(
            caller,
            dead_letter::List {
                limit: 9,
                before: None
            }
        ),
        Ok(Vec::new())
    );
    let letter = dead_letter_of(&deployment, &owner, channel).await;
    assert_eq!(
        ask!(
            caller,
            dead_letter::List {
                limit: 9,
                before: None
            }
        ),
        Ok(Vec::new())
    );
    let renamed = channel::Update {
        id: channel,
        spec: channel::Spec::webhook("Mine now", "https://example.com/"),
        secret: None,
    };
    let agent = ask!(&owner.caller, agent::List {}).expect("an answer")[0].id;
    let results: monitor::Results =
        serde_json::from_value(serde_json::json!({"id": id, "limit": 9})).expect("a request");
    let timings: monitor::ReadTimings =
        serde_json::from_value(serde_json::json!({"id": id, "from_ms": 0, "to_ms": 1}))
            .expect("a request");
    let spec = spec("Mine now");
    let log = channel::Deliveries {
        id: channel,
        limit: 9,
        before: None,
    };
    let refused = [
        ask!(caller, monitor::Read { id }).err(),
        ask!(caller, results).err(),
        ask!(caller, monitor::Summarize { id }).err(),
        ask!(caller, timings).err(),
        ask!(caller, monitor::Update { id, spec }).err(),
        ask!(caller, monitor::Delete { id }).err(),
        ask!(caller, log).err(),
        ask!(caller, channel::Read { id: channel }).err(),
        ask!(caller, renamed).err(),
        ask!(caller, channel::Test { id: channel }).err(),
        ask!(caller, channel::Delete { id: channel }).err(),
        ask!(caller, dead_letter::Replay { id: letter }).err(),
        ask!(caller, token::Revoke { id: token.id }).err(),
        ask!(caller, agent::Remove { id: agent }).err(),
        ask!(&other.service(), channel::ReadTarget { id: channel }).err(),
    ];
    for error in refused {
        assert!(matches!(error, Some(Error::NotFound { .. })), "{error:?}");
    }
    let recipients = ask!(&other.service(), channel::Recipients {});
    assert_eq!(recipients, Ok(Vec::new()));
    let told = ask!(caller, account::ReadTenant {}).expect("a tenant");
    assert_eq!(told.id, other.tenant);
    let form = name("Mine now");
    let told = ask!(caller, account::RenameTenant { form }).expect("a tenant");
    assert_eq!(told.id, other.tenant);
    let told = ask!(&owner.caller, account::ReadTenant {}).expect("a tenant");
    assert_eq!(told.name, "acme");
    walk.visit_pages(&owner, &other).await;
    walk.make(caller).await;
    let monitors = ask!(&owner.caller, monitor::List {}).map(|list| list.len());
    let channels = ask!(&owner.caller, channel::List {}).map(|list| list.len());
    let tokens = ask!(&owner.caller, token::List {}).map(|list| list.len());
    assert_eq!((monitors, channels, tokens), (Ok(1), Ok(1), Ok(1)));
    let asked = walk.asked.into_inner();
    let all = deployment.requests().await;
    let forgotten: Vec<_> = all.difference(&asked).collect();
    assert_eq!(
        forgotten, TENANTLESS,
        "nobody asked these as the wrong tenant"
    );
    deployment.stop().await;
}

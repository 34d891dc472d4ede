use std::collections::BTreeSet;

use contract::id::{TenantId, UserId};
use contract::rpc::{Caller, Error, Request, Role};
use contract::{
    account, agent, alert, audit, channel, dead_letter, incident, invitation, maintenance, member,
    monitor, page, query, rule, telemetry, token,
};
use uuid::Uuid;

use crate::deployment::{Deployment, Owner};
use crate::messages::{
    incident_spec, maintenance_spec, note, now, page_spec, rule_spec, sign_up, spec,
};

/// Requests that a secret decides, whoever brings it: anybody may try.
const SECRETS: [&str; 3] = [
    "overseer.v1.store.account.resolve-session",
    "overseer.v1.store.account.sign-in",
    "overseer.v1.store.account.sign-out",
];

/// A request's kind, its subject, and the error it was answered with.
type Told = (&'static str, String, Option<Error>);

async fn tell<R: Request>(
    deployment: &Deployment,
    caller: &Caller,
    kind: &'static str,
    request: R,
) -> Told {
    let answer = deployment.ask(caller, request).await;
    (kind, R::subject().to_string(), answer.err())
}

/// What a caller is told, request by request.
#[expect(clippy::too_many_lines, reason = "one list of all requests")]
async fn answers(deployment: &Deployment, caller: &Caller) -> Vec<Told> {
    let monitor_id = contract::id::MonitorId(Uuid::nil());
    let channel_id = contract::id::ChannelId(Uuid::nil());
    let token_id = contract::id::TokenId(Uuid::nil());
    let agent_id = contract::id::AgentId(Uuid::nil());
    let incident_id = contract::id::IncidentId(Uuid::nil());
    let rule_id = contract::id::RuleId(Uuid::nil());
    let maintenance_id = contract::id::MaintenanceId(Uuid::nil());
    let nobody = UserId(Uuid::nil());
    let page_id = contract::id::PageId(Uuid::nil());
    let channel_spec = channel::Spec::webhook("On call", "https://example.com/");
    let acme = || page::Address::first("acme".parse().expect("a slug"));
    macro_rules! ask {
        ($($name:literal: $request:expr),* $(,)?) => {
            vec![$(tell(deployment, caller, $name, $request).await),*]
        };
    }
    ask![
        "identify": account::Identify {},
        "identify": account::Rename { form: name("acme") },
        "identify": account::ChangePassword { form: passwords("wrong", "correct horse"), secret: None },
        "identify": account::ListSessions { secret: None },
        "identify": account::SignOutEverywhere {},
        "identify": account::DeleteAccount { password: "wrong".to_owned() },
        "identify": account::CreateTenant { form: tenant_form(&format!("t{}", Uuid::now_v7())) },
        "view": account::ReadTenant {},
        "view": monitor::List::ALL,
        "view": monitor::Read { id: monitor_id },
        "view": monitor::Results { id: monitor_id, region: None, before: None, limit: 1 },
        "view": monitor::Summarize { id: monitor_id },
        "view": query::List::default(),
        "view": query::Query { range: range() },
        "view": query::Latest { metric: "cpu".to_owned(), matchers: Vec::new(), at_ms: None },
        "view": label_values(),
        "view": timings(monitor_id),
        "view": incident::List { limit: 1, before: None },
        "view": incident::Read { id: incident_id },
        "edit": incident::Create { spec: incident_spec() },
        "edit": incident::AddUpdate { id: incident_id, note: note() },
        "edit": incident::Delete { id: incident_id },
        "view": rule::List::ALL,
        "view": rule::Read { id: rule_id },
        "view": backtest(),
        "edit": rule::Create { spec: rule_spec(&Uuid::now_v7().to_string()) },
        "edit": rule::Update { id: rule_id, spec: rule_spec("Another"), revision: None },
        "edit": rule::Delete { id: rule_id },
        "serve": read_past(),
        "view": alert::List { rule: None, open_only: false, limit: 1, before: None},
        "view": maintenance::List::ALL,
        "view": maintenance::Read { id: maintenance_id },
        "view": crate::telemetry::find(telemetry::Search::default()),
        "view": telemetry::Read { id: crate::telemetry::trace(1) },
        "view": telemetry::ReadLogs { trace: None, service: None, min_severity: 0, before: None, limit: 1 },
        "view": telemetry::ListServices {},
        "view": telemetry::ListStreams {},
        "view": telemetry::ReadMap { from_ms: 0, to_ms: 1 },
        "edit": maintenance::Create { spec: maintenance_spec() },
        "edit": maintenance::Update { id: maintenance_id, spec: maintenance_spec() },
        "edit": maintenance::Delete { id: maintenance_id },
        "edit": channel::List::ALL,
        "edit": channel::Deliveries { id: channel_id, limit: 1, before: None },
        "manage": token::List::ALL,
        "edit": monitor::Create { spec: spec(&Uuid::now_v7().to_string()) },
        "edit": monitor::Update { id: monitor_id, spec: spec("Another"), revision: None },
        "edit": monitor::Delete { id: monitor_id },
        "edit": channel::Read { id: channel_id },
        "edit": dead_letter::List { limit: 1, before: None },
        "edit": channel::Create { spec: channel_spec.clone(), secret: None },
        "edit": channel::Update { id: channel_id, spec: channel_spec, secret: None, remove_secret: false },
        "edit": channel::Test { id: channel_id },
        "edit": dead_letter::Replay { id: contract::id::NotificationId(Uuid::nil()) },
        "edit": channel::Delete { id: channel_id },
        "manage": token::Create { name: "x".to_owned(), scopes: vec![token::Scope::Read] },
        "manage": token::Revoke { id: token_id },
        "view": agent::List::ALL,
        "manage": agent::Invite { name: Uuid::now_v7().to_string() },
        "manage": agent::Remove { id: agent_id },
        "manage": account::RenameTenant { form: name("Acme") },
        "view": member::List::ALL,
        "manage": member::ChangeRole { user: nobody, role: Role::Viewer },
        "manage": member::Remove { user: nobody },
        "manage": invitation::Create { form: invitation::Form { email: None, role: Role::Viewer } },
        "manage": invitation::List::ALL,
        "manage": invitation::Revoke { id: contract::id::InvitationId(Uuid::nil()) },
        "manage": audit::List { before: None, limit: 1 },
        "identify": invitation::Accept { secret: String::new() },
        "serve": channel::Recipients {},
        "serve": channel::ReadTarget { id: channel_id },
        "view": page::List::ALL,
        "view": page::Read { id: page_id },
        "edit": page::Create { spec: page_spec(&Uuid::now_v7().to_string()) },
        "edit": page::Delete { id: page_id },
        "edit": page::SetCollaborators { id: page_id, users: Vec::new() },
        // Whoever may see a page may be one of its collaborators.
        "view": page::Update { id: page_id, spec: page_spec("another"), revision: None },
        "view": page::SetPassword { id: page_id, password: None },
        "view": page::SetLogo { id: page_id, logo: None },
        "view": page::SetHost { id: page_id, host: None },
        "view": page::ConfirmHost { id: page_id, host: "status.example.org".to_owned() },
        "public": page::Show::of(acme()),
        "public": page::Enter { at: acme(), key: None },
        "public": page::Unlock { at: acme(), password: "a password".to_owned() },
        "public": page::Find { host: "status.example.org".to_owned() },
        "public": page::History { at: acme(), key: None, before: now(), behind: None, limit: 1 },
        "public": page::ReadLogo { at: acme(), key: None },
        "public": page::Measure { at: acme(), component: "_x".to_owned(), span: page::Span::Day, times: true },
        "public": agent::Register { form: crate::agents::form("ovc_nothing") },
        "public": invitation::Show { secret: String::new() },
        "public": account::ReadEntrance {},
        "public": sign_up("acme"),
        "own": account::DeleteTenant { confirm: "another".to_owned() },
        "view": member::Leave {},
    ]
}

pub(crate) fn name(name: &str) -> account::NameForm {
    let name = name.to_owned();
    account::NameForm { name }
}

pub(crate) fn passwords(current: &str, new: &str) -> account::PasswordForm {
    account::PasswordForm {
        current: current.to_owned(),
        new: new.to_owned(),
    }
}

pub(crate) fn tenant_form(slug: &str) -> account::TenantForm {
    account::TenantForm {
        slug: slug.parse().expect("a slug"),
        name: slug.to_owned(),
    }
}

pub(crate) fn backtest() -> rule::Backtest {
    let now_ms = now().timestamp_millis();
    rule::Backtest {
        spec: rule_spec("Tried"),
        from_ms: now_ms - 60_000,
        to_ms: now_ms + 1_000,
    }
}

pub(crate) fn read_past() -> rule::ReadPast {
    let now_ms = now().timestamp_millis();
    rule::ReadPast {
        condition: rule_spec("Read").condition,
        from_ms: now_ms - 60_000,
        to_ms: now_ms + 1_000,
        skip: 0,
    }
}

fn label_values() -> query::LabelValues {
    serde_json::from_value(serde_json::json!({"metric": "cpu", "label": "host"}))
        .expect("a request")
}

fn timings(id: contract::id::MonitorId) -> monitor::ReadTimings {
    serde_json::from_value(serde_json::json!({"id": id, "from_ms": 0, "to_ms": 1}))
        .expect("a request")
}

fn range() -> query::Range {
    serde_json::from_value(serde_json::json!({"metric": "cpu", "from_ms": 0, "to_ms": 1}))
        .expect("a range")
}

/// The kinds of requests a caller may make at all: anything but a refusal for who they are.
fn admitted(answers: &[Told]) -> Vec<&'static str> {
    let mut kinds: Vec<&'static str> = Vec::new();
    for (kind, _, error) in answers {
        let refused = matches!(error, Some(Error::Forbidden | Error::Unauthenticated));
        let all_alike = answers.iter().filter(|(other, ..)| other == kind);
        for (.., other) in all_alike {
            let other_refused = matches!(other, Some(Error::Forbidden | Error::Unauthenticated));
            assert_eq!(refused, other_refused, "{kind}: {answers:?}");
        }
        assert_ne!(error, &Some(Error::Unavailable), "{kind}: {answers:?}");
        if !refused && !kinds.contains(kind) {
            kinds.push(kind);
        }
    }
    kinds
}

#[tokio::test]
async fn every_request_is_for_those_it_is_meant_for() {
    let deployment = Deployment::start().await;
    let Owner { tenant, caller } = deployment.sign_up("acme").await;
    let Caller::Member { user, .. } = caller else {
        panic!("no member")
    };
    let member = |role| Caller::Member { tenant, user, role };
    let cases: [(Caller, &[&str]); 7] = [
        (Caller::Visitor, &["public"]),
        (Caller::User { user }, &["identify", "public"]),
        (member(Role::Viewer), &["identify", "view", "public"]),
        (
            member(Role::Editor),
            &["identify", "view", "edit", "public"],
        ),
        (
            member(Role::Admin),
            &["identify", "view", "edit", "manage", "public"],
        ),
        (
            member(Role::Owner),
            &["identify", "view", "edit", "manage", "public", "own"],
        ),
        (Caller::Service { tenant }, &["serve", "public"]),
    ];
    let all = deployment.requests().await;
    for (caller, expected) in cases {
        let told = answers(&deployment, &caller).await;
        assert_eq!(admitted(&told), expected, "{caller:?}");
        let asked: BTreeSet<_> = told.into_iter().map(|(_, subject, _)| subject).collect();
        let forgotten: Vec<_> = all.difference(&asked).collect();
        assert_eq!(forgotten, SECRETS, "nobody tried these");
    }
    deployment.stop().await;
}

#[tokio::test]
async fn a_tenant_nobody_knows_sees_nothing() {
    let deployment = Deployment::start().await;
    deployment.sign_up("acme").await;
    let stranger = Caller::Member {
        tenant: TenantId(Uuid::from_u128(1)),
        user: UserId(Uuid::from_u128(2)),
        role: Role::Viewer,
    };
    let listed = deployment.ask(&stranger, monitor::List::ALL).await;
    assert_eq!(listed, Ok(Vec::new()));
    deployment.stop().await;
}

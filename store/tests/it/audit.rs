use std::collections::BTreeSet;

use contract::audit::{ActorKind, Entry, List};
use contract::id::{TokenId, UserId};
use contract::rpc::{Caller, Role};
use contract::{agent, channel, incident, maintenance, monitor, rule, token};
use uuid::Uuid;

use crate::agents::form;
use crate::deployment::{Deployment, Owner};
use crate::messages::{incident_spec, maintenance_spec, note, rule_spec, spec};

/// Tables of tenants that people and programs do not change by themselves, or that go with a row of which it is told.
const UNTOLD: [&str; 17] = [
    "alert",
    "audit_entry",
    "delivery",
    "incident_update",
    "metric",
    "monitor_status",
    "page_throttle",
    "result_hour",
    "result_minute",
    "result_open",
    "series",
    "series_label",
    "state_change",
    "telemetry",
    "telemetry_operation",
    "uptime_day",
    "uptime_strip",
];

async fn log(
    deployment: &Deployment,
    owner: &Owner,
    before: Option<i64>,
    limit: u32,
) -> (Vec<Entry>, Option<i64>) {
    let page = deployment.ask(&owner.caller, List { before, limit }).await;
    let page = page.expect("a log");
    (page.entries, page.next)
}

fn words(entry: &Entry) -> String {
    format!("{} {} {}", entry.verb, entry.entity, entry.entity_name)
}

#[tokio::test]
async fn every_table_that_people_change_tells_the_audit_log() {
    let deployment = Deployment::start().await;
    let silent: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class
        where relkind = 'r' and not relispartition and (relname = 'tenant' or exists (
            select from pg_attribute where attrelid = pg_class.oid and attname = 'tenant_id'))
        and not exists (select from pg_trigger join pg_proc on pg_proc.oid = tgfoid
            where tgrelid = pg_class.oid and proname like 'audit_%')",
    )
    .fetch_all(&deployment.pool)
    .await
    .expect("an answer");
    let silent: BTreeSet<_> = silent.iter().map(String::as_str).collect();
    let unexpected: Vec<_> = silent.difference(&UNTOLD.into()).copied().collect();
    assert_eq!(
        unexpected, [""; 0],
        "give it a trigger as in 0040_audit.sql"
    );
    deployment.stop().await;
}

#[tokio::test]
async fn every_change_is_told_with_its_maker_in_its_order() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let other = deployment.sign_up("other").await;
    let caller = &owner.caller;
    macro_rules! ask {
        ($request:expr) => {
            deployment.ask(caller, $request).await.expect("done")
        };
    }
    let id = ask!(monitor::Create { spec: spec("Door") }).id;
    ask!(monitor::Update {
        id,
        spec: spec("Front door"),
        revision: None
    });
    let rule = ask!(rule::Create {
        spec: rule_spec("Busy")
    })
    .id;
    ask!(rule::Delete { id: rule });
    let spec = channel::Spec::webhook("On call", "https://example.com/");
    let channel = ask!(channel::Create { spec, secret: None }).channel.id;
    ask!(channel::Delete { id: channel });
    let told = ask!(incident::Create {
        spec: incident_spec()
    });
    let (note, title) = (note(), told.title);
    ask!(incident::AddUpdate { id: told.id, note });
    ask!(maintenance::Create {
        spec: maintenance_spec()
    });
    let scopes = vec![token::Scope::Read];
    let name = "CI".to_owned();
    let made = ask!(token::Create { name, scopes }).token.id;
    ask!(token::Revoke { id: made });
    let name = "web-1".to_owned();
    let code = ask!(agent::Invite { name }).code;
    let form = form(&code);
    let registered = deployment
        .ask(&Caller::Visitor, agent::Register { form })
        .await;
    registered.expect("registered");
    ask!(monitor::Delete { id });

    let (entries, next) = log(&deployment, &owner, None, 100).await;
    assert_eq!(next, None);
    let all: Vec<_> = entries.iter().rev().map(words).collect();
    let window = maintenance_spec().name;
    let expected = [
        "created tenant acme",
        "joined member acme",
        "created monitor Door",
        "changed monitor Front door",
        "created rule Busy",
        "deleted rule Busy",
        "created channel On call",
        "deleted channel On call",
        &format!("created incident {title}"),
        &format!("changed incident {title}"),
        &format!("created maintenance {window}"),
        "created token CI",
        "deleted token CI",
        "created host web-1",
        "created token agent web-1",
        "registered host web-1",
        "deleted monitor Front door",
    ];
    assert_eq!(all, expected);
    let renamed = entries
        .iter()
        .find(|entry| entry.verb == "changed" && entry.entity == "monitor");
    let detail = renamed.and_then(|entry| entry.detail.as_deref());
    assert_eq!(detail, Some("was called Door"));
    let kinds: BTreeSet<_> = entries.iter().map(|entry| entry.actor.kind as u8).collect();
    assert_eq!(
        kinds,
        [ActorKind::Person as u8, ActorKind::Agent as u8].into()
    );
    let (others, _) = log(&deployment, &other, None, 100).await;
    assert_eq!(others.len(), 2, "nothing of another tenant: {others:?}");
    deployment.stop().await;
}

#[tokio::test]
async fn the_log_is_read_page_by_page_and_forgotten_after_a_year() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    for number in 0..3 {
        deployment
            .create_monitor(&owner, &format!("m{number}"))
            .await;
    }
    let mut pages = Vec::new();
    let mut before = None;
    loop {
        let (entries, next) = log(&deployment, &owner, before, 2).await;
        pages.push(entries.iter().map(words).collect::<Vec<_>>());
        before = next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(
        pages,
        [
            &["created monitor m2", "created monitor m1"][..],
            &["created monitor m0", "joined member acme"],
            &["created tenant acme"],
        ]
    );
    let age = "update audit_entry set at = now() - interval '366 days' where entity <> 'monitor'";
    deployment.execute(owner.tenant, age).await;
    deployment.tidy().await;
    let (kept, _) = log(&deployment, &owner, None, 9).await;
    assert_eq!(kept.len(), 3, "{kept:?}");
    deployment.stop().await;
}

#[tokio::test]
async fn what_is_refused_is_not_told_and_a_program_is_told_by_its_token() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    deployment.create_monitor(&owner, "Door").await;
    let again = monitor::Create { spec: spec("Door") };
    let again = deployment.ask(&owner.caller, again).await;
    assert!(again.is_err(), "{again:?}");
    let (entries, _) = log(&deployment, &owner, None, 9).await;
    assert_eq!(entries.len(), 3, "{entries:?}");

    let create = token::Create {
        name: "CI".to_owned(),
        scopes: vec![token::Scope::Read],
    };
    let TokenId(id) = deployment
        .ask(&owner.caller, create)
        .await
        .expect("a token")
        .token
        .id;
    for (user, name) in [(id, "CI"), (Uuid::now_v7(), "somebody")] {
        let program = Caller::Member {
            tenant: owner.tenant,
            user: UserId(user),
            role: Role::Editor,
        };
        let create = monitor::Create { spec: spec(name) };
        deployment.ask(&program, create).await.expect("created");
        let (entries, _) = log(&deployment, &owner, None, 1).await;
        assert_eq!(entries[0].actor.name, name);
    }
    deployment.stop().await;
}

#[tokio::test]
async fn services_at_their_own_work_are_not_told() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    crate::tenancy::fill(&deployment, &owner).await;
    let (entries, _) = log(&deployment, &owner, None, 100).await;
    assert!(
        entries.iter().all(|entry| entry.entity != "incident"),
        "{entries:?}"
    );
    assert_eq!(deployment.count(owner.tenant, "incident").await, 1);
    deployment.stop().await;
}

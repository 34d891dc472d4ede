use chrono::TimeDelta;
use contract::event::{Event, IncidentOpened, StateChanged};
use contract::id::TenantId;
use contract::monitor::State;
use contract::rpc::Role;
use contract::{access, agent, channel, maintenance, monitor, rule, subject, token};
use sqlx::{Connection, PgConnection};

use crate::deployment::{Deployment, Owner};
use crate::members::invite;
use crate::messages::{
    alert_opened, batch, maintenance_spec, now, push, report, result, rule_spec,
};

/// What regions found, which is for members alone.
pub(crate) const FOUND: &str = "connection refused by 10.0.0.7:5432";

/// One row of everything a tenant can have.
pub(crate) async fn fill(
    deployment: &Deployment,
    owner: &Owner,
) -> (monitor::Monitor, channel::Channel, token::Token) {
    let monitor = deployment.create_monitor(owner, "Front door").await;
    let spec = channel::Spec::webhook("On call", "https://example.com/");
    let channel = deployment
        .ask(&owner.caller, channel::Create { spec, secret: None })
        .await
        .expect("a channel")
        .channel;
    let create = token::Create {
        name: "agent".to_owned(),
        scopes: vec![token::Scope::Read],
    };
    let token = deployment
        .ask(&owner.caller, create)
        .await
        .expect("a token")
        .token;
    let host = agent::Invite {
        name: "web-1".to_owned(),
    };
    let invited = deployment.ask(&owner.caller, host).await;
    invited.expect("an invitation");
    let create = rule::Create {
        spec: rule_spec("Busy"),
    };
    let rule = deployment.ask(&owner.caller, create).await.expect("a rule");
    let plan = maintenance::Create {
        spec: maintenance_spec(),
    };
    deployment.ask(&owner.caller, plan).await.expect("a window");
    let invited = deployment.ask(&owner.caller, invite(Role::Viewer)).await;
    invited.expect("an invitation");
    let ingress = deployment.bus(access::INGRESS).await;
    push(
        &ingress,
        owner.tenant,
        "1",
        &batch("cpu", &[("host", "a")], now(), &[1.0]),
    )
    .await;
    let prober = deployment.bus(access::PROBER).await;
    report(
        &prober,
        &result(owner.tenant, monitor.id, "eu-central", 3, true),
    )
    .await;
    let processor = deployment.bus(access::PROCESSOR).await;
    let at = now() - TimeDelta::days(2);
    let opened = IncidentOpened {
        detail: Some(FOUND.to_owned()),
        incident: IncidentOpened::incident_id(monitor.id, 1),
        monitor: monitor.id,
        monitor_name: "Front door".to_owned(),
        started_at: at,
        at,
        reason: "1 of 1 region failed twice".to_owned(),
    };
    let changed = StateChanged {
        detail: Some(FOUND.to_owned()),
        monitor: monitor.id,
        sequence: 1,
        from: State::Unknown,
        to: State::Down,
        at,
        reason: "1 of 1 region failed twice".to_owned(),
    };
    let alert = Event::AlertOpened(alert_opened(&rule, at));
    for event in [
        Event::StateChanged(changed),
        alert,
        Event::IncidentOpened(opened),
    ] {
        let subject = subject::event(event.kind(), owner.tenant);
        processor
            .publish(&subject, &event.message_id(), &event)
            .await
            .expect("acknowledged");
    }
    deployment.eventually_count(owner.tenant, "sample", 1).await;
    deployment
        .eventually_count(owner.tenant, "probe_result", 1)
        .await;
    deployment
        .eventually_count(owner.tenant, "incident", 1)
        .await;
    (monitor, channel, token)
}

#[tokio::test]
async fn a_forgotten_predicate_returns_nothing() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    fill(&deployment, &owner).await;
    let unprotected: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class join pg_attribute on attrelid = pg_class.oid
        where attname = 'tenant_id' and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)
            and (not relispartition or has_table_privilege('overseer_tenant', pg_class.oid, 'select, insert, update, delete'))",
    )
    .fetch_all(&deployment.pool)
    .await
    .expect("an answer");
    assert_eq!(unprotected, [""; 0]);
    let mut connection = PgConnection::connect(&deployment.database.store_url())
        .await
        .expect("a connection");
    let strangers = [None, Some(TenantId::generate())];
    for table in [
        "monitor",
        "monitor_status",
        "state_change",
        "token",
        "agent",
        "series",
        "metric",
        "series_label",
        "incident",
        "incident_update",
        "channel",
        "rule",
        "alert",
        "maintenance",
        "invitation",
        "tenant_member",
        "tenant_sample",
        "tenant_result",
        "tenant_plan",
    ] {
        assert_eq!(
            seen(
                &mut connection,
                "overseer_tenant",
                Some(owner.tenant),
                table
            )
            .await,
            Some(1),
            "{table}"
        );
        for stranger in strangers {
            assert_eq!(
                seen(&mut connection, "overseer_tenant", stranger, table).await,
                Some(0),
                "{table}"
            );
        }
        for blind in ["overseer_store", "overseer_account"] {
            assert_eq!(
                seen(&mut connection, blind, Some(owner.tenant), table).await,
                None,
                "{blind} sees {table}"
            );
        }
    }
    for table in [
        "sample",
        "sample_block",
        "rollup_minute",
        "rollup_hour",
        "probe_result",
        "result_minute",
        "result_hour",
        "result_open",
        "app_user",
        "session",
        "outbox",
    ] {
        for blind in ["overseer_store", "overseer_tenant", "overseer_writer"] {
            assert_eq!(
                seen(&mut connection, blind, Some(owner.tenant), table).await,
                None,
                "{blind} sees {table}"
            );
        }
    }
    connection.close().await.expect("closed");
    deployment.stop().await;
}

/// Rows that a role acting for a tenant sees, or `None` where it may not look.
async fn seen(
    connection: &mut PgConnection,
    role: &str,
    tenant: Option<TenantId>,
    table: &str,
) -> Option<i64> {
    let mut transaction = connection.begin().await.expect("a transaction");
    let tenant = tenant.map(|tenant| tenant.to_string()).unwrap_or_default();
    sqlx::query("select set_config('overseer.tenant', $1, true), set_config('role', $2, true)")
        .bind(tenant)
        .bind(role)
        .execute(&mut *transaction)
        .await
        .expect("the role may be taken");
    let statement = format!("select count(*) from {table}");
    let outcome = sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
        .fetch_one(&mut *transaction)
        .await;
    match outcome {
        Ok(count) => Some(count),
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42501") => None,
        Err(error) => panic!("{error}"),
    }
}

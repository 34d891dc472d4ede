//! Tenants and people who go.

use bus::Bucket;
use contract::account::{DeleteAccount, DeleteTenant, Identify, ResolveSession, SignIn};
use contract::member::{ChangeRole, Leave};
use contract::monitor::Monitor;
use contract::rpc::{Caller, Error, Role};
use contract::token::Grant;
use contract::{access, audit, stream};
use testkit::eventually;

use crate::deployment::{Deployment, Owner, SOON};
use crate::members::{Person, is_conflict, join};
use crate::messages::{batch, now, push, sign_up};
use crate::tenancy::fill;

/// How many rows of a tenant there are in each table that has any.
async fn rows_of(deployment: &Deployment, owner: &Owner) -> Vec<(String, i64)> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class join pg_attribute on attrelid = pg_class.oid
        where attname = 'tenant_id' and relkind = 'r' and relname not like 'telemetry%' order by relname",
    )
    .fetch_all(&deployment.pool)
    .await
    .expect("an answer");
    let mut rows = Vec::new();
    for table in tables {
        let count = deployment.count(owner.tenant, &table).await;
        if count > 0 {
            rows.push((table, count));
        }
    }
    rows
}

fn confirmed(name: &str) -> DeleteTenant {
    DeleteTenant {
        confirm: name.to_owned(),
    }
}

#[tokio::test]
async fn a_tenant_goes_with_all_it_has_and_its_name_is_free() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let other = deployment.sign_up("umbrella").await;
    let admin = join(&deployment, &owner, "admin", Role::Admin).await;
    fill(&deployment, &owner).await;
    deployment.create_monitor(&other, "Front door").await;
    let others = rows_of(&deployment, &other).await;
    let ingress = deployment.bus(access::INGRESS).await;
    let processor = deployment.bus(access::PROCESSOR).await;
    let tokens: Bucket<Grant> = ingress.bucket(stream::TOKENS).await;
    let monitors: Bucket<Monitor> = processor.bucket(stream::MONITORS).await;

    let refused = deployment.ask(&owner.caller, confirmed("umbrella")).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    let pretending = admin.at(&owner, Role::Owner);
    let refused = deployment.ask(&pretending, confirmed("acme")).await;
    assert_eq!(refused, Err(Error::Forbidden), "what is stored decides");
    assert!(rows_of(&deployment, &owner).await.len() > 10);

    let gone = deployment.ask(&owner.caller, confirmed("acme")).await;
    assert_eq!(gone, Ok(()));
    let told = deployment.ask(&admin.alone(), Identify {}).await;
    let places = told.expect("a person").memberships;
    let slugs: Vec<_> = places.iter().map(|it| it.slug.as_str()).collect();
    assert_eq!(slugs, ["admin"], "of that tenant nobody is a member");
    let again = deployment.ask(&owner.caller, confirmed("acme")).await;
    assert_eq!(again, Err(Error::Forbidden));
    let mut heir = sign_up("acme");
    heir.form.email = "heir@example.com".to_owned();
    let heir = deployment.ask(&Caller::Visitor, heir).await;
    let heir = Owner::of(&heir.expect("the name is free"));
    assert!(deployment.first_page("acme").await.groups.is_empty());

    deployment.tidy().await;
    assert_eq!(rows_of(&deployment, &owner).await, []);
    assert_eq!(deployment.count(owner.tenant, "tenant_plan").await, 0);
    assert_eq!(rows_of(&deployment, &other).await, others);
    eventually(SOON, || async {
        let tokens = tokens.keys().await.expect("keys").len();
        let monitors = monitors.keys().await.expect("keys").len();
        if (tokens, monitors) == (0, 1) {
            return Ok(());
        }
        Err(format!(
            "{tokens} tokens and {monitors} monitors are mirrored"
        ))
    })
    .await;

    // What was still on its way is nobody's, and holds nothing up.
    let late = batch("cpu", &[("host", "a")], now(), &[2.0]);
    push(&ingress, owner.tenant, "late", &late).await;
    push(&ingress, heir.tenant, "next", &late).await;
    deployment.eventually_count(heir.tenant, "series", 1).await;
    assert_eq!(rows_of(&deployment, &owner).await, []);
    deployment.stop().await;
}

#[tokio::test]
async fn more_than_goes_in_one_piece_goes_in_several() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let many = "insert into series (tenant_id, name, labels, kind, fingerprint, first_seen, last_seen)
        select current_tenant(), 'cpu', jsonb_build_object('host', n), 'gauge', decode(md5(n::text), 'hex'), now(), now()
        from generate_series(1, 4001) as n";
    deployment.execute(owner.tenant, many).await;
    deployment.create_monitor(&owner, "Front door").await;
    let many = "insert into monitor (id, tenant_id, name, public, paused, spec)
        select gen_random_uuid(), tenant_id, n, public, true, spec from monitor, generate_series(1, 101) as n";
    deployment.execute(owner.tenant, many).await;
    let gone = deployment.ask(&owner.caller, confirmed("acme")).await;
    assert_eq!(gone, Ok(()));
    let two = tokio::join!(deployment.try_tidy(), deployment.try_tidy());
    assert!(two.0.is_ok() || two.1.is_ok(), "{two:?}");
    deployment.tidy().await;
    assert_eq!(rows_of(&deployment, &owner).await, []);
    deployment.stop().await;
}

#[tokio::test]
async fn the_tenant_of_the_services_stays() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let Caller::Member { user, role, .. } = owner.caller else {
        panic!("no member")
    };
    let tenant = contract::telemetry::TENANT;
    let caller = Caller::Member { tenant, user, role };
    let refused = deployment.ask(&caller, confirmed("overseer")).await;
    assert!(is_conflict(&refused), "{refused:?}");
    deployment.stop().await;
}

#[tokio::test]
async fn a_person_goes_unless_a_tenant_would_have_no_owner() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let bob = join(&deployment, &owner, "bob", Role::Editor).await;
    let sign_in = || SignIn {
        email: "bob@example.com".to_owned(),
        password: "correct horse".to_owned(),
    };
    let session = deployment.ask(&Caller::Visitor, sign_in()).await;
    let session = session.expect("a session");
    let with = |password: &str| DeleteAccount {
        password: password.to_owned(),
    };
    let refused = deployment.ask(&bob.alone(), with("wrong horse")).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    let refused = deployment.ask(&bob.alone(), with("correct horse")).await;
    let Err(Error::Conflict { reason }) = &refused else {
        panic!("{refused:?}");
    };
    assert!(reason.contains("bob"), "it names the tenant: {reason}");
    let told = deployment.ask(&bob.alone(), Identify {}).await;
    let places = told.expect("still a person").memberships.len();
    assert_eq!(places, 2, "what was refused changed nothing");

    let own = bob.owning(&deployment, "bob").await.caller;
    assert_eq!(deployment.ask(&own, confirmed("bob")).await, Ok(()));
    let gone = deployment.ask(&bob.alone(), with("correct horse")).await;
    assert_eq!(gone, Ok(()));
    let secret = session.secret;
    for error in [
        deployment.ask(&bob.alone(), Identify {}).await.err(),
        deployment
            .ask(&Caller::Visitor, ResolveSession { secret })
            .await
            .err(),
        deployment.ask(&Caller::Visitor, sign_in()).await.err(),
    ] {
        assert_eq!(error, Some(Error::Unauthenticated));
    }
    let list = audit::List {
        before: None,
        limit: 1,
    };
    let told = deployment.ask(&owner.caller, list).await.expect("a log");
    let newest = &told.entries[0];
    assert_eq!(
        (newest.actor.name.as_str(), newest.verb.as_str()),
        ("bob", "left")
    );
    let again = deployment.ask(&Caller::Visitor, sign_up("bob")).await;
    assert!(again.is_ok(), "the address is free");
    deployment.stop().await;
}

#[tokio::test]
async fn two_owners_who_go_at_once_leave_one() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let one = join(&deployment, &owner, "one", Role::Owner).await;
    let two = join(&deployment, &owner, "two", Role::Owner).await;
    assert_eq!(deployment.ask(&owner.caller, Leave {}).await, Ok(()));
    let delete = |person: &Person| {
        let alone = person.alone();
        let password = "correct horse".to_owned();
        let deployment = &deployment;
        async move { deployment.ask(&alone, DeleteAccount { password }).await }
    };
    for (person, name) in [(&one, "one"), (&two, "two")] {
        // Their own tenants have another owner.
        let place = person.owning(&deployment, name).await;
        let heir = format!("heir-of-{name}");
        join(&deployment, &place, &heir, Role::Owner).await;
    }
    let both = tokio::join!(delete(&one), delete(&two));
    assert!(both.0.is_ok() != both.1.is_ok(), "{both:?}");
    let refused = if both.0.is_ok() { &both.1 } else { &both.0 };
    assert!(is_conflict(refused), "{refused:?}");
    let left = if both.0.is_ok() { &two } else { &one };
    let user = left.user;
    let demoted = ChangeRole {
        user,
        role: Role::Viewer,
    };
    let demoted = deployment.ask(&left.at(&owner, Role::Owner), demoted).await;
    assert!(is_conflict(&demoted), "they are the last one");
    deployment.stop().await;
}

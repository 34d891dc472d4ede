use std::io::Write as _;
use std::process::{Command, Stdio};

use contract::account::{
    ChangePassword, CreateTenant, Identify, ListSessions, Rename, RenameTenant, ResolveSession,
    Session, SignIn, SignOut, SignOutEverywhere,
};
use contract::rpc::{Caller, Error, Role};

use crate::access::{name, passwords, tenant_form};
use crate::deployment::{Deployment, Owner};
use crate::messages::sign_up;

fn sign_in(email: &str, password: &str) -> SignIn {
    SignIn {
        email: email.to_owned(),
        password: password.to_owned(),
    }
}

#[tokio::test]
async fn a_session_lasts_from_signing_in_to_signing_out() {
    let deployment = Deployment::start().await;
    deployment.sign_up("acme").await;
    let visitor = Caller::Visitor;
    let session = deployment
        .ask(&visitor, sign_in(" ACME@example.com", "correct horse"))
        .await
        .expect("a session");
    let resolve = || ResolveSession {
        secret: session.secret.clone(),
    };
    let identity = deployment
        .ask(&visitor, resolve())
        .await
        .expect("an identity");
    assert_eq!(identity, session.identity);
    assert_eq!(identity.user.email, "acme@example.com");
    assert_eq!(identity.memberships[0].slug.as_str(), "acme");
    let user = Caller::User {
        user: identity.user.id,
    };
    assert_eq!(deployment.ask(&user, Identify {}).await, Ok(identity));
    let sign_out = SignOut {
        secret: session.secret.clone(),
    };
    deployment
        .ask(&visitor, sign_out)
        .await
        .expect("signed out");
    assert_eq!(
        deployment.ask(&visitor, resolve()).await,
        Err(Error::Unauthenticated)
    );
    deployment.stop().await;
}

#[tokio::test]
async fn an_operator_gives_a_new_password_to_one_who_forgot_theirs() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let reset = |email: &str, password: &str| {
        let mut store = Command::new(env!("CARGO_BIN_EXE_store"));
        store.args(["reset-password", "--email", email]);
        store.env("OVERSEER_STORE_OWNER_URL", deployment.database.owner_url());
        store.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut store = store.spawn().expect("it runs");
        let mut input = store.stdin.take().expect("piped");
        writeln!(input, "{password}").expect("it listens");
        drop(input);
        store.wait().expect("it ends").success()
    };
    assert!(!reset("nobody@example.com", "battery staple"));
    assert!(!reset("acme@example.com", "short"));
    assert!(reset("ACME@example.com", "battery staple"));
    let visitor = Caller::Visitor;
    let old = sign_in("acme@example.com", "correct horse");
    let old = deployment.ask(&visitor, old).await.map(|_| ());
    assert_eq!(old, Err(Error::Unauthenticated));
    let new = sign_in("acme@example.com", "battery staple");
    let session = deployment.ask(&visitor, new).await.expect("a session");
    assert_eq!(Owner::of(&session).tenant, owner.tenant);
    deployment.stop().await;
}

#[tokio::test]
async fn names_that_are_taken_are_a_conflict_and_forms_that_are_wrong_say_where() {
    let deployment = Deployment::start().await;
    deployment.sign_up("acme").await;
    let again = deployment
        .ask(&Caller::Visitor, sign_up("acme"))
        .await
        .map(|session| session.secret);
    assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");
    let mut other = sign_up("acme");
    other.form.email = "other@example.com".to_owned();
    let taken = deployment
        .ask(&Caller::Visitor, other)
        .await
        .map(|session| session.secret);
    assert!(
        matches!(&taken, Err(Error::Conflict { reason }) if reason.contains("tenant")),
        "{taken:?}"
    );
    let mut wrong = sign_up("beta");
    wrong.form.email = "nobody".to_owned();
    wrong.form.password = "short".to_owned();
    let Err(Error::Invalid { errors }) = deployment
        .ask(&Caller::Visitor, wrong)
        .await
        .map(|session| session.secret)
    else {
        panic!("accepted");
    };
    let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["form.email", "form.password"]);
    deployment.stop().await;
}

#[tokio::test]
async fn guessing_is_throttled_whether_the_person_exists_or_not() {
    let deployment = Deployment::start().await;
    deployment.sign_up("acme").await;
    for email in ["nobody@example.com", "acme@example.com"] {
        let mut answers = Vec::new();
        for _ in 0..6 {
            let answer = deployment
                .ask(&Caller::Visitor, sign_in(email, "wrong horse"))
                .await;
            answers.push(answer.map(|session| session.secret));
        }
        assert!(
            answers[..5]
                .iter()
                .all(|answer| *answer == Err(Error::Unauthenticated)),
            "{answers:?}"
        );
        assert!(
            matches!(
                answers[5],
                Err(Error::Throttled {
                    retry_after_s: 1..=5
                })
            ),
            "{answers:?}"
        );
    }
    let right = deployment
        .ask(
            &Caller::Visitor,
            sign_in("acme@example.com", "correct horse"),
        )
        .await;
    assert!(
        matches!(
            right.map(|session| session.secret),
            Err(Error::Throttled { .. })
        ),
        "the right password too"
    );
    deployment.stop().await;
}

async fn signed_in(deployment: &Deployment, password: &str) -> Result<Session, Error> {
    let request = sign_in("acme@example.com", password);
    deployment.ask(&Caller::Visitor, request).await
}

async fn is_open(deployment: &Deployment, session: &Session) -> bool {
    let secret = session.secret.clone();
    let resolve = ResolveSession { secret };
    deployment.ask(&Caller::Visitor, resolve).await.is_ok()
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_sessions_and_begins_an_epoch() {
    let deployment = Deployment::start().await;
    deployment.sign_up("acme").await;
    deployment.sign_up("other").await;
    let first = signed_in(&deployment, "correct horse").await;
    let second = signed_in(&deployment, "correct horse").await;
    let (first, second) = (first.expect("a session"), second.expect("a session"));
    let user = Caller::User {
        user: first.identity.user.id,
    };
    let list = ListSessions {
        secret: Some(first.secret.clone()),
    };
    let open = deployment.ask(&user, list).await.expect("sessions");
    // That of signing up is the third.
    assert_eq!(open.len(), 3, "nobody else's: {open:?}");
    assert_eq!(open.iter().filter(|session| session.current).count(), 1);
    let ended = deployment.ask(&user, SignOutEverywhere {}).await;
    assert_eq!(ended, Ok(()));
    for session in [&first, &second] {
        assert!(!is_open(&deployment, session).await);
    }
    let identity = deployment.ask(&user, Identify {}).await.expect("a person");
    assert_eq!(identity.epoch, first.identity.epoch + 1);
    deployment.stop().await;
}

#[tokio::test]
async fn a_session_is_seen_when_it_is_used() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let session = signed_in(&deployment, "correct horse").await;
    let session = session.expect("a session");
    let past = "update session set last_seen_at = now() - interval '1 hour'";
    deployment.execute(owner.tenant, past).await;
    assert!(is_open(&deployment, &session).await);
    let list = ListSessions {
        secret: Some(session.secret),
    };
    let user = Caller::User {
        user: session.identity.user.id,
    };
    let open = deployment.ask(&user, list).await.expect("sessions");
    assert!(open[0].current, "{open:?}");
    assert!(open[0].last_seen_at > open[1].last_seen_at, "{open:?}");
    deployment.stop().await;
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_ends_what_was_open_elsewhere() {
    let deployment = Deployment::start().await;
    deployment.sign_up("acme").await;
    let here = signed_in(&deployment, "correct horse").await;
    let elsewhere = signed_in(&deployment, "correct horse").await;
    let (here, elsewhere) = (here.expect("a session"), elsewhere.expect("a session"));
    let user = Caller::User {
        user: here.identity.user.id,
    };
    let change = |current, new| ChangePassword {
        form: passwords(current, new),
        secret: Some(here.secret.clone()),
    };
    for (current, new, field) in [
        ("wrong horse", "another horse", "form.current"),
        ("correct horse", "short", "form.new"),
    ] {
        let refused = deployment.ask(&user, change(current, new)).await;
        let Err(Error::Invalid { errors }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(errors[0].field, field);
    }
    let changed = deployment
        .ask(&user, change("correct horse", "another horse"))
        .await;
    assert_eq!(changed, Ok(()));
    assert!(is_open(&deployment, &here).await);
    assert!(!is_open(&deployment, &elsewhere).await);
    assert!(signed_in(&deployment, "correct horse").await.is_err());
    assert!(signed_in(&deployment, "another horse").await.is_ok());
    deployment.stop().await;
}

#[tokio::test]
async fn guessing_the_present_password_and_signing_up_again_are_throttled() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let is_throttled = |error: Option<Error>| matches!(error, Some(Error::Throttled { .. }));
    let mut guesses = Vec::new();
    let mut tries = Vec::new();
    for _ in 0..6 {
        let form = passwords("wrong horse", "another horse");
        let secret = None;
        let guess = ChangePassword { form, secret };
        guesses.push(deployment.ask(&owner.caller, guess).await.err());
        let again = deployment.ask(&Caller::Visitor, sign_up("acme")).await;
        tries.push(again.err());
    }
    for mut answers in [guesses, tries] {
        assert!(is_throttled(answers.pop().flatten()), "{answers:?}");
        assert!(!answers.into_iter().any(is_throttled));
    }
    deployment.sign_up("other").await;
    deployment.stop().await;
}

#[tokio::test]
async fn a_person_may_own_several_tenants_and_belong_to_none_at_first() {
    let deployment = Deployment::start().await;
    let mut alone = sign_up("alone");
    alone.form.tenant = None;
    let session = deployment.ask(&Caller::Visitor, alone).await;
    let session = session.expect("a session");
    assert_eq!(session.identity.memberships, []);
    let user = Caller::User {
        user: session.identity.user.id,
    };
    for slug in ["first", "second"] {
        let form = tenant_form(slug);
        let created = deployment.ask(&user, CreateTenant { form }).await;
        created.expect("created");
    }
    let form = tenant_form("first");
    let taken = deployment.ask(&user, CreateTenant { form }).await;
    assert!(matches!(taken, Err(Error::Conflict { .. })), "{taken:?}");
    let renamed = deployment.ask(&user, Rename { form: name("Zoe") }).await;
    assert_eq!(renamed.map(|user| user.name).as_deref(), Ok("Zoe"));
    let identity = deployment.ask(&user, Identify {}).await;
    let places = identity.expect("a person").memberships;
    let told: Vec<_> = places
        .iter()
        .map(|place| (place.slug.as_str(), place.role))
        .collect();
    assert_eq!(told, [("first", Role::Owner), ("second", Role::Owner)]);
    deployment.stop().await;
}

#[tokio::test]
async fn a_tenant_that_is_renamed_keeps_its_name_in_addresses() {
    let deployment = Deployment::start().await;
    let Owner { caller, .. } = deployment.sign_up("acme").await;
    let wrong = deployment
        .ask(&caller, RenameTenant { form: name("") })
        .await;
    assert!(matches!(wrong, Err(Error::Invalid { .. })), "{wrong:?}");
    let form = name("Acme Inc.");
    let renamed = deployment.ask(&caller, RenameTenant { form }).await;
    let renamed = renamed.expect("renamed");
    assert_eq!(
        (renamed.slug.as_str(), renamed.name.as_str()),
        ("acme", "Acme Inc.")
    );
    deployment.stop().await;
}

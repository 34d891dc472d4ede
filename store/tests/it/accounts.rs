use contract::account::{Identify, ResolveSession, SignIn, SignOut};
use contract::rpc::{Caller, Error};

use crate::deployment::Deployment;
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
    for email in ["acme@example.com", "nobody@example.com"] {
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

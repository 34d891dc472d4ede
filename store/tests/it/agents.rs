use contract::agent::{Form, Invite, List, Register, Remove, Standing};
use contract::rpc::{Caller, Error};
use contract::stream;
use contract::token::{self, Grant};
use testkit::eventually;

use crate::deployment::{Deployment, Owner, SOON};

pub(crate) fn form(code: &str) -> Form {
    Form {
        code: code.to_owned(),
        hostname: "web-1.example".to_owned(),
        version: "0.1.0".to_owned(),
        os: "Debian 12".to_owned(),
    }
}

async fn invite(deployment: &Deployment, owner: &Owner, name: &str) -> String {
    let name = name.to_owned();
    let invited = deployment.ask(&owner.caller, Invite { name }).await;
    invited.expect("an invitation").code
}

async fn register(
    deployment: &Deployment,
    code: &str,
) -> Result<contract::agent::Registered, Error> {
    let form = form(code);
    deployment.ask(&Caller::Visitor, Register { form }).await
}

async fn granted(deployment: &Deployment, secret: &str) -> Option<Grant> {
    let bus = deployment.bus(contract::access::INGRESS).await;
    let bucket = bus.bucket::<Grant>(stream::TOKENS).await;
    let entry = bucket.get(&token::key(secret)).await.expect("an answer");
    entry.map(|entry| entry.value)
}

#[tokio::test]
async fn a_code_lets_one_agent_in_once_and_its_token_goes_with_it() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let code = invite(&deployment, &owner, "web-1").await;
    let both = tokio::join!(register(&deployment, &code), register(&deployment, &code));
    let registered = match both {
        (Ok(registered), Err(Error::Invalid { .. }))
        | (Err(Error::Invalid { .. }), Ok(registered)) => registered,
        (first, second) => panic!("{:?} and {:?}", first.err(), second.err()),
    };
    assert_eq!(registered.name, "web-1");
    assert_eq!(registered.tenant.as_str(), "acme");
    let grant = eventually(SOON, || async {
        let grant = granted(&deployment, &registered.secret).await;
        grant.ok_or("ingress does not know the token yet")
    })
    .await;
    assert_eq!(grant.tenant, owner.tenant);
    assert_eq!(grant.scopes, [token::Scope::MetricsWrite]);

    let listed = deployment.ask(&owner.caller, List::ALL).await;
    let agent = listed.expect("an answer").remove(0);
    assert_eq!(agent.standing, Standing::Registered);
    assert_eq!(agent.hostname.as_deref(), Some("web-1.example"));
    let id = agent.id;
    let removed = deployment.ask(&owner.caller, Remove { id }).await;
    removed.expect("removed");
    eventually(SOON, || async {
        let grant = granted(&deployment, &registered.secret).await;
        grant.map_or(Ok(()), |_| Err("the token is still good"))
    })
    .await;
    deployment.stop().await;
}

#[tokio::test]
async fn a_token_that_was_revoked_by_itself_shows_at_its_agent() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let code = invite(&deployment, &owner, "web-1").await;
    register(&deployment, &code).await.expect("registered");
    let tokens = deployment.ask(&owner.caller, token::List::ALL).await;
    let id = tokens.expect("an answer")[0].id;
    let revoked = deployment.ask(&owner.caller, token::Revoke { id }).await;
    revoked.expect("revoked");
    let listed = deployment.ask(&owner.caller, List::ALL).await;
    assert_eq!(listed.expect("an answer")[0].standing, Standing::Revoked);
    deployment.stop().await;
}

#[tokio::test]
async fn guessing_a_code_is_slowed_down_and_an_old_one_is_refused() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let old = invite(&deployment, &owner, "old").await;
    let past = "update agent set code_expires_at = now() - interval '1 second'";
    deployment.execute(owner.tenant, past).await;
    let refused = register(&deployment, &old).await.err();
    let Some(Error::Invalid { errors }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(errors[0].reason, "has expired; make a new one");

    let code = invite(&deployment, &owner, "web-1").await;
    let wrong = format!("{}AAAA", &code[..code.len() - 4]);
    for _ in 0..5 {
        let refused = register(&deployment, &wrong).await.err();
        assert!(
            matches!(refused, Some(Error::Invalid { .. })),
            "{refused:?}"
        );
    }
    for guess in [&wrong, &code] {
        let refused = register(&deployment, guess).await.err();
        assert!(
            matches!(refused, Some(Error::Throttled { .. })),
            "{refused:?}"
        );
    }
    let again = Invite {
        name: "web-1".to_owned(),
    };
    let taken = deployment.ask(&owner.caller, again).await.err();
    assert!(matches!(taken, Some(Error::Conflict { .. })), "{taken:?}");
    deployment.stop().await;
}

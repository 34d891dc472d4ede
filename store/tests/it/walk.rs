//! Every request the store answers, asked on behalf of the wrong tenant.

mod data;
mod make;
mod people;

use std::cell::RefCell;
use std::collections::BTreeSet;

use contract::rpc::{Caller, Error, Request};
use contract::{account, agent, channel, dead_letter, incident, monitor, token};

use crate::access::name;
use crate::dead_letters::dead_letter_of;
use crate::deployment::Deployment;
use crate::messages::spec;
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
}

/// Requests of nobody in particular: what they may see is decided by a secret, or by who asks.
const TENANTLESS: [&str; 15] = [
    "overseer.v1.store.account.change-password",
    "overseer.v1.store.account.create-tenant",
    "overseer.v1.store.account.delete",
    "overseer.v1.store.account.identify",
    "overseer.v1.store.account.list-sessions",
    "overseer.v1.store.account.read-entrance",
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
    assert_eq!(ask!(caller, monitor::List::ALL), Ok(Vec::new()));
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
    assert_eq!(ask!(caller, channel::List::ALL), Ok(Vec::new()));
    assert_eq!(ask!(caller, token::List::ALL), Ok(Vec::new()));
    assert_eq!(ask!(caller, agent::List::ALL), Ok(Vec::new()));
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
        remove_secret: false,
    };
    let agent = ask!(&owner.caller, agent::List::ALL).expect("an answer")[0].id;
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
        ask!(
            caller,
            monitor::Update {
                id,
                spec,
                revision: None
            }
        )
        .err(),
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
    let confirm = "acme".to_owned();
    let refused = ask!(caller, account::DeleteTenant { confirm });
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    walk.visit_pages(&owner, &other).await;
    walk.make(caller).await;
    let monitors = ask!(&owner.caller, monitor::List::ALL).map(|list| list.len());
    let channels = ask!(&owner.caller, channel::List::ALL).map(|list| list.len());
    let tokens = ask!(&owner.caller, token::List::ALL).map(|list| list.len());
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

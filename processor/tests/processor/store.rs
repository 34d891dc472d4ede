//! The processor beside the real store and a real Postgres.

use bus::Bus;
use contract::account::{SignUp, SignUpForm};
use contract::channel::{self, DeliveryOutcome};
use contract::incident::{self, Incident, Status};
use contract::monitor::{self, Monitor, State};
use contract::rpc::{Caller, Request, Role};
use contract::{access, stream};
use testkit::{Process, eventually};
use tokio_util::sync::CancellationToken;

use crate::stage::{A, B, DEADLINE, Stage};

#[tokio::test]
async fn an_outage_is_delivered_to_a_channel_of_the_store_and_kept_there() {
    let stage = Stage::bare().await;
    let database = testkit::database().await;
    let arguments = testkit::args::<store::Args>(&[
        "--nats-url",
        &stage.nats.url(),
        "--nats-password",
        &stage.nats.password(access::STORE),
        "--database-url",
        &database.store_url(),
    ]);
    let store = Process::start("store", store::run, arguments).await;
    let processor = stage.processor().await;
    let owner = Owner::sign_up(&stage).await;
    let channel = owner
        .ask(&channel::Create {
            spec: channel::Spec::webhook("On call", stage.receiver.url()),
            secret: None,
        })
        .await;
    let secret = channel.secret.expect("made and told");
    let channel = channel.channel;
    let monitor = owner.ask(&monitor::Create { spec: spec() }).await;
    scheduled(&stage, &monitor).await;

    stage.outage(&monitor).await;
    let told = stage.receiver.wait_for(1, DEADLINE).await;
    assert!(told[0].is_signed_by(secret.expose()));
    let open = owner.incident(Status::Investigating).await;
    assert_eq!(open.monitor, Some(monitor.id));
    let overview = owner.ask(&monitor::Read { id: monitor.id }).await;
    assert_eq!(overview.status.state, State::Down);

    stage.recovery(&monitor).await;
    let told = stage.receiver.wait_for(2, DEADLINE).await;
    assert!(told[1].is_signed_by(secret.expose()));
    assert_eq!(owner.incident(Status::Resolved).await.id, open.id);
    let log = channel::Deliveries {
        id: channel.id,
        limit: 10,
        before: None,
    };
    eventually(DEADLINE, || async {
        let deliveries = owner.ask(&log).await;
        let delivered =
            |delivery: &channel::Delivery| delivery.outcome == DeliveryOutcome::Delivered;
        deliveries.len() == 2 && deliveries.iter().all(delivered)
    })
    .await;
    processor.stop().await;
    store.stop().await;
    stage.strike().await;
}

/// A person with a tenant.
struct Owner {
    bus: Bus,
    caller: Caller,
}

impl Owner {
    async fn sign_up(stage: &Stage) -> Self {
        let bus = stage
            .nats
            .bus(access::FRONTEND, &CancellationToken::new())
            .await;
        let form = SignUpForm {
            email: "ada@example.com".to_owned(),
            password: "a long enough password".to_owned(),
            name: "Ada".to_owned(),
            tenant: Some("acme".parse().expect("a slug")),
            invitation: None,
        };
        let session = bus
            .ask(&Caller::Visitor, &SignUp { form })
            .await
            .expect("a session");
        let caller = Caller::Member {
            tenant: session.identity.memberships[0].tenant,
            user: session.identity.user.id,
            role: Role::Owner,
        };
        Self { bus, caller }
    }

    async fn ask<R: Request>(&self, request: &R) -> R::Reply {
        self.bus
            .ask(&self.caller, request)
            .await
            .expect("an answer")
    }

    /// The only incident, once it has this status.
    async fn incident(&self, status: Status) -> Incident {
        eventually(DEADLINE, || async {
            match self
                .ask(&incident::List {
                    limit: 10,
                    before: None,
                })
                .await
                .as_slice()
            {
                [only] if only.status == status => Ok(only.clone()),
                other => Err(format!("{other:#?}")),
            }
        })
        .await
    }
}

fn spec() -> monitor::Spec {
    let spec = serde_json::json!({
        "name": "Public API",
        "target": "https://example.com",
        "interval_s": 30,
        "regions": [A, B],
    });
    serde_json::from_value(spec).expect("a description of a monitor")
}

/// The store relays a new monitor to its bucket; from then on the processor knows it.
async fn scheduled(stage: &Stage, monitor: &Monitor) {
    let bucket = stage.store.bucket::<Monitor>(stream::MONITORS).await;
    eventually(DEADLINE, || async {
        bucket.get(&monitor.id.to_string()).await.ok().flatten()
    })
    .await;
}

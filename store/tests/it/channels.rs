//! Channels of every kind, with their secrets.

use contract::channel::{self, Channel, Create, Kind, Recipients, Secret, Spec, Update};
use contract::rpc::Error;
use serde_json::{Value, json};

use crate::deployment::Deployment;

fn spec(settings: &Value) -> Spec {
    let mut spec = settings.clone();
    spec["name"] = json!("On call");
    serde_json::from_value(spec).expect("a description of a channel")
}

/// One of each kind, with a secret that suits it.
fn kinds() -> [(Value, Option<&'static str>); 7] {
    let hook = "https://hooks.example.com/canary";
    [
        (
            json!({"kind": "webhook", "url": "https://example.com/hook"}),
            Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        ),
        (
            json!({"kind": "telegram", "chat_id": "-100", "url": "https://bots.example.com"}),
            Some("123:canary"),
        ),
        (json!({"kind": "slack"}), Some(hook)),
        (json!({"kind": "discord"}), Some(hook)),
        (
            json!({"kind": "pagerduty", "url": "https://events.eu.pagerduty.com/v2/enqueue"}),
            Some("0123456789abcdef0123456789canary"),
        ),
        (
            json!({"kind": "ntfy", "topic": "alerts", "url": "https://ntfy.example.com"}),
            Some("tk_canary"),
        ),
        (
            json!({
                "kind": "email", "host": "mail.example.com", "port": 465, "security": "tls", "username": "overseer",
                "from": "overseer@example.com", "to": ["a@example.com", "b@example.com"],
            }),
            Some("canary password"),
        ),
    ]
}

#[tokio::test]
async fn every_kind_is_kept_as_described_and_only_services_see_its_secret() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let mut made = Vec::new();
    for (settings, secret) in kinds() {
        let create = Create {
            spec: spec(&settings),
            secret: secret.map(Secret::new),
        };
        let created = deployment.ask(&owner.caller, create).await.expect("made");
        assert_eq!(created.secret, None, "who brought it knows it");
        made.push(created.channel);
    }
    let listed = deployment
        .ask(&owner.caller, channel::List::ALL)
        .await
        .expect("a list");
    let described = |channel: &Channel| (channel.id, channel.spec.clone());
    assert!(
        listed.iter().map(described).eq(made.iter().map(described)),
        "{listed:#?}"
    );
    let wire = serde_json::to_string(&listed).expect("JSON");
    assert!(!wire.contains("canary"), "{wire}");
    let processor = deployment.bus(contract::access::PROCESSOR).await;
    for (channel, (_, secret)) in made.iter().zip(kinds()) {
        let read = channel::ReadTarget { id: channel.id };
        let target = processor.ask(&owner.service(), &read).await.expect("told");
        assert_eq!(target.spec, channel.spec);
        assert_eq!(Some(target.secret.expose()), secret);
    }
    deployment.stop().await;
}

#[tokio::test]
async fn a_change_keeps_the_secret_unless_it_brings_another() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let telegram = |chat: &str| spec(&json!({"kind": "telegram", "chat_id": chat}));
    let create = Create {
        spec: telegram("1"),
        secret: Some(Secret::new("123:first")),
    };
    let id = deployment
        .ask(&owner.caller, create)
        .await
        .expect("made")
        .channel
        .id;
    let described = |spec: Spec, secret: Option<&str>| Update {
        id,
        spec,
        secret: secret.map(Secret::new),
        remove_secret: false,
    };
    let update = async |spec: Spec, secret: Option<&str>| {
        let update = described(spec, secret);
        deployment.ask(&owner.caller, update).await
    };
    let processor = deployment.bus(contract::access::PROCESSOR).await;
    let secret = async || {
        let target = processor
            .ask(&owner.service(), &channel::ReadTarget { id })
            .await;
        target.expect("told").secret.expose().to_owned()
    };
    let changed: Result<Channel, Error> = update(telegram("2"), Some("")).await;
    assert_eq!(changed.expect("changed").spec, telegram("2"));
    assert_eq!(secret().await, "123:first");
    update(telegram("2"), Some("123:second"))
        .await
        .expect("changed");
    assert_eq!(secret().await, "123:second");
    let refused = update(telegram("2"), Some("nonsense")).await;
    assert!(matches!(refused, Err(Error::Invalid { errors }) if errors[0].field == "secret"));
    let refused = update(spec(&json!({"kind": "slack"})), None).await;
    assert!(matches!(refused, Err(Error::Invalid { errors }) if errors[0].field == "spec.kind"));
    let removal = Update {
        remove_secret: true,
        ..described(telegram("2"), None)
    };
    let refused = deployment.ask(&owner.caller, removal).await;
    assert!(
        matches!(refused, Err(Error::Invalid { errors }) if errors[0].field == "remove_secret")
    );
    deployment.stop().await;
}

#[tokio::test]
async fn a_muted_channel_receives_nothing_until_it_may_speak_again() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let create = Create {
        spec: spec(&json!({"kind": "ntfy", "topic": "alerts"})),
        secret: None,
    };
    let created = deployment.ask(&owner.caller, create).await.expect("made");
    let (id, spec) = (created.channel.id, created.channel.spec);
    let processor = deployment.bus(contract::access::PROCESSOR).await;
    for (muted, expected) in [(true, vec![]), (false, vec![(id, Kind::Ntfy)])] {
        let spec = Spec {
            muted,
            ..spec.clone()
        };
        let update = Update {
            id,
            spec,
            secret: None,
            remove_secret: false,
        };
        deployment
            .ask(&owner.caller, update)
            .await
            .expect("changed");
        let recipients = processor.ask(&owner.service(), &Recipients {}).await;
        assert_eq!(recipients, Ok(expected));
    }
    deployment.stop().await;
}

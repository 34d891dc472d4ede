//! What notifiers gave up, and what people have sent again.

use std::sync::{Arc, Mutex};

use bus::Message;
use contract::channel::{self, Content, Kind, Notification};
use contract::dead_letter::{DeadLetter, List, Replay};
use contract::id::{ChannelId, NotificationId};
use contract::{access, stream, subject};
use testkit::eventually;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::deployment::{Deployment, Owner, SOON};
use crate::messages::now;
use crate::tenancy::fill;

/// A notification to this channel died, and the store knows it.
pub(crate) async fn dead_letter_of(
    deployment: &Deployment,
    owner: &Owner,
    channel: ChannelId,
) -> NotificationId {
    let id = NotificationId(Uuid::now_v7());
    let content = Content {
        kind: "incident.opened".to_owned(),
        title: "Front door is down".to_owned(),
        text: "Down since 14:10 UTC (timeout).".to_owned(),
        thread: None,
        incident: None,
        monitor: None,
        at: now(),
    };
    let notification = Notification::new(id, owner.tenant, channel, content);
    let subject = subject::dead(stream::NOTIFICATIONS.name, "notifier-webhook");
    let processor = deployment.bus(access::PROCESSOR).await;
    // Twice, since whatever is delivered twice is stored once.
    for message_id in [Uuid::now_v7(), Uuid::now_v7()] {
        processor
            .publish(&subject, &message_id.to_string(), &notification)
            .await
            .expect("acknowledged");
    }
    eventually(SOON, || async {
        listed(deployment, owner).await.iter().any(|it| it.id == id)
    })
    .await;
    id
}

async fn listed(deployment: &Deployment, owner: &Owner) -> Vec<DeadLetter> {
    let list = deployment
        .ask(
            &owner.caller,
            List {
                limit: 9,
                before: None,
            },
        )
        .await;
    list.expect("an answer")
}

/// What is queued for webhooks, as it comes.
fn queue(processor: bus::Bus) -> Arc<Mutex<Vec<Notification>>> {
    let queued = Arc::new(Mutex::new(Vec::new()));
    let inbox = Arc::clone(&queued);
    let take = move |message: Arc<Message<Notification>>| {
        inbox
            .lock()
            .expect("no holder panics")
            .push(message.body.clone());
        std::future::ready(Ok(()))
    };
    TaskTracker::new().spawn(async move {
        let stop = CancellationToken::new();
        bus::consume(&processor, &stream::notifier(Kind::Webhook), 1, &stop, take).await;
    });
    queued
}

#[tokio::test]
async fn a_dead_letter_is_kept_once_and_can_be_sent_again() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let (_, channel, _) = fill(&deployment, &owner).await;
    let id = dead_letter_of(&deployment, &owner, channel.id).await;
    let letters = listed(&deployment, &owner).await;
    let [letter] = letters.as_slice() else {
        panic!("one letter: {letters:?}");
    };
    assert_eq!(letter.channel_name, "On call");
    assert_eq!(letter.title, "Front door is down");
    assert_eq!(letter.replayed_at, None);

    let queued = queue(deployment.bus(access::PROCESSOR).await);
    for _ in 0..2 {
        let replayed = deployment.ask(&owner.caller, Replay { id }).await;
        assert_eq!(replayed, Ok(()));
    }
    let all = eventually(SOON, || async {
        let queued = queued.lock().expect("no holder panics").clone();
        (queued.len() == 2).then_some(queued)
    })
    .await;
    let told: Vec<_> = all.iter().map(|it| (it.id, it.replays)).collect();
    assert_eq!(told, [(id, 1), (id, 2)]);
    assert!(listed(&deployment, &owner).await[0].replayed_at.is_some());
    deployment.stop().await;
}

#[tokio::test]
async fn a_test_goes_the_way_of_all_notifications() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let (_, channel, _) = fill(&deployment, &owner).await;
    let queued = queue(deployment.bus(access::PROCESSOR).await);
    let test = channel::Test { id: channel.id };
    let id = deployment.ask(&owner.caller, test).await.expect("queued");
    let all = eventually(SOON, || async {
        let queued = queued.lock().expect("no holder panics").clone();
        (!queued.is_empty()).then_some(queued)
    })
    .await;
    assert_eq!((all[0].id, all[0].channel), (id, channel.id));
    assert!(all[0].content.is_test());
    assert_eq!(all[0].content.text, "The channel On call works.");
    deployment.stop().await;
}

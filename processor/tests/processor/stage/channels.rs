//! What a store knows of channels.

use std::sync::{Arc, Mutex, MutexGuard};

use bus::{Bus, Server};
use contract::channel::{ReadTarget, Recipients, Secret, Target};
use contract::id::ChannelId;
use contract::rpc::{Caller, Error};
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

/// The tenant's channels. They are told to services alone.
#[derive(Clone)]
pub(crate) struct Channels {
    known: Arc<Mutex<Vec<(ChannelId, Target)>>>,
    /// Whether targets are told at present, and how often one was asked for.
    open: watch::Sender<bool>,
    asked: watch::Sender<usize>,
}

impl Default for Channels {
    fn default() -> Self {
        Self {
            known: Arc::default(),
            open: watch::Sender::new(true),
            asked: watch::Sender::new(0),
        }
    }
}

impl Channels {
    /// Adds a channel: its settings as on the wire, and its secret.
    pub(crate) fn add(&self, settings: &Value, secret: &str) -> ChannelId {
        let id = ChannelId(Uuid::now_v7());
        let mut target = settings.clone();
        target["name"] = json!("On call");
        target["secret"] = json!(secret);
        let target = serde_json::from_value(target).expect("a description of a channel");
        self.open_known().push((id, target));
        id
    }

    pub(crate) fn mute(&self, id: ChannelId) {
        for (known, target) in self.open_known().iter_mut() {
            target.spec.muted |= *known == id;
        }
    }

    pub(crate) fn set_secret(&self, id: ChannelId, secret: &str) {
        for (known, target) in self.open_known().iter_mut() {
            if *known == id {
                target.secret = Secret::new(secret);
            }
        }
    }

    /// From now on nobody is told a target until [`Self::tell`].
    pub(crate) fn withhold(&self) {
        self.open.send_replace(false);
    }

    pub(crate) fn tell(&self) {
        self.open.send_replace(true);
    }

    /// Until somebody asked for a target.
    pub(crate) async fn until_asked(&self) {
        let mut asked = self.asked.subscribe();
        let asked = asked.wait_for(|&asked| asked > 0).await;
        asked.expect("the sender lives");
    }

    pub(super) fn server(&self, bus: &Bus) -> Server {
        let (told, read) = (self.clone(), self.clone());
        Server::new(bus, "store")
            .on::<Recipients, _, _>(move |_, _| {
                let known = told.open_known();
                let audible = known.iter().filter(|(_, target)| !target.spec.muted);
                let recipients = audible.map(|(id, target)| (*id, target.spec.kind()));
                std::future::ready(Ok(recipients.collect()))
            })
            .on::<ReadTarget, _, _>(move |caller, request: ReadTarget| {
                let channels = read.clone();
                async move {
                    channels.asked.send_modify(|asked| *asked += 1);
                    let mut open = channels.open.subscribe();
                    drop(open.wait_for(|&open| open).await);
                    let known = channels.open_known();
                    let found = known.iter().find(|(id, _)| *id == request.id);
                    matches!(caller, Caller::Service { .. })
                        .then(|| found.map(|(_, target)| target.clone()))
                        .flatten()
                        .ok_or(Error::not_found("channel"))
                }
            })
    }

    fn open_known(&self) -> MutexGuard<'_, Vec<(ChannelId, Target)>> {
        self.known.lock().expect("no holder panics")
    }
}

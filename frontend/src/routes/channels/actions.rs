//! What can be done with a channel, each by a form that works without a script.

use contract::channel::Secret;
#[cfg(feature = "ssr")]
use contract::channel::Spec;
use contract::id::{ChannelId, NotificationId, Slug};
use leptos::prelude::*;

use crate::api::Error;
use crate::components::problem::error_of;
use crate::view::channel_form::ChannelForm;

/// Creates a channel as posted by a form. The answer is a signing secret where one was made.
#[server(prefix = "/fn", endpoint = "create-channel-form")]
pub async fn create_by_form(tenant: Slug, form: ChannelForm) -> Result<Option<Secret>, Error> {
    let (spec, secret) = crate::server::visit::read(form.read())?;
    let created = crate::api::create_channel(tenant, spec, secret).await?;
    Ok(created.secret)
}

/// Changes a channel as posted by a form, and goes to the list. Muted or not, it stays so.
#[server(prefix = "/fn", endpoint = "update-channel-form")]
pub async fn update_by_form(tenant: Slug, id: ChannelId, form: ChannelForm) -> Result<(), Error> {
    let (spec, secret) = crate::server::visit::read(form.read())?;
    let forget = form.forget.is_some();
    let muted = crate::api::channel(tenant.clone(), id).await?.spec.muted;
    let spec = Spec { muted, ..spec };
    crate::api::update_channel(tenant.clone(), id, spec, secret, forget).await?;
    leptos_axum::redirect(&format!("/d/{tenant}/channels"));
    Ok(())
}

#[server(prefix = "/fn", endpoint = "delete-channel-form")]
pub async fn delete_by_form(tenant: Slug, id: ChannelId) -> Result<(), Error> {
    crate::api::delete_channel(tenant, id).await
}

#[server(prefix = "/fn", endpoint = "test-channel-form")]
pub async fn test_by_form(tenant: Slug, id: ChannelId) -> Result<(), Error> {
    crate::api::test_channel(tenant, id).await.map(drop)
}

#[server(prefix = "/fn", endpoint = "mute-channel-form")]
pub async fn mute_by_form(tenant: Slug, id: ChannelId, muted: bool) -> Result<(), Error> {
    crate::api::mute_channel(tenant, id, muted).await.map(drop)
}

#[server(prefix = "/fn", endpoint = "replay-dead-letter-form")]
pub async fn replay_by_form(tenant: Slug, id: NotificationId) -> Result<(), Error> {
    crate::api::replay_dead_letter(tenant, id).await
}

#[derive(Clone, Copy)]
pub struct Actions {
    pub create: ServerAction<CreateByForm>,
    pub delete: ServerAction<DeleteByForm>,
    pub test: ServerAction<TestByForm>,
    pub mute: ServerAction<MuteByForm>,
    pub replay: ServerAction<ReplayByForm>,
}

impl Actions {
    pub fn new() -> Self {
        Self {
            create: ServerAction::new(),
            delete: ServerAction::new(),
            test: ServerAction::new(),
            mute: ServerAction::new(),
            replay: ServerAction::new(),
        }
    }

    /// Grows with everything that was done.
    pub fn version(self) -> usize {
        let done = [
            self.create.version().get(),
            self.delete.version().get(),
            self.test.version().get(),
            self.mute.version().get(),
            self.replay.version().get(),
        ];
        done.into_iter().sum()
    }

    /// The error of what was done with a channel that there is.
    pub fn error(self) -> Signal<Option<Error>> {
        let errors = [
            error_of(self.delete),
            error_of(self.test),
            error_of(self.mute),
            error_of(self.replay),
        ];
        Signal::derive(move || errors.iter().find_map(|error| error.get()))
    }
}

impl Default for Actions {
    fn default() -> Self {
        Self::new()
    }
}

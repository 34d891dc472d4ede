//! What can be done with a rule, each by a form that works without a script.

use contract::id::{RuleId, Slug};
use leptos::prelude::*;

use crate::api::Error;
use crate::components::problem::error_of;
use crate::view::rule_form::RuleForm;

/// Creates a rule as posted by a form, or changes the one that is named and has this revision, and goes to the list.
#[server(prefix = "/fn", endpoint = "save-rule-form")]
pub async fn save_by_form(
    tenant: Slug,
    id: Option<RuleId>,
    revision: Option<i64>,
    form: RuleForm,
) -> Result<(), Error> {
    let spec = crate::server::visit::read(form.read())?;
    match id {
        Some(id) => crate::api::update_rule(tenant.clone(), id, spec, revision).await?,
        None => crate::api::create_rule(tenant.clone(), spec).await?,
    };
    leptos_axum::redirect(&format!("/d/{tenant}/rules"));
    Ok(())
}

#[server(prefix = "/fn", endpoint = "mute-rule-form")]
pub async fn mute_by_form(tenant: Slug, id: RuleId, muted: bool) -> Result<(), Error> {
    crate::api::mute_rule(tenant, id, muted).await.map(drop)
}

/// Deletes a rule as posted by a form, and goes to the list.
#[server(prefix = "/fn", endpoint = "delete-rule-form")]
pub async fn delete_by_form(tenant: Slug, id: RuleId) -> Result<(), Error> {
    crate::api::delete_rule(tenant.clone(), id).await?;
    leptos_axum::redirect(&format!("/d/{tenant}/rules"));
    Ok(())
}

/// What a list of rules offers.
#[derive(Clone, Copy)]
pub struct Actions {
    pub mute: ServerAction<MuteByForm>,
}

impl Actions {
    pub fn new() -> Self {
        Self {
            mute: ServerAction::new(),
        }
    }

    /// Grows with everything that was done.
    pub fn done(self) -> usize {
        self.mute.version().get()
    }

    pub fn error(self) -> Signal<Option<Error>> {
        error_of(self.mute)
    }
}

impl Default for Actions {
    fn default() -> Self {
        Self::new()
    }
}

//! Changes that are meant for what was read, and for nothing newer.

use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Since {
    /// Refuses when it changed since this revision.
    pub(super) revision: Option<i64>,
}

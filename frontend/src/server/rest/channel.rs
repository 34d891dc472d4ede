//! `DELETE /tenants/{tenant}/channels/{id}`

use axum::http::StatusCode;
use contract::channel::Delete;
use contract::id::ChannelId;
use service::problem::ProblemResponse;

use crate::server::bearer::Editor;
use crate::server::extract::Id;

pub(super) async fn remove(
    Editor(member): Editor,
    Id(id): Id<ChannelId>,
) -> Result<StatusCode, ProblemResponse> {
    member.ask(Delete { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

//! `GET /tenants/{tenant}/audit`

use contract::audit::{Entry, List};
use service::problem::ProblemResponse;

use super::listing::{Listed, Page, Piece};
use crate::server::member::Member;

/// Read the audit log
///
/// What people, API tokens and agents changed, newest first. Entries are kept for a year.
#[utoipa::path(
    get,
    path = "/audit",
    operation_id = "read_audit_log",
    tag = "audit",
    params(Piece),
    responses((status = 200, description = "Entries.", body = Vec<Entry>)),
)]
pub(super) async fn list(
    member: Member,
    page: Page<i64>,
) -> Result<Listed<Entry>, ProblemResponse> {
    let (limit, before) = (page.limit, page.before);
    let log = member.ask(List { before, limit }).await?;
    Ok(page.of(log.entries, |entry| entry.id))
}

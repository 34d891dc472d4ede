//! The audit log.

use contract::audit::{List, Page};

use super::App;
use crate::access::Insider;
use crate::database::Scope;
use crate::failure::Failure;
use crate::tables::audit_entry;
use crate::validation;

pub(super) async fn list(app: App, insider: Insider, request: List) -> Result<Page, Failure> {
    let limit = validation::limit(request.limit);
    let before = request.before.unwrap_or(i64::MAX);
    let mut transaction = app.database.begin(Scope::Tenant(insider.tenant)).await?;
    // One more tells whether there are more.
    let mut entries = audit_entry::list(&mut transaction, before, limit + 1).await?;
    let wanted = usize::try_from(limit).unwrap_or_default();
    let more = entries.len() > wanted;
    entries.truncate(wanted);
    let next = entries.last().filter(|_| more).map(|last| last.id);
    Ok(Page { entries, next })
}

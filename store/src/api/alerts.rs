//! Alerts of rules.

use contract::alert::{Alert, List};
use contract::id::TenantId;

use super::App;
use crate::database::Scope;
use crate::failure::Failure;
use crate::tables::alert;
use crate::validation;

pub(super) async fn list(app: App, tenant: TenantId, request: List) -> Result<Vec<Alert>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let limit = validation::limit(request.limit);
    Ok(alert::list(&mut transaction, &request, limit).await?)
}

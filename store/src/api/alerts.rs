//! Alerts of rules.

use contract::alert::{Alert, List};
use contract::id::TenantId;

use super::{App, shown_traces};
use crate::database::Scope;
use crate::failure::Failure;
use crate::tables::alert;
use crate::validation;

pub(super) async fn list(app: App, tenant: TenantId, request: List) -> Result<Vec<Alert>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let limit = validation::limit(request.limit);
    let mut alerts = alert::list(&mut transaction, &request, limit).await?;
    let told = alerts.iter_mut();
    let told = told.map(|alert| (alert.opened_at, &mut alert.trace));
    shown_traces::sift(&app, &mut transaction, told).await?;
    Ok(alerts)
}

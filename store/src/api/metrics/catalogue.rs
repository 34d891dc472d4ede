//! What there is to ask about.

use contract::id::TenantId;
use contract::query::{LabelValues, List, Metric};

use crate::api::App;
use crate::database::Scope;
use crate::failure::Failure;
use crate::tables::metric;
use crate::validation;

pub(in crate::api) async fn list(
    app: App,
    tenant: TenantId,
    request: List,
) -> Result<Vec<Metric>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let limit = validation::limit(request.limit.unwrap_or(u32::MAX));
    let after = request.after.as_deref();
    Ok(metric::list(&mut transaction, &request.prefix, after, limit).await?)
}

pub(in crate::api) async fn label_values(
    app: App,
    tenant: TenantId,
    request: LabelValues,
) -> Result<Vec<String>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let limit = validation::limit(request.limit.unwrap_or(u32::MAX));
    let wanted = metric::Values {
        metric: &request.metric,
        label: &request.label,
        prefix: &request.prefix,
        after: request.after.as_deref(),
    };
    Ok(metric::values(&mut transaction, wanted, limit).await?)
}

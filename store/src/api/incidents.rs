//! Incidents.

use chrono::DateTime;
use contract::id::TenantId;
use contract::incident::{Incident, List};

use super::App;
use crate::database::Scope;
use crate::failure::Failure;
use crate::tables::incident::{self, Wanted};
use crate::validation;

pub(super) async fn list(
    app: App,
    tenant: TenantId,
    request: List,
) -> Result<Vec<Incident>, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    let wanted = Wanted {
        limit: validation::limit(request.limit),
        public_only: false,
        since: DateTime::UNIX_EPOCH,
    };
    Ok(incident::list(&mut transaction, wanted).await?)
}

//! What one tenant may have under way at a time, so that its flood slows nobody else.

mod series;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use contract::id::TenantId;
use contract::token::Grant;
use tokio::sync::Semaphore;

pub(crate) use series::Series;

use crate::Limits;

/// Messages of one tenant that wait for their acknowledgement: a quarter of what the connection takes.
pub(crate) const MESSAGES: usize = 256;

/// A tenant as this process knows it.
pub(crate) struct Tenant {
    /// The series it pushes.
    pub(crate) series: Series,
    /// Pushes whose body is read, judged or published.
    pub(crate) pushes: Semaphore,
    /// Pushes that are decoded, one at a time: that work keeps a thread busy and holds an inflated body.
    pub(crate) decoding: Semaphore,
    /// Messages that are being published.
    pub(crate) messages: Semaphore,
}

impl Tenant {
    fn new(max_series: usize, max_pushes: usize) -> Self {
        Self {
            series: Series::new(max_series),
            pushes: Semaphore::new(max_pushes),
            decoding: Semaphore::new(1),
            messages: Semaphore::new(MESSAGES),
        }
    }
}

/// Every tenant that pushed since the process began.
#[derive(Clone, Default)]
pub(crate) struct Tenants(Arc<Mutex<HashMap<TenantId, Arc<Tenant>>>>);

impl Tenants {
    /// The tenant of a token, with the limits its plan has now.
    pub(crate) fn of(&self, grant: &Grant, limits: &Limits) -> Arc<Tenant> {
        let max_series = usize::try_from(grant.plan.active_series).unwrap_or(usize::MAX);
        let mut tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tenant = tenants
            .entry(grant.tenant)
            .or_insert_with(|| Arc::new(Tenant::new(max_series, limits.max_pushes)));
        tenant.series.allow(max_series);
        Arc::clone(tenant)
    }
}

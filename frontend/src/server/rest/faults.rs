//! `GET /tenants/{tenant}/faults` and `PUT|DELETE /tenants/{tenant}/faults/{kind}`

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use contract::fault::{Fault, Kind, Settings};
use contract::id::Region;
use contract::rpc::Error;
use serde::Deserialize;
use service::problem::ProblemResponse;
use utoipa::ToSchema;

use crate::server::extract::Body;
use crate::server::member::Member;
use crate::server::{Site, faults};

/// How hard a fault strikes, whom, and for how long. What is left out is as the kind has it; what the kind does not know is refused.
#[derive(Deserialize, ToSchema)]
#[schema(as = FaultForm)]
pub(super) struct Form {
    /// It is off again by itself after so many minutes.
    #[schema(minimum = 1, maximum = 60)]
    lasts_min: i64,
    ms: Option<i64>,
    #[schema(minimum = 0, maximum = 1)]
    share: Option<f64>,
    kib: Option<u32>,
    region: Option<Region>,
    service: Option<String>,
}

/// List faults
///
/// Those that are on. In the tenant `overseer` of a test-bed alone; nothing else can be broken.
#[utoipa::path(
    get,
    path = "/faults",
    operation_id = "list_faults",
    tag = "system",
    responses((status = 200, description = "Faults that are on.", body = Vec<Fault>)),
)]
pub(super) async fn list(
    member: Member,
    State(site): State<Site>,
) -> Result<Json<Vec<Fault>>, ProblemResponse> {
    faults::switches(&site, member.tenant())?;
    Ok(Json(site.bus.faults().all()))
}

/// Switch a fault on
///
/// Or anew, where it is on already.
#[utoipa::path(
    put,
    path = "/faults/{kind}",
    operation_id = "set_fault",
    tag = "system",
    params(("kind" = inline(Kind), Path, description = "What is broken.")),
    request_body(content = Form, example = json!({"lasts_min": 5, "ms": 200, "share": 0.5})),
    responses((status = 200, description = "Faults that are on.", body = Vec<Fault>)),
)]
pub(super) async fn set(
    member: Member,
    State(site): State<Site>,
    Path((_, kind)): Path<(String, String)>,
    Body(form): Body<Form>,
) -> Result<Json<Vec<Fault>>, ProblemResponse> {
    let switches = faults::switches(&site, member.tenant())?;
    let kind = known(&kind)?;
    let settings = form.settings(kind)?;
    let on = faults::set(&switches, kind, settings, form.lasts_min).await?;
    Ok(Json(on))
}

/// Switch a fault off
///
/// Also one that is not on.
#[utoipa::path(
    delete,
    path = "/faults/{kind}",
    operation_id = "clear_fault",
    tag = "system",
    params(("kind" = inline(Kind), Path, description = "What is mended.")),
    responses((status = 204, description = "It is off.")),
)]
pub(super) async fn clear(
    member: Member,
    State(site): State<Site>,
    Path((_, kind)): Path<(String, String)>,
) -> Result<StatusCode, ProblemResponse> {
    let switches = faults::switches(&site, member.tenant())?;
    faults::clear(&switches, known(&kind)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Form {
    fn settings(&self, kind: Kind) -> Result<Settings, Error> {
        let given = [
            ("ms", self.ms.map(|it| it.to_string())),
            ("share", self.share.map(|it| it.to_string())),
            ("kib", self.kib.map(|it| it.to_string())),
            ("region", self.region.as_ref().map(Region::to_string)),
            ("service", self.service.clone()),
        ];
        let mut settings = Settings::of(kind);
        for (name, value) in given {
            let Some(value) = value else { continue };
            settings
                .set(kind, name, &value)
                .map_err(|error| Error::invalid(name, error.to_string()))?;
        }
        Ok(settings)
    }
}

fn known(kind: &str) -> Result<Kind, Error> {
    kind.parse().map_err(|_| Error::not_found("fault"))
}

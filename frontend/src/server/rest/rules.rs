//! `GET|POST /tenants/{tenant}/rules` and `POST /tenants/{tenant}/rules/backtest`

use axum::Json;
use axum::http::StatusCode;
use contract::rule::{Backtest, Backtested, Create, List, Rule, Spec};
use serde::Deserialize;
use service::problem::ProblemResponse;

use crate::server::bearer::{Editor, Viewer};
use crate::server::extract::Body;

/// In the order of their names.
pub(super) async fn list(Viewer(member): Viewer) -> Result<Json<Vec<Rule>>, ProblemResponse> {
    Ok(Json(member.ask(List {}).await?))
}

pub(super) async fn create(
    Editor(member): Editor,
    Body(spec): Body<Spec>,
) -> Result<(StatusCode, Json<Rule>), ProblemResponse> {
    let rule = member.ask(Create { spec }).await?;
    Ok((StatusCode::CREATED, Json(rule)))
}

/// A rule that is not saved, and the time it is tried against.
#[derive(Deserialize)]
pub(super) struct Trial {
    rule: Spec,
    /// Unix milliseconds; 24 hours before `to` where absent.
    from: Option<i64>,
    /// Unix milliseconds; now where absent.
    to: Option<i64>,
}

/// When would it have fired?
pub(super) async fn backtest(
    Viewer(member): Viewer,
    Body(trial): Body<Trial>,
) -> Result<Json<Backtested>, ProblemResponse> {
    let to_ms = trial.to.unwrap_or(service::now().timestamp_millis());
    let request = Backtest {
        spec: trial.rule,
        from_ms: trial.from.unwrap_or(i64::MIN),
        to_ms,
    };
    Ok(Json(member.ask(request).await?))
}

//! A stream of samples, one JSON object a line. It is taken piece by piece, so it may hold any number of them.

mod pieces;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use service::problem::ProblemResponse;

use super::json;
use crate::State;
use crate::inflate::Encoding;
use crate::intake::Intake;
use crate::judge::{Judge, Verdict};
use pieces::Pieces;

pub(crate) async fn push(state: State, request: Request) -> Response {
    let (mut told, mut total) = (HeaderMap::new(), Verdict::default());
    let outcome = take(&state, request, &mut total, &mut told).await;
    state.metrics.count("ndjson", &total);
    let answer = match outcome {
        Ok(()) => json::taken(total),
        Err(problem) => Err(say_how_far(problem, &total)),
    };
    let mut response = answer.into_response();
    response.headers_mut().extend(told);
    response
}

async fn take(
    state: &State,
    request: Request,
    total: &mut Verdict,
    told: &mut HeaderMap,
) -> Result<(), ProblemResponse> {
    let (parts, body) = request.into_parts();
    let intake = Intake::begin(state, &parts, told)?;
    let encoding = Encoding::of(&parts.headers, Encoding::USUAL)?;
    let _place = intake.place()?;
    let mut pieces = Pieces::of(body, encoding, state.limits).await?;
    let mut number = 0;
    while let Some(piece) = pieces.next().await? {
        let read = move |judge: &mut Judge| read(&piece, judge);
        let (judged, ()) = intake.judge(number, read).await?;
        // What is left of the rate was told at the beginning; in between it changes.
        let verdict = intake.publish(judged, &mut HeaderMap::new()).await?;
        add(total, verdict);
        number += 1;
    }
    Ok(())
}

/// Judges whole lines.
pub(crate) fn read(piece: &[u8], judge: &mut Judge) -> Result<(), ProblemResponse> {
    piece
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty())
        .try_for_each(|line| json::judge_sample(line, judge))
}

fn add(total: &mut Verdict, piece: Verdict) {
    let before = total.accepted + total.rejected.len();
    total.accepted += piece.accepted;
    total
        .rejected
        .extend(piece.rejected.into_iter().map(|mut rejected| {
            rejected.index += before;
            rejected
        }));
}

/// A stream that breaks off was taken up to there, and says so.
fn say_how_far(problem: ProblemResponse, total: &Verdict) -> ProblemResponse {
    let read = total.accepted + total.rejected.len();
    if read == 0 {
        return problem;
    }
    let detail = format!(
        "the first {read} lines were taken before, {} of them rejected: go on behind them",
        total.rejected.len()
    );
    problem.detail(detail)
}

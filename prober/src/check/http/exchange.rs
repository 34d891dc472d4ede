//! Request and answer on an open stream, with every size bounded.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use contract::probe::Reason;
use http::header::{self, HeaderMap};
use http::{Response, StatusCode, Version};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::rt::Executor;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;

use super::request::Request;
use super::{Terms, coding, redirect};
use crate::check::Failure;
use crate::check::clock::Laps;
use crate::check::hop::Hop;
use crate::check::meter::{FirstByte, Metered};

/// The longest head of an answer, in bytes and in headers; hyper keeps as many without an allocation.
const MAX_HEAD_BYTES: u32 = 64 * 1024;
const MAX_HEADERS: usize = 100;

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// As much as was asked for; `None` if nothing was.
    pub(super) body: Option<Vec<u8>>,
    /// The body goes on after that.
    pub(super) truncated: bool,
}

impl Answer {
    pub(super) fn content_length(&self) -> Option<u64> {
        let length = self.headers.get(header::CONTENT_LENGTH)?;
        length.to_str().ok()?.parse().ok()
    }
}

/// Sends the request and reads the answer, and notes both phases.
pub(super) async fn run<S>(
    terms: &Terms<'_>,
    stream: S,
    request: &Request,
    version: Version,
    hop: &mut Hop,
    laps: &mut Laps,
) -> Result<Answer, Failure>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (stream, first_byte) = Metered::new(stream);
    let message = request.for_version(version)?;
    let io = TokioIo::new(stream);
    if version == Version::HTTP_2 {
        // Tasks of the connection end with it, also when the server never lets go.
        let tasks = Tasks::default();
        let handshake = http2::Builder::new(tasks.clone())
            .max_header_list_size(MAX_HEAD_BYTES)
            .handshake(io);
        let (mut sender, connection) = terms
            .look
            .budget
            .within("first byte", failing(handshake))
            .await?;
        let answer = async { sender.send_request(message).await };
        let conversation = converse(terms, answer, None, hop, laps);
        return alongside(connection, conversation).await;
    }
    let handshake = http1::Builder::new()
        .max_buf_size(MAX_HEAD_BYTES as usize)
        .handshake(io);
    let (mut sender, connection) = terms
        .look
        .budget
        .within("first byte", failing(handshake))
        .await?;
    let answer = async { sender.send_request(message).await };
    let conversation = converse(terms, answer, Some(first_byte), hop, laps);
    alongside(connection, conversation).await
}

/// `first_byte` is the meter where the first byte that is read belongs to the answer. In HTTP/2 the server's settings come
/// first, so there the answer's head counts.
async fn converse(
    terms: &Terms<'_>,
    answer: impl Future<Output = hyper::Result<Response<Incoming>>>,
    first_byte: Option<FirstByte>,
    hop: &mut Hop,
    laps: &mut Laps,
) -> Result<Answer, Failure> {
    let head = async {
        terms.look.travel().await;
        failing(answer).await
    };
    let head = terms.look.budget.within("first byte", head).await;
    let noted = first_byte.and_then(|first_byte| first_byte.at());
    hop.phases.first_byte = Some(laps.lap_at(noted.unwrap_or_else(Instant::now)));
    let transfer = async {
        let response = head?;
        hop.status = Some(response.status().as_u16());
        hop.protocol = Some(protocol(response.version()));
        let (head, body) = response.into_parts();
        let leads_on = terms.follow_redirects && redirect::leads_on(head.status, &head.headers);
        let limit = terms.body_limit.filter(|_| !leads_on);
        let (body, truncated) = match limit {
            Some(limit) => terms.look.budget.within("body", read(body, limit)).await?,
            None => (None, false),
        };
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body,
            truncated,
        })
    };
    let answer = transfer.await;
    if answer.is_ok() || noted.is_some() || hop.status.is_some() {
        hop.phases.transfer = Some(laps.lap());
    }
    answer.map(|answer| decoded(answer, terms.body_limit))
}

/// After the clock was stopped: taking a body apart is no time of the target's.
fn decoded(mut answer: Answer, limit: Option<usize>) -> Answer {
    let coding = answer.headers.get(header::CONTENT_ENCODING);
    let coding = coding.and_then(|coding| coding.to_str().ok());
    if let (Some(coding), Some(limit), Some(body)) = (coding, limit, &answer.body)
        && let Some((decoded, is_whole)) = coding::decode(coding, body, limit)
    {
        answer.body = Some(decoded);
        answer.truncated |= !is_whole;
    }
    answer
}

fn protocol(version: Version) -> String {
    match version {
        Version::HTTP_2 => "HTTP/2".to_owned(),
        other => format!("{other:?}"),
    }
}

async fn read(mut body: Incoming, limit: usize) -> Result<(Option<Vec<u8>>, bool), Failure> {
    let mut bytes = Vec::new();
    while let Some(frame) = failing(async { body.frame().await.transpose() }).await? {
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let room = limit - bytes.len();
        bytes.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            return Ok((Some(bytes), true));
        }
    }
    Ok((Some(bytes), false))
}

/// Keeps the connection going while the conversation lasts, and not a moment longer.
async fn alongside<T>(
    connection: impl Future<Output = hyper::Result<()>>,
    conversation: impl Future<Output = T>,
) -> T {
    let mut conversation = pin!(conversation);
    tokio::select! {
        biased;
        outcome = &mut conversation => outcome,
        // Whatever ended the connection, the conversation hears of it in its own words.
        _ = connection => conversation.await,
    }
}

async fn failing<T>(work: impl Future<Output = hyper::Result<T>>) -> Result<T, Failure> {
    work.await
        .map_err(|error| Failure::new(Reason::ConnectionError, words(&error)))
}

fn words(error: &hyper::Error) -> String {
    if error.is_incomplete_message() || error.is_closed() {
        return "the server closed the connection before its answer was complete".to_owned();
    }
    if error.is_parse_too_large() {
        return format!(
            "the head of the answer is longer than {MAX_HEAD_BYTES} bytes or {MAX_HEADERS} headers"
        );
    }
    if error.is_parse() {
        return format!("the answer is not HTTP: {error}");
    }
    let cause =
        std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    format!("the connection broke: {cause}")
}

/// Where HTTP/2 keeps its background work. All of it is aborted when the last handle is gone.
#[derive(Clone, Default)]
struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl<F> Executor<F> for Tasks
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, work: F) {
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.spawn(async move {
            work.await;
        });
    }
}

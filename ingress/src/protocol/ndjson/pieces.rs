//! Whole lines of a body, as many as are judged at a time. Where they are cut depends on the body alone, and not on how it
//! arrives, so that a repeated push is cut alike.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::StatusCode;
use contract::problem::FieldError;
use futures_util::StreamExt;
use service::problem::ProblemResponse;
use tokio::time::{Instant, timeout_at};

use crate::inflate::Encoding;
use crate::{Limits, body};

/// About this much is judged at a time. A line is never longer.
const PIECE_BYTES: usize = 256 << 10;

pub(super) struct Pieces {
    stream: Option<BodyDataStream>,
    deadline: Instant,
    limits: Limits,
    /// What arrived and was not handed out.
    buffer: Vec<u8>,
    arrived_bytes: usize,
}

impl Pieces {
    /// What is encoded is read to its end first; plain text is not.
    pub(super) async fn of(
        body: Body,
        encoding: Encoding,
        limits: Limits,
    ) -> Result<Self, ProblemResponse> {
        let mut pieces = Self {
            stream: None,
            deadline: Instant::now() + Duration::from_secs(limits.max_body_s),
            limits,
            buffer: Vec::new(),
            arrived_bytes: 0,
        };
        if encoding == Encoding::Identity {
            pieces.stream = Some(body.into_data_stream());
        } else {
            let body = body::read(body, &limits).await?;
            pieces.buffer = encoding.inflate(&body, limits.max_inflated_bytes)?;
        }
        Ok(pieces)
    }

    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, ProblemResponse> {
        while self.buffer.len() < PIECE_BYTES && self.arrive().await? {}
        if self.buffer.is_empty() {
            return Ok(None);
        }
        let end = self.end_of_piece()?;
        let rest = self.buffer.split_off(end);
        Ok(Some(std::mem::replace(&mut self.buffer, rest)))
    }

    /// Waits for more; false at the end of the body.
    async fn arrive(&mut self) -> Result<bool, ProblemResponse> {
        let Some(stream) = &mut self.stream else {
            return Ok(false);
        };
        let late = |_| body::too_slow(self.limits.max_body_s);
        match timeout_at(self.deadline, stream.next())
            .await
            .map_err(late)?
        {
            None => {
                self.stream = None;
                Ok(false)
            }
            Some(Err(_)) => Err(body::broken_off()),
            Some(Ok(bytes)) => {
                self.arrived_bytes += bytes.len();
                if self.arrived_bytes > self.limits.max_inflated_bytes {
                    return Err(body::too_large(self.limits.max_inflated_bytes));
                }
                self.buffer.extend_from_slice(&bytes);
                Ok(true)
            }
        }
    }

    /// Behind the last line that fits.
    fn end_of_piece(&self) -> Result<usize, ProblemResponse> {
        let piece = &self.buffer[..self.buffer.len().min(PIECE_BYTES)];
        let ends = piece
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'\n')
            .map(|(at, _)| at + 1)
            .take(self.limits.max_samples)
            .enumerate();
        match ends.last() {
            Some((line, end)) if line + 1 == self.limits.max_samples => Ok(end),
            _ if self.buffer.len() <= PIECE_BYTES && self.stream.is_none() => Ok(piece.len()),
            Some((_, end)) => Ok(end),
            None => Err(ProblemResponse::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "a line is too long",
            )
            .errors(vec![FieldError::new(
                "body",
                format!("a line may have at most {PIECE_BYTES} bytes"),
            )])),
        }
    }
}

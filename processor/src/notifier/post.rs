//! Posting JSON to where a channel leads: what all kinds that speak HTTP share.

use std::time::Instant;

use anyhow::Context as _;
use contract::address::Filter;
use contract::header;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, Url};
use serde::Serialize;

use super::attempt::{Attempt, judge, judge_error, timed_out};
use super::dial;

/// As much of an answer's body is read, and of that as many characters told.
const READ_BYTES: usize = 4_096;
const TOLD_CHARS: usize = 200;

/// The client of all kinds, and the filter of the addresses it may dial.
pub(super) struct Post {
    http: service::HttpClient,
    pub(super) filter: Filter,
}

impl Post {
    pub(super) fn new(allow: &[String]) -> anyhow::Result<Self> {
        let filter = dial::filter(allow)?;
        Ok(Self {
            http: dial::client(&filter)?,
            filter,
        })
    }

    /// One POST of JSON.
    pub(super) async fn json(
        &self,
        url: &str,
        headers: &[(&'static str, &str)],
        body: &impl Serialize,
    ) -> Attempt {
        match serde_json::to_vec(body).context("the message") {
            Ok(body) => self.bytes(url, headers, body).await,
            Err(error) => Attempt::Refused(error.to_string()),
        }
    }

    /// One POST of what is JSON already.
    pub(super) async fn bytes(
        &self,
        url: &str,
        headers: &[(&'static str, &str)],
        body: Vec<u8>,
    ) -> Attempt {
        let Ok(url) = url.parse::<Url>() else {
            return Attempt::Refused("the channel's URL cannot be read".to_owned());
        };
        if let Err(reason) = dial::judge(&self.filter, &url) {
            return Attempt::Refused(reason);
        }
        let begun = Instant::now();
        let mut request = self
            .http
            .post(url.as_str())
            .header(CONTENT_TYPE, header::JSON)
            .body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = match request.build() {
            Ok(request) => self.http.execute(request).await,
            Err(error) => Err(error),
        };
        let took_ms = begun.elapsed().as_millis();
        match answer {
            Ok(response) => {
                let (status, headers) = (response.status(), response.headers().clone());
                let said = if status.is_success() {
                    String::new()
                } else {
                    told(response).await
                };
                judge(status, &headers, &said, took_ms)
            }
            Err(error) if error.is_timeout() => timed_out(),
            Err(error) => judge_error(&error, took_ms),
        }
    }
}

/// How the body of an answer begins, on one line. A body that breaks off has said what it said.
async fn told(mut response: Response) -> String {
    let mut read = Vec::new();
    while read.len() < READ_BYTES {
        match response.chunk().await {
            Ok(Some(chunk)) => read.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    read.truncate(READ_BYTES);
    let text = String::from_utf8_lossy(&read);
    let words: Vec<&str> = text.split_whitespace().collect();
    super::text::shorten(&words.join(" "), TOLD_CHARS)
}

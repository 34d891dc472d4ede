//! What is sent to a hop.

use bytes::Bytes;
use contract::monitor::check::http::{Auth, Http};
use contract::probe::Reason;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Uri, Version};
use http_body_util::Full;
use url::Url;

use crate::check::Failure;

const USER_AGENT: &str = concat!("overseer-prober/", env!("CARGO_PKG_VERSION"));
/// The connection's own affairs, which no monitor can decide.
const HOP_BY_HOP: [HeaderName; 6] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// A request that can be sent to its URL, over whichever protocol the server chooses.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) url: Url,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// The target is told of our trace.
    pub(super) propagate_trace: bool,
}

impl Request {
    pub(super) fn of(settings: &Http) -> Result<Self, Failure> {
        let mut url = Url::parse(&settings.target)
            .map_err(|error| Failure::unusable(format!("the target is not a URL: {error}")))?;
        let method = settings
            .method
            .parse()
            .map_err(|_| Failure::unusable(format!("{} is not a method", settings.method)))?;
        let mut headers = HeaderMap::from_iter([
            (header::ACCEPT, HeaderValue::from_static("*/*")),
            (header::USER_AGENT, HeaderValue::from_static(USER_AGENT)),
        ]);
        let credentials = settings.auth.as_ref().map(authorization);
        if let Some(credentials) = credentials.unwrap_or_else(|| of_url(&url)) {
            headers.insert(header::AUTHORIZATION, credentials);
        }
        hide_credentials(&mut url);
        for (name, value) in &settings.headers {
            let pair = HeaderName::try_from(name)
                .ok()
                .zip(HeaderValue::try_from(value).ok());
            let (name, value) =
                pair.ok_or_else(|| Failure::unusable(format!("the header {name} cannot be sent")))?;
            if !HOP_BY_HOP.contains(&name) {
                headers.insert(name, value);
            }
        }
        Ok(Self {
            url,
            method,
            headers,
            body: settings.body.clone().unwrap_or_default().into(),
            propagate_trace: settings.propagate_trace,
        })
    }

    /// As it is put on the wire.
    pub(super) fn for_version(
        &self,
        version: Version,
    ) -> Result<http::Request<Full<Bytes>>, Failure> {
        let mut headers = self.headers.clone();
        let authority = match headers.remove(header::HOST) {
            Some(host) => String::from_utf8_lossy(host.as_bytes()).into_owned(),
            None => authority(&self.url),
        };
        let path = &self.url[url::Position::BeforePath..url::Position::AfterQuery];
        let mut request = http::Request::builder()
            .method(self.method.clone())
            .version(version);
        if version == Version::HTTP_2 {
            let uri = Uri::builder()
                .scheme(self.url.scheme())
                .authority(authority)
                .path_and_query(path)
                .build();
            request = request.uri(uri.map_err(|error| unsendable(&error))?);
        } else {
            request = request
                .uri(path)
                .header(header::HOST, authority)
                .header(header::CONNECTION, "close");
        }
        let mut request = request
            .body(Full::new(self.body.clone()))
            .map_err(|error| unsendable(&error))?;
        request.headers_mut().extend(headers);
        Ok(request)
    }
}

/// Host and, where it is not the scheme's own, port.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn authorization(auth: &Auth) -> Option<HeaderValue> {
    match auth {
        Auth::Basic { username, password } => basic(username.as_bytes(), password.as_bytes()),
        Auth::Bearer { token } => sensitive(format!("Bearer {token}")),
    }
}

fn of_url(url: &Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let password = url.password().unwrap_or_default();
    basic(&percent_decode(url.username()), &percent_decode(password))
}

fn basic(username: &[u8], password: &[u8]) -> Option<HeaderValue> {
    use base64::Engine as _;
    let pair = [username, b":", password].concat();
    let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
    sensitive(format!("Basic {encoded}"))
}

fn sensitive(text: String) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn percent_decode(text: &str) -> Vec<u8> {
    percent_encoding::percent_decode_str(text).collect()
}

/// They are sent as a header and must not show up in results or spans.
pub(super) fn hide_credentials(url: &mut Url) {
    // Fails only for URLs without a host, which have no credentials either.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

fn unsendable(error: &http::Error) -> Failure {
    Failure::new(
        Reason::ConnectionError,
        format!("the request cannot be sent: {error}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(json: serde_json::Value) -> Request {
        let check: Http = serde_json::from_value(json).expect("a check");
        Request::of(&check).expect("a request")
    }

    #[test]
    fn credentials_become_a_header_and_leave_the_url() {
        let request =
            request(serde_json::json!({"target": "https://a%40b:s%3Ae@example.com/x?y=1#z"}));
        assert_eq!(request.url.as_str(), "https://example.com/x?y=1#z");
        assert_eq!(request.headers[header::AUTHORIZATION], "Basic YUBiOnM6ZQ==");
    }

    #[test]
    fn each_version_says_in_its_own_way_where_the_request_goes() {
        let request = request(serde_json::json!({"target": "https://example.com:8443/x?y=1#z"}));
        let one = request.for_version(Version::HTTP_11).expect("a request");
        assert_eq!(one.uri(), "/x?y=1");
        assert_eq!(one.headers()[header::HOST], "example.com:8443");
        let two = request.for_version(Version::HTTP_2).expect("a request");
        assert_eq!(two.uri(), "https://example.com:8443/x?y=1");
        assert!(!two.headers().contains_key(header::HOST));
    }

    #[test]
    fn a_monitor_can_replace_our_headers_but_not_the_connections() {
        let request = request(serde_json::json!({
            "target": "http://192.0.2.1/",
            "headers": {"Host": "example.com", "user-agent": "me", "Transfer-Encoding": "chunked", "Connection": "upgrade"},
        }));
        let one = request.for_version(Version::HTTP_11).expect("a request");
        assert_eq!(one.headers()[header::HOST], "example.com");
        assert_eq!(one.headers()[header::USER_AGENT], "me");
        assert_eq!(one.headers()[header::CONNECTION], "close");
        assert!(!one.headers().contains_key(header::TRANSFER_ENCODING));
    }
}

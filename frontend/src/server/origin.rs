//! Where this site is for the one who asks: for commands that come back to it.

use axum::http::header::HOST;
use axum::http::{HeaderMap, uri::Authority};
use contract::rpc::Error;

/// Such as `https://status.example.org`. The text ends up in a shell, so a name with anything unusual in it is refused.
pub(crate) fn of(headers: &HeaderMap, secure: bool) -> Result<String, Error> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let usual = |b: u8| b.is_ascii_alphanumeric() || b".-:[]".contains(&b);
    let host = host.filter(|host| host.bytes().all(usual) && host.parse::<Authority>().is_ok());
    let host = host.ok_or_else(|| Error::invalid("host", "the Host header is no host name"))?;
    let scheme = if secure { "https" } else { "http" };
    Ok(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_host_cannot_smuggle_a_command() {
        let of_host = |host| {
            of(
                &HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))]),
                true,
            )
        };
        assert_eq!(
            of_host("a.example:8443").as_deref(),
            Ok("https://a.example:8443")
        );
        assert_eq!(of_host("[::1]:80").as_deref(), Ok("https://[::1]:80"));
        for hostile in ["a;rm", "$(id)", "a'b", "a b", ""] {
            assert!(of_host(hostile).is_err(), "{hostile}");
        }
        assert!(of(&HeaderMap::new(), false).is_err());
    }
}

//! An HTTP client for tests: no proxy, no redirects, a bounded time.

use std::sync::OnceLock;
use std::time::Duration;

const LONGEST_ANSWER: Duration = Duration::from_secs(30);

/// A client of the test's own. It speaks plain HTTP to loopback and follows no redirects.
pub fn client() -> reqwest::Client {
    install_crypto();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(LONGEST_ANSWER)
        .build()
        .expect("the client has no configuration that could be wrong")
}

/// Makes `ring` the process's TLS implementation, once.
pub(crate) fn install_crypto() {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        // Somebody else, such as the service under test, may have been first: it is the same provider.
        drop(rustls::crypto::ring::default_provider().install_default());
    });
}

//! An HTTP client for tests: no proxy, no redirects, a bounded time.

use std::sync::OnceLock;
use std::time::Duration;

const LONGEST_ANSWER: Duration = Duration::from_secs(30);

/// A client for plain HTTP to loopback that follows no redirects. Each request has a connection of its own.
pub fn client() -> reqwest::Client {
    // Made once: reading the system's certificates takes longer than most requests. Connections belong to the runtime of
    // one test and are not kept, so that tests of one process can share it.
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT.get_or_init(make).clone()
}

fn make() -> reqwest::Client {
    install_crypto();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(LONGEST_ANSWER)
        .pool_max_idle_per_host(0)
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

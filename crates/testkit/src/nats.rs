//! A private nats-server with the users of a deployment.

use std::time::Duration;

use bus::Bus;
use contract::access;
use contract::id::Region;
use nix::sys::signal::Signal;
use preview_envs::server::nats;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::ending;
use crate::eventually::eventually;
use crate::home::Home;

const RESTART: Duration = Duration::from_secs(30);
const CONVERSATION: Duration = Duration::from_secs(10);

/// The regions of a test's deployment.
pub const REGIONS: [&str; 3] = ["eu-central", "us-east", "ap-south"];

/// A nats-server of one test. It is killed, and its folder removed, when dropped.
pub struct Nats {
    server: Option<nats::Server>,
    options: nats::Options,
    // Last: removed after the server has ended.
    _home: Home,
}

/// Starts a nats-server whose users are those of [`REGIONS`]. It holds no streams yet: see [`Nats::provision`].
pub async fn nats() -> Nats {
    nats_in(regions()).await
}

/// As [`nats`], with probers in these regions.
pub async fn nats_in(regions: Vec<Region>) -> Nats {
    let home = Home::new("nats");
    let mut options = nats::Options::new(home.path(), regions);
    let server = nats::Server::start(&options)
        .await
        .expect("a nats-server starts");
    options.ports = Some(server.ports());
    Nats {
        server: Some(server),
        options,
        _home: home,
    }
}

/// [`REGIONS`], parsed.
pub fn regions() -> Vec<Region> {
    REGIONS
        .map(|region| region.parse().expect("a region's name"))
        .to_vec()
}

impl Nats {
    pub fn url(&self) -> String {
        self.server().url()
    }

    pub fn pid(&self) -> u32 {
        self.server().pid()
    }

    /// The monitoring endpoint, such as `http://127.0.0.1:8222`.
    pub fn monitor_url(&self) -> String {
        self.server().monitor_url()
    }

    pub fn password(&self, user: &str) -> String {
        let password = self.server().password(user);
        password.expect("a user of contract::access").to_owned()
    }

    /// What a service needs to connect as `user`.
    pub fn args(&self, user: &str) -> bus::Args {
        bus::Args {
            nats_url: self.url(),
            nats_password: self.password(user),
            test_bed: true,
        }
    }

    /// A connection as `user`, a name from [`contract::access`].
    pub async fn bus(&self, user: &'static str, stop: &CancellationToken) -> Bus {
        Bus::connect(&self.args(user), user, stop)
            .await
            .expect("the server takes its users")
            .expect("not told to stop")
    }

    /// Creates all streams, durables and buckets, as the deploy step does.
    pub async fn provision(&self) {
        let deployer = self.bus(access::DEPLOYER, &CancellationToken::new()).await;
        bus::provision(&deployer, &self.options.regions, 1)
            .await
            .expect("the deployer may provision");
    }

    /// Ends the server in good order.
    pub async fn stop(&mut self) {
        let server = self.server.take().expect("the server runs");
        server.stop().await.expect("the server ends");
    }

    /// Ends the server as a crash would.
    pub fn kill(&mut self) {
        let server = self.server.take().expect("the server runs");
        ending::end(server.into_process(), Signal::SIGKILL);
    }

    /// Starts the server again: same ports, same users, same streams.
    pub async fn start(&mut self) {
        assert!(self.server.is_none(), "the server runs already");
        let server = eventually(RESTART, || nats::Server::start(&self.options)).await;
        self.server = Some(server);
    }

    /// What the server says to a client that signs in as `user` and sends these protocol lines, such as
    /// `PUB overseer.v1.x 0\r\n\r\n`.
    pub async fn say(&self, user: &str, lines: &str) -> String {
        say(&self.url(), user, &self.password(user), lines).await
    }

    fn server(&self) -> &nats::Server {
        self.server.as_ref().expect("the server runs")
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            ending::end(server.into_process(), Signal::SIGKILL);
        }
    }
}

/// What the nats-server at `url` says to a client that signs in as `user` and sends these protocol lines.
pub async fn say(url: &str, user: &str, password: &str, lines: &str) -> String {
    let address = url.strip_prefix("nats://").expect("a NATS URL");
    let hello =
        serde_json::json!({"user": user, "pass": password, "verbose": false, "headers": true});
    let conversation = async {
        let mut connection = TcpStream::connect(address).await?;
        let sent = format!("CONNECT {hello}\r\n{lines}PING\r\n");
        connection.write_all(sent.as_bytes()).await?;
        let mut said = Vec::new();
        while !said.windows(4).any(|part| part == b"PONG") {
            if connection.read_buf(&mut said).await? == 0 {
                break;
            }
        }
        std::io::Result::Ok(String::from_utf8_lossy(&said).into_owned())
    };
    tokio::time::timeout(CONVERSATION, conversation)
        .await
        .expect("the server answers a PING")
        .expect("the server can be reached")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http;

    #[tokio::test]
    async fn what_is_provisioned_survives_a_crash() {
        let mut nats = nats().await;
        nats.provision().await;
        let url = nats.url();
        nats.kill();
        nats.start().await;
        assert_eq!(nats.url(), url);
        let jsz = format!("{}/jsz", nats.monitor_url());
        let state: serde_json::Value = eventually(RESTART, || async {
            http::client().get(&jsz).send().await?.json().await
        })
        .await;
        let expected = contract::stream::ALL.len() + contract::stream::BUCKETS.len();
        assert_eq!(state["streams"], expected, "{state:#}");
    }

    #[tokio::test]
    async fn a_user_may_not_do_what_contract_does_not_list() {
        let nats = nats().await;
        let said = nats
            .say(access::INGRESS, "PUB overseer.v1.strange 0\r\n\r\n")
            .await;
        assert!(said.contains("Permissions Violation"), "{said}");
    }
}

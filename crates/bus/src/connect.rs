//! Connecting, and staying connected.

use std::sync::Arc;
use std::time::Duration;

use async_nats::ConnectErrorKind;
use async_nats::connection::State;
use async_nats::jetstream;
use contract::access;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::faults::Faults;
use crate::lag::Lag;
use crate::metrics::{self, Metrics};

const RETRY: Duration = Duration::from_secs(1);

/// How to reach the NATS server.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Args {
    /// The NATS server, or several separated by commas.
    #[arg(
        long,
        env = "OVERSEER_NATS_URL",
        default_value = "nats://127.0.0.1:4222"
    )]
    pub nats_url: String,
    /// The password of this service's NATS user.
    #[arg(long, env = "OVERSEER_NATS_PASSWORD", hide_env_values = true)]
    pub nats_password: String,
    /// Obeys the switches of the bucket `faults`, for people who want to see what the system makes of faults. Not for production.
    #[arg(long, env = "OVERSEER_TEST_BED")]
    pub test_bed: bool,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the NATS server at {url} refuses the user `{user}`: check OVERSEER_NATS_PASSWORD")]
    Refused { url: String, user: &'static str },
}

/// A connection as one service's user. Cheap to clone.
#[derive(Clone)]
pub struct Bus {
    pub(crate) client: async_nats::Client,
    pub(crate) jetstream: jetstream::Context,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) faults: Faults,
    pub(crate) lag: Lag,
    pub(crate) test_bed: bool,
    connected: watch::Receiver<bool>,
}

impl Bus {
    /// Connects as `user` (a name from [`contract::access`]). Waits for the server for as long as it takes and says so, or until told
    /// to stop: then there is none. Afterwards it reconnects by itself, for ever.
    pub async fn connect(
        args: &Args,
        user: &'static str,
        stop: &CancellationToken,
    ) -> Result<Option<Self>, Error> {
        loop {
            let (report, connected) = watch::channel(true);
            let attempt = tokio::select! {
                attempt = options(args, user, report).connect(addresses(args)) => attempt,
                () = stop.cancelled() => return Ok(None),
            };
            match attempt {
                Ok(client) => {
                    tracing::info!(nats.url = args.nats_url, "connected to NATS");
                    return Ok(Some(Self::new(client, args, user, connected)));
                }
                Err(error)
                    if matches!(
                        error.kind(),
                        ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication
                    ) =>
                {
                    return Err(Error::Refused {
                        url: args.nats_url.clone(),
                        user,
                    });
                }
                Err(error) => {
                    tracing::warn!(nats.url = args.nats_url, %error, "waiting for the NATS server; trying again in 1 s");
                }
            }
            tokio::select! {
                () = tokio::time::sleep(RETRY) => {}
                () = stop.cancelled() => return Ok(None),
            }
        }
    }

    /// Whether the server can be reached at this moment.
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// Whether faults are obeyed here.
    pub fn is_test_bed(&self) -> bool {
        self.test_bed
    }

    /// Reports whether the server can be reached, and what to say where it cannot, now and whenever that changes, until told
    /// to stop.
    pub async fn follow_connection(self, stop: CancellationToken, report: impl Fn(bool, &str)) {
        let mut connected = self.connected.clone();
        loop {
            report(*connected.borrow_and_update(), "the NATS server is away");
            tokio::select! {
                changed = connected.changed() => if changed.is_err() { return },
                () = stop.cancelled() => return,
            }
        }
    }

    /// What a connection does beside its work, until told to stop: measures how far the durables lag that this process reads,
    /// and learns of faults, in a test-bed.
    pub async fn attend(self, stop: CancellationToken) {
        tokio::join!(self.lag.follow(&self, &stop), self.follow_faults(&stop));
    }

    /// Sends what is still buffered. For the end of a process.
    pub async fn flush(&self) {
        if let Err(error) = self.client.flush().await {
            tracing::warn!(%error, "could not flush the NATS connection");
        }
    }

    fn new(
        client: async_nats::Client,
        args: &Args,
        user: &'static str,
        connected: watch::Receiver<bool>,
    ) -> Self {
        let jetstream = jetstream::context::ContextBuilder::new()
            .ack_timeout(Duration::from_secs(5))
            .max_ack_inflight(1_024)
            .backpressure_on_inflight(true)
            .build(client.clone());
        Self {
            client,
            jetstream,
            metrics: Arc::new(Metrics::new()),
            faults: Faults::observed(&metrics::meter(), user),
            lag: Lag::new(&metrics::meter()),
            test_bed: args.test_bed,
            connected,
        }
    }
}

fn options(
    args: &Args,
    user: &'static str,
    report: watch::Sender<bool>,
) -> async_nats::ConnectOptions {
    async_nats::ConnectOptions::with_user_and_password(user.to_owned(), args.nats_password.clone())
        .name(user)
        .custom_inbox_prefix(access::inbox_prefix(user))
        .max_reconnects(None)
        .reconnect_delay_callback(|attempts| {
            RETRY.min(Duration::from_millis(
                50 * u64::try_from(attempts).unwrap_or(u64::MAX).min(20),
            ))
        })
        .event_callback(move |event| {
            match &event {
                async_nats::Event::Connected => _ = report.send_replace(true),
                async_nats::Event::Disconnected => _ = report.send_replace(false),
                _ => {}
            }
            async move { log(&event) }
        })
}

fn log(event: &async_nats::Event) {
    match event {
        async_nats::Event::Connected => tracing::info!("NATS connection is up"),
        async_nats::Event::Disconnected => tracing::warn!("NATS connection is down; reconnecting"),
        other => tracing::warn!(event = %other, "NATS connection"),
    }
}

fn addresses(args: &Args) -> Vec<&str> {
    args.nats_url.split(',').map(str::trim).collect()
}

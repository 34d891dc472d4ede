//! A service running inside a test, as `main` would run it.

use std::net::SocketAddr;
use std::time::Duration;

use service::Context;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing_subscriber::EnvFilter;

const START: Duration = Duration::from_secs(30);
const DRAIN: Duration = Duration::from_secs(30);

/// A service with a runtime of its own, so that it can be drained like a process and killed like one.
///
/// Every one that was started has to be ended with [`Process::stop`] or [`Process::kill`].
pub struct Process {
    ctx: Context,
    runtime: Option<Runtime>,
    serving: Option<JoinHandle<anyhow::Result<()>>>,
}

/// Reads a service's arguments from words of a command line, such as `["--listen", "127.0.0.1:0"]`.
pub fn args<A: clap::Args>(words: &[&str]) -> A {
    #[derive(clap::Parser)]
    struct Command<A: clap::Args> {
        #[command(flatten)]
        args: A,
    }
    let line = ["test"].iter().chain(words);
    match <Command<A> as clap::Parser>::try_parse_from(line) {
        Ok(command) => command.args,
        Err(error) => panic!("{words:?} are no valid arguments: {error}"),
    }
}

impl Process {
    /// Starts `serve(args, context)`, and returns when everything it needs is up.
    pub async fn start<A, F, Fut>(name: &'static str, serve: F, args: A) -> Self
    where
        A: Send + 'static,
        F: FnOnce(A, Context) -> Fut + Send + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let mut process = Self::launch(name, serve, args);
        process.ready().await;
        process
    }

    /// Starts a service without waiting for it: something it needs may still be away.
    pub fn launch<A, F, Fut>(name: &'static str, serve: F, args: A) -> Self
    where
        A: Send + 'static,
        F: FnOnce(A, Context) -> Fut + Send + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        log_to_the_test();
        crate::http::install_crypto();
        let ctx = Context::new(name);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(name)
            .enable_all()
            .build()
            .expect("a runtime starts");
        let of_service = ctx.clone();
        let serving = runtime.spawn(async move {
            let outcome = serve(args, of_service.clone()).await;
            of_service.shutdown.cancel();
            of_service.tasks.close();
            of_service.tasks.wait().await;
            outcome
        });
        Self {
            ctx,
            runtime: Some(runtime),
            serving: Some(serving),
        }
    }

    /// Waits until everything the service needs is up. Panics with its error when it ends instead.
    pub async fn ready(&mut self) {
        let ctx = self.ctx.clone();
        let serving = self.serving.as_mut().expect("the service was not ended");
        let outcome = tokio::select! {
            ready = timeout(START, ctx.all_ready()) => ready.map_err(|_| format!("not ready after {START:?}")),
            ended = serving => Err(format!("ended at once: {ended:?}")),
        };
        if let Err(reason) = outcome {
            self.serving = None;
            panic!("{} is {reason}", self.ctx.name);
        }
    }

    pub fn context(&self) -> &Context {
        &self.ctx
    }

    /// Where it serves HTTP.
    pub fn http(&self) -> SocketAddr {
        self.ctx.http_addr().expect("the service serves HTTP")
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.http())
    }

    /// Drains it as SIGTERM would. Panics when it fails, or is not done in time.
    pub async fn stop(mut self) {
        let name = self.ctx.name;
        self.ctx.shutdown.cancel();
        let serving = self.serving.take().expect("the service was not ended");
        match timeout(DRAIN, serving).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => panic!("{name} ended with an error: {error:#}"),
            Ok(Err(panicked)) => panic!("{name} panicked: {panicked}"),
            Err(late) => panic!("{name} is left over: it was not drained, {late}"),
        }
    }

    /// Ends it as SIGKILL would: everything stops where it waits, nothing is finished or flushed.
    pub fn kill(mut self) {
        self.serving = None;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        assert!(
            self.serving.is_none() || std::thread::panicking(),
            "{} is left over: end it with stop() or kill()",
            self.ctx.name
        );
    }
}

/// Shows warnings, or what `RUST_LOG` asks for, beside the output of a test that fails.
fn log_to_the_test() {
    let filter = EnvFilter::builder()
        .with_default_directive(tracing_subscriber::filter::LevelFilter::WARN.into())
        .from_env_lossy();
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_test_writer()
        .try_init();
    // Set up already by the first service of this test.
    drop(logging);
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn serve(greeting: &'static str, ctx: Context) -> anyhow::Result<()> {
        let router = axum::Router::new().fallback(move || async move { greeting });
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let http = ctx.ready.add("http");
        ctx.serve_http(http, address, router).await
    }

    #[tokio::test]
    async fn a_service_serves_until_it_is_stopped() {
        let process = Process::start("greeter", serve, "hello").await;
        let answer = crate::eventually(START, || async {
            let url = process
                .context()
                .http_addr()
                .map(|it| format!("http://{it}"));
            crate::http::client()
                .get(url.unwrap_or_default())
                .send()
                .await
        });
        assert_eq!(answer.await.text().await.expect("a body"), "hello");
        process.stop().await;
    }

    #[tokio::test]
    #[should_panic(expected = "greeter is left over")]
    async fn a_service_nobody_ended_is_reported() {
        drop(Process::start("greeter", serve, "hello").await);
    }

    #[tokio::test]
    #[should_panic(expected = "the configuration is wrong")]
    async fn the_error_of_a_service_that_cannot_start_is_shown() {
        let fail = |(), _| async { anyhow::bail!("the configuration is wrong") };
        Process::start("failing", fail, ()).await.kill();
    }
}

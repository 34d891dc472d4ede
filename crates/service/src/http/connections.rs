//! Accepting connections, and ending them: the idle, the slow, and at last all.

use std::time::Duration;

use axum::Router;
use axum::serve::{Listener as _, ListenerExt as _};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Until the whole head of a request is there, on a connection that is new or was kept: who sends it byte by byte holds a
/// connection no longer than that.
pub(super) const HEAD_WITHIN: Duration = Duration::from_mins(1);

/// Serves until told to stop, and returns when the last request under way was answered.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    head_within: Duration,
    stop: CancellationToken,
) {
    // Without it a streamed page waits 40 ms for its second packet.
    let mut listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(head_within);
    builder.http2().timer(TokioTimer::new());
    let connections = TaskTracker::new();
    while let Some((stream, _)) = stop.run_until_cancelled(listener.accept()).await {
        let (builder, router, stop) = (builder.clone(), router.clone(), stop.clone());
        connections.spawn(async move { converse(stream, &builder, router, &stop).await });
    }
    connections.close();
    connections.wait().await;
}

async fn converse(
    stream: TcpStream,
    builder: &Builder<TokioExecutor>,
    router: Router,
    stop: &CancellationToken,
) {
    let service = TowerToHyperService::new(router);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let mut ended = stop.run_until_cancelled(connection.as_mut()).await;
    if ended.is_none() {
        connection.as_mut().graceful_shutdown();
        ended = Some(connection.await);
    }
    if let Some(Err(error)) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::Notify;
    use tokio::task::JoinSet;

    use super::*;

    const BRIEF: Duration = Duration::from_millis(200);

    async fn served(router: Router) -> (TcpStream, CancellationToken, JoinSet<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let stop = CancellationToken::new();
        let mut server = JoinSet::new();
        server.spawn(serve(listener, router, BRIEF, stop.clone()));
        let client = TcpStream::connect(address).await.expect("it listens");
        (client, stop, server)
    }

    async fn rest(mut client: TcpStream) -> String {
        let mut text = String::new();
        client.read_to_string(&mut text).await.expect("an end");
        text
    }

    #[tokio::test]
    async fn a_head_that_does_not_end_is_not_waited_for() {
        let (mut client, _stop, _server) = served(Router::new()).await;
        let head = b"GET / HTTP/1.1\r\nhost: a\r\nx-slow: ";
        client.write_all(head).await.expect("sent");
        let answer = rest(client).await;
        assert!(answer.is_empty() || answer.contains(" 408 "), "{answer}");
    }

    #[tokio::test]
    async fn what_is_under_way_is_answered_before_the_end() {
        let begun = Arc::new(Notify::new());
        let begins = Arc::clone(&begun);
        let slow = get(|| async move {
            begins.notify_one();
            tokio::time::sleep(BRIEF).await;
            "done"
        });
        let (mut client, stop, server) = served(Router::new().route("/", slow)).await;
        let request = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";
        client.write_all(request).await.expect("sent");
        begun.notified().await;
        stop.cancel();
        assert!(rest(client).await.ends_with("done"));
        server.join_all().await;
    }
}

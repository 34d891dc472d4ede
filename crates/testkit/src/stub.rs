//! HTTP servers that live as long as the value that stands for them.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// An HTTP server on a free port of loopback. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Stub {
    pub(crate) address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl Stub {
    pub(crate) async fn serve(router: Router) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            axum::serve(listener, router)
                .await
                .expect("the stub serves until it is dropped");
        });
        Self {
            address,
            _tasks: tasks,
        }
    }
}

//! Dialling: all addresses, a little after each other, and the first that answers wins (RFC 8305).

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use contract::probe::Reason;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::Failure;

/// RFC 8305's connection attempt delay.
const STAGGER: Duration = Duration::from_millis(250);
/// Refusals that are told in words; further ones are only counted.
const TOLD: usize = 3;

/// Connects to the first address that answers. The next one is tried when the one before failed, or is slow.
pub(super) async fn race(addresses: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), Failure> {
    let mut waiting = addresses.iter().copied();
    let mut attempts = FuturesUnordered::new();
    let mut refusals = Vec::new();
    loop {
        match waiting.next() {
            Some(address) => attempts.push(dial(address)),
            None if attempts.is_empty() => return Err(failure(&refusals)),
            None => {}
        }
        tokio::select! {
            Some((address, attempt)) = attempts.next() => match attempt {
                Ok(stream) => return Ok((stream, address)),
                Err(error) => refusals.push(words(address, &error)),
            },
            () = sleep(STAGGER), if waiting.len() > 0 => {}
        }
    }
}

async fn dial(address: SocketAddr) -> (SocketAddr, io::Result<TcpStream>) {
    let connected = async {
        let stream = TcpStream::connect(address).await?;
        // Without it the kernel may hold back the end of a request for 40 ms.
        stream.set_nodelay(true)?;
        Ok(stream)
    };
    (address, connected.await)
}

fn failure(refusals: &[String]) -> Failure {
    let told = refusals[..refusals.len().min(TOLD)].join("; ");
    let message = match refusals.len().saturating_sub(TOLD) {
        0 => told,
        untold => format!("{told}; and {untold} more"),
    };
    Failure::new(Reason::ConnectionError, message)
}

fn words(address: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => format!("connection refused by {address}"),
        io::ErrorKind::ConnectionReset => format!("connection reset by {address}"),
        io::ErrorKind::NetworkUnreachable => format!("no route to the network of {address}"),
        io::ErrorKind::HostUnreachable => format!("no route to {address}"),
        io::ErrorKind::TimedOut => format!("no answer from {address}"),
        _ => format!("cannot connect to {address}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use testkit::refusing;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn the_next_address_is_dialled_when_one_refuses() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let good = listener.local_addr().expect("an address");
        let ((_one, one), (_two, two)) = (refusing(), refusing());
        let (_, winner) = race(&[one, two, good]).await.expect("one answers");
        assert_eq!(winner, good);
    }

    #[tokio::test]
    async fn every_refusal_is_told() {
        let ((_one, one), (_two, two)) = (refusing(), refusing());
        let failure = race(&[one, two]).await.expect_err("none answers");
        assert_eq!(failure.reason, Reason::ConnectionError);
        assert_eq!(
            failure.message,
            format!("connection refused by {one}; connection refused by {two}")
        );
    }
}

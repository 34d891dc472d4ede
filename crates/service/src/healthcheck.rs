//! `<service> healthcheck`: asks the process beside it whether it is ready, so that an image needs neither shell nor curl.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

/// Well below the interval at which container runtimes ask.
const PATIENCE: Duration = Duration::from_secs(3);

/// Exits with 0 when the service of this container is ready, with 1 and the reason when it is not.
#[derive(Debug, Parser)]
struct Args {
    /// Where the service serves `/readyz`.
    #[arg(long, env = "OVERSEER_OPS_ADDR")]
    ops_addr: SocketAddr,
}

/// What came of it, if the process was started for that.
pub(crate) fn asked_for() -> Option<ExitCode> {
    let mut words = std::env::args_os().skip(1).peekable();
    if words.peek()? != "healthcheck" {
        return None;
    }
    let args = Args::parse_from(words);
    Some(match ask(args.ops_addr) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => complain(&reason),
    })
}

#[expect(
    clippy::print_stderr,
    reason = "container runtimes show what a check wrote"
)]
fn complain(reason: &str) -> ExitCode {
    eprintln!("{}", reason.trim());
    ExitCode::FAILURE
}

fn ask(listening: SocketAddr) -> Result<(), String> {
    let address = reachable(listening);
    let answer = exchange(address).map_err(|error| format!("{address}: {error}"))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if head.starts_with("HTTP/1.1 200 ") {
        Ok(())
    } else {
        Err(body.to_owned())
    }
}

fn exchange(address: SocketAddr) -> std::io::Result<String> {
    let mut connection = TcpStream::connect_timeout(&address, PATIENCE)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    write!(
        connection,
        "GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer)
}

/// A service that listens everywhere is reached on loopback.
fn reachable(listening: SocketAddr) -> SocketAddr {
    let ip = match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listening.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks ops endpoints whose service has one thing to wait for, before and after that is up.
    #[tokio::test]
    async fn a_service_is_healthy_when_it_is_ready_and_says_why_not() {
        let ctx = crate::Context::new("sample");
        let nats = ctx.ready.add("nats");
        let any = (Ipv4Addr::LOCALHOST, 0).into();
        let ops = crate::ops::serve(any, &ctx, prometheus::Registry::new())
            .await
            .expect("serves");
        let asked = || tokio::task::spawn_blocking(move || ask(ops));
        let reason = asked().await.expect("ran").expect_err("not ready yet");
        assert!(reason.contains("nats: starting"), "{reason}");
        nats.up();
        asked().await.expect("ran").expect("ready");
    }

    #[test]
    fn who_listens_everywhere_is_reached_on_loopback() {
        for (listening, reached) in [
            ("0.0.0.0:9090", "127.0.0.1:9090"),
            ("[::]:9090", "[::1]:9090"),
            ("10.1.2.3:9090", "10.1.2.3:9090"),
        ] {
            let listening = listening.parse().expect("an address");
            assert_eq!(reachable(listening).to_string(), reached);
        }
    }

    #[test]
    fn nobody_there_is_a_reason() {
        // Bound, so that nobody else takes it, and not listening.
        let closed = tokio::net::TcpSocket::new_v4().expect("a socket");
        closed.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("bound");
        let address = closed.local_addr().expect("bound");
        assert!(ask(address).is_err());
    }
}

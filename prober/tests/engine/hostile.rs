use std::time::Duration;

use contract::probe::{Outcome, Reason};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use testkit::refusing;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use crate::servers::{Raw, read_request};
use crate::stage::{assert_adds_up, message, run};

const HEAD: &str = "HTTP/1.1 200 OK\r\n";

#[tokio::test]
async fn a_refusal_names_who_refused() {
    let (_taken, address) = refusing();
    let report = run(&format!("http://{address}/"), json!({})).await;
    assert_eq!(report.reason, Some(Reason::ConnectionError));
    assert_eq!(message(&report), format!("connection refused by {address}"));
    assert_adds_up(&report.timings);
    let report = run(
        &format!("http://{address}/"),
        json!({"conditions": ["[CONNECTED] == false"]}),
    )
    .await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_a_connect_timeout() {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket
        .bind("127.0.0.1:0".parse().expect("an address"))
        .expect("a free port");
    let listener = socket.listen(1).expect("a listener");
    let address = listener.local_addr().expect("an address");
    // Nobody accepts: once the queue is full, the kernel no longer answers.
    let mut queue = JoinSet::new();
    for _ in 0..8 {
        queue.spawn(async move { TcpStream::connect(address).await });
    }
    let _queued = [queue.join_next().await, queue.join_next().await];
    let report = run(&format!("http://{address}/"), json!({"timeout_ms": 2_000})).await;
    assert_eq!(report.reason, Some(Reason::Timeout), "{report:?}");
    assert_eq!(message(&report), "connect timeout after 2 s");
    assert!(report.timings.tcp_connect_ms > Some(0.0), "{report:?}");
    assert_eq!(report.timings.time_to_first_byte_ms, None);
    assert_adds_up(&report.timings);
}

#[tokio::test]
async fn a_server_that_never_answers_is_a_first_byte_timeout() {
    let target = Raw::stalls("").await;
    let report = run(&target.url(), json!({"timeout_ms": 2_000})).await;
    assert_eq!(report.reason, Some(Reason::Timeout));
    assert_eq!(message(&report), "first byte timeout after 2 s");
    assert_adds_up(&report.timings);
}

#[tokio::test]
async fn a_head_that_never_ends_is_a_timeout() {
    let target = Raw::stalls("HTTP/1.1 200 OK\r\nx-more: ").await;
    let report = run(&target.url(), json!({"timeout_ms": 2_000})).await;
    assert_eq!(report.reason, Some(Reason::Timeout));
    assert!(
        report.timings.transfer_ms.is_some(),
        "the first byte had come: {report:?}"
    );
    assert_adds_up(&report.timings);
}

#[tokio::test]
async fn a_body_that_stalls_is_a_body_timeout() {
    let target = Raw::stalls("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await;
    let fields = json!({"timeout_ms": 2_000, "conditions": ["[BODY] == whole"]});
    let report = run(&target.url(), fields).await;
    assert_eq!(report.reason, Some(Reason::Timeout));
    assert_eq!(message(&report), "body timeout after 2 s");
    assert_eq!(report.status_code, Some(200));
    assert_adds_up(&report.timings);
}

#[tokio::test]
async fn an_endless_body_is_read_up_to_the_bound() {
    for head in [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n",
    ] {
        let target = Raw::endless(head, "overseer ").await;
        let report = run(
            &target.url(),
            json!({"conditions": ["[BODY] == pat(overseer*)", "len([BODY]) == 65536"]}),
        )
        .await;
        assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    }
}

#[tokio::test]
async fn an_endless_head_is_cut_off() {
    let long = Raw::endless("HTTP/1.1 200 OK\r\nx-long: ", "and so on ").await;
    let many = Raw::endless(HEAD, "x-more: y\r\n").await;
    for target in [long, many] {
        let report = run(&target.url(), json!({})).await;
        assert_eq!(report.reason, Some(Reason::ConnectionError), "{report:?}");
        assert!(
            message(&report).starts_with("the head of the answer is longer than"),
            "{report:?}"
        );
        assert_adds_up(&report.timings);
    }
}

#[tokio::test]
async fn endless_preliminary_answers_end_with_the_check() {
    let target = Raw::endless("", "HTTP/1.1 102 Processing\r\n\r\n").await;
    let report = run(&target.url(), json!({"timeout_ms": 300})).await;
    assert_eq!(report.reason, Some(Reason::Timeout), "{report:?}");
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_called_so() {
    for (answer, words) in [
        ("SSH-2.0-OpenSSH_9.6\r\n", "the answer is not HTTP"),
        (
            "",
            "the server closed the connection before its answer was complete",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-le",
            "the server closed the connection",
        ),
    ] {
        let target = Raw::says(answer).await;
        let report = run(&target.url(), json!({})).await;
        assert_eq!(report.reason, Some(Reason::ConnectionError), "{report:?}");
        assert!(message(&report).starts_with(words), "{report:?}");
    }
}

#[tokio::test]
async fn a_broken_body_is_a_connection_error() {
    for answer in [
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nwrong\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhal",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
    ] {
        let target = Raw::says(answer).await;
        let report = run(&target.url(), json!({"conditions": ["[BODY] != x"]})).await;
        assert_eq!(report.outcome, Outcome::Failure);
        assert_eq!(report.reason, Some(Reason::ConnectionError), "{report:?}");
        assert_eq!(report.status_code, Some(200));
    }
}

#[tokio::test]
async fn a_compressed_bomb_is_opened_no_further_than_the_bound() {
    let target = bomb().await;
    let fields = json!({"conditions": ["[STATUS] == 200", "len([BODY]) == 65536"]});
    let report = run(&target.url(), fields).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert_eq!(report.body_bytes, Some(65_536));
    let json = json!({"conditions": ["[BODY].status == UP"]});
    let report = run(&target.url(), json).await;
    assert_eq!(
        message(&report),
        "[BODY].status (the body is too long to be read whole) == UP"
    );
}

/// 50 MiB of nothing, in 50 KiB.
pub(crate) async fn bomb() -> Raw {
    use std::io::Write as _;
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..50 {
        packed.write_all(&vec![0; 1 << 20]).expect("room");
    }
    let packed = packed.finish().expect("room");
    Raw::serve(move |mut stream| {
        let packed = packed.clone();
        async move {
            read_request(&mut stream).await;
            let head = format!(
                "{HEAD}content-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
                packed.len()
            );
            let _ = stream.write_all(head.as_bytes()).await;
            let _ = stream.write_all(&packed).await;
        }
    })
    .await
}

#[tokio::test]
async fn a_handshake_that_trickles_ends_with_the_check() {
    let target = Raw::serve(|mut stream| async move {
        // A handshake record of 16 KiB, one byte at a time.
        let _ = stream.write_all(&[22, 3, 3, 0x40, 0]).await;
        while stream.write_all(&[2]).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    let report = run(&target.tls_url("127.0.0.1"), json!({"timeout_ms": 2_000})).await;
    assert_eq!(report.reason, Some(Reason::Timeout), "{report:?}");
    assert_eq!(message(&report), "TLS handshake timeout after 2 s");
}

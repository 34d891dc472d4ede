use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use contract::probe::{Outcome, Reason};
use prober::check::{Engine, Report, Settings};
use serde_json::json;
use testkit::target::{Answer, Server};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use crate::stage::{assert_adds_up, check, message, settings, start};

const A: u16 = 1;
const AAAA: u16 = 28;
const NO_ERROR: u8 = 0;
const NX_DOMAIN: u8 = 3;
const DELAY: Duration = Duration::from_millis(40);

/// A reply code and addresses.
pub(crate) type Reply = (u8, Vec<IpAddr>);

/// A name server on loopback. It ends when it is dropped.
pub(crate) struct NameServer {
    pub(crate) address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl NameServer {
    /// `answer` is asked with a name and a record type, and may keep silent.
    pub(crate) async fn serve(
        answer: impl Fn(&str, u16) -> Option<Reply> + Send + 'static,
    ) -> Self {
        Self::at((Ipv4Addr::LOCALHOST, 0).into(), DELAY, answer).await
    }

    /// The same at an address of one's choice, as slow as one likes.
    pub(crate) async fn at(
        address: SocketAddr,
        delay: Duration,
        answer: impl Fn(&str, u16) -> Option<Reply> + Send + 'static,
    ) -> Self {
        let socket = Arc::new(UdpSocket::bind(address).await.expect("a free port"));
        let address = socket.local_addr().expect("an address");
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut query = [0; 512];
            let mut replies = JoinSet::new();
            while let Ok((length, from)) = socket.recv_from(&mut query).await {
                let question = &query[12..question_end(&query[..length])];
                let (name, kind) = parse(question);
                if let Some((code, addresses)) = answer(&name, kind) {
                    let reply = encode(&query[..2], question, code, kind, &addresses);
                    let socket = socket.clone();
                    replies.spawn(async move {
                        tokio::time::sleep(delay).await;
                        let _ = socket.send_to(&reply, from).await;
                    });
                }
            }
        });
        Self {
            address,
            _tasks: tasks,
        }
    }

    fn engine(&self) -> Engine {
        start(Settings {
            name_servers: vec![self.address],
            ..settings()
        })
    }

    async fn run(&self, target: &str) -> Report {
        self.engine()
            .run(&check(target, json!({})), Duration::ZERO)
            .await
    }
}

fn question_end(message: &[u8]) -> usize {
    let mut at = 12;
    while message[at] != 0 {
        at += usize::from(message[at]) + 1;
    }
    at + 5
}

fn parse(question: &[u8]) -> (String, u16) {
    let (labels, kind) = question.split_at(question.len() - 4);
    let mut name = String::new();
    let mut rest = labels;
    while let Some((&length, tail)) = rest.split_first().filter(|(length, _)| **length > 0) {
        let (label, tail) = tail.split_at(length.into());
        name += &String::from_utf8_lossy(label).to_lowercase();
        name.push('.');
        rest = tail;
    }
    (name, u16::from_be_bytes([kind[0], kind[1]]))
}

fn encode(id: &[u8], question: &[u8], code: u8, kind: u16, addresses: &[IpAddr]) -> Vec<u8> {
    let fitting = addresses
        .iter()
        .filter(|address| address.is_ipv4() == (kind == A));
    let count = u8::try_from(fitting.clone().count()).expect("few addresses");
    let mut reply = id.to_vec();
    reply.extend([0x81, 0x80 | code, 0, 1, 0, count, 0, 0, 0, 0]);
    reply.extend(question);
    for address in fitting {
        let data = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        reply.extend([0xc0, 12]);
        reply.extend(kind.to_be_bytes());
        reply.extend([
            0,
            1,
            0,
            0,
            0,
            60,
            0,
            u8::try_from(data.len()).expect("16 at most"),
        ]);
        reply.extend(data);
    }
    reply
}

pub(crate) fn found(addresses: &[&str]) -> Reply {
    let parse = |address: &&str| address.parse().expect("an address");
    (NO_ERROR, addresses.iter().map(parse).collect())
}

fn url(server: &Server) -> String {
    format!("http://site.test:{}/", server.address().port())
}

#[tokio::test]
async fn a_name_is_asked_for_in_time_of_its_own() {
    let target = Server::http().await;
    let names = NameServer::serve(|name, _| match name {
        "site.test." => Some(found(&["127.0.0.1"])),
        _ => Some((NX_DOMAIN, Vec::new())),
    })
    .await;
    let report = names.run(&url(&target)).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert!(report.timings.dns_lookup_ms >= Some(40.0), "{report:?}");
    assert_adds_up(&report.timings);
    assert_eq!(
        target.requests()[0].headers()["host"],
        format!("site.test:{}", target.address().port())
    );
}

#[tokio::test]
async fn no_answer_is_remembered() {
    let target = Server::http().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let names = NameServer::serve(move |_, kind| {
        counter.fetch_add(usize::from(kind == A), Ordering::Relaxed);
        Some(found(&["127.0.0.1"]))
    })
    .await;
    let engine = names.engine();
    for _ in 0..3 {
        engine
            .run(&check(&url(&target), json!({})), Duration::ZERO)
            .await;
    }
    // Who waits long for an answer asks again.
    assert!(asked.load(Ordering::Relaxed) >= 3);
}

#[tokio::test]
async fn a_name_without_address_is_told_in_words() {
    let names = NameServer::serve(|name, _| match name {
        "empty.test." => Some(found(&[])),
        _ => Some((NX_DOMAIN, Vec::new())),
    })
    .await;
    for (host, words) in [
        ("gone.test", "there is no host gone.test"),
        ("empty.test", "empty.test has no address"),
    ] {
        let report = names.run(&format!("http://{host}/")).await;
        assert_eq!(report.reason, Some(Reason::DnsError), "{report:?}");
        assert_eq!(message(&report), words);
        assert!(report.timings.dns_lookup_ms.is_some());
        assert_adds_up(&report.timings);
    }
}

#[tokio::test]
async fn a_silent_name_server_is_a_lookup_timeout() {
    let names = NameServer::serve(|_, _| None).await;
    let check = check("http://site.test/", json!({"timeout_ms": 2_000}));
    let report = names.engine().run(&check, Duration::ZERO).await;
    assert_eq!(report.reason, Some(Reason::Timeout));
    assert_eq!(message(&report), "DNS lookup timeout after 2 s");
}

#[tokio::test]
async fn a_name_server_that_drops_v6_questions_does_not_matter() {
    let target = Server::http().await;
    let names = NameServer::serve(|_, kind| (kind != AAAA).then(|| found(&["127.0.0.1"]))).await;
    let report = names.run(&url(&target)).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
}

#[tokio::test]
async fn an_address_that_refuses_gives_way_to_the_next() {
    let target = Server::http().await;
    // Nobody listens on the v6 loopback or on 127.0.0.2 at this port.
    let names = NameServer::serve(|_, _| Some(found(&["::1", "127.0.0.2", "127.0.0.1"]))).await;
    let report = names.run(&url(&target)).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert_eq!(report.hops[0].ip.as_deref(), Some("127.0.0.1"));
}

#[tokio::test]
async fn one_private_address_among_good_ones_blocks_the_name() {
    let target = Server::http().await;
    let names = NameServer::serve(|_, _| Some(found(&["127.0.0.1", "10.0.0.1"]))).await;
    let report = names.run(&url(&target)).await;
    assert_eq!(report.reason, Some(Reason::Blocked), "{report:?}");
    assert!(
        message(&report).starts_with("10.0.0.1 is a private address"),
        "{report:?}"
    );
    assert!(target.requests().is_empty());
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_judged_again() {
    let target = Server::http().await;
    target.answer(Answer::redirect("/again"));
    let asked = AtomicUsize::new(0);
    let names = NameServer::serve(move |_, kind| {
        let earlier = asked.fetch_add(usize::from(kind == A), Ordering::Relaxed);
        let address = if earlier == 0 {
            "127.0.0.1"
        } else {
            "169.254.169.254"
        };
        Some(found(&[address]))
    })
    .await;
    let report = names.run(&url(&target)).await;
    assert_eq!(report.reason, Some(Reason::Blocked), "{report:?}");
    assert_eq!(report.hops.len(), 2);
}

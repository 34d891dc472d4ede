//! Kind `dns`: one question to one name server, with a clock of its own.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use contract::monitor::check;
use contract::monitor::check::dns::{Record, Transport};
use contract::probe::Reason;
use hickory_resolver::proto::op::{Message, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use super::Failure;
use super::clock::Laps;
use super::findings::{Dns, Findings};
use super::hop::Hop;
use super::look::Look;

/// A datagram may get lost; so the question is asked again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
const MAX_DATAGRAM_BYTES: usize = 4_096;

pub(super) async fn look(look: &Look<'_>, settings: &check::Dns) -> Findings {
    let record = settings.record;
    let mut hop = Hop::to(format!("{} {}", record.as_str(), settings.target));
    match ask(look, settings, &mut hop).await {
        Ok(answer) => Findings {
            body: look
                .wants_body
                .then(|| text(&answer, kind(record)).into_bytes()),
            dns: Some(facts(&answer)),
            ..Findings::of(hop, None)
        },
        Err(failure) => Findings::of(hop, Some(failure)),
    }
}

async fn ask(look: &Look<'_>, settings: &check::Dns, hop: &mut Hop) -> Result<Message, Failure> {
    let server = server(look, settings)?;
    let question = question(settings)?;
    let packet = question
        .to_vec()
        .map_err(|error| Failure::unusable(format!("the question cannot be asked: {error}")))?;
    let mut laps = Laps::start();
    if settings.transport == Transport::Udp {
        let answer = look.budget.within("answer", async {
            let answer = over_udp(server, &question, &packet).await?;
            look.travel().await;
            Ok(answer)
        });
        let answer = answer.await;
        hop.phases.dns = Some(laps.lap());
        let answer = answer?;
        hop.address = Some(server);
        hop.protocol = Some("UDP".to_owned());
        if !answer.metadata.truncation {
            return Ok(answer);
        }
    }
    let mut stream = look.connect(&[server], hop, &mut laps).await?;
    hop.protocol = Some("TCP".to_owned());
    let answer = look.budget.within("answer", async {
        let answer = over_tcp(&mut stream, &question, &packet).await?;
        look.travel().await;
        Ok(answer)
    });
    let answer = answer.await;
    let earlier = hop.phases.dns.unwrap_or_default();
    hop.phases.dns = Some(earlier + laps.lap());
    answer
}

/// The one of the monitor's choice has to pass the filter; the prober's own is the operator's choice.
fn server(look: &Look<'_>, settings: &check::Dns) -> Result<SocketAddr, Failure> {
    match settings.resolver {
        Some(chosen) => Ok(SocketAddr::new(look.judge(chosen.ip())?, chosen.port())),
        None => look.engine.dns_check_server.ok_or_else(|| {
            Failure::new(
                Reason::DnsError,
                "this prober has no name server of its own",
            )
        }),
    }
}

fn question(settings: &check::Dns) -> Result<Message, Failure> {
    let unusable = |error| Failure::unusable(format!("{} is no name: {error}", settings.target));
    let mut name = match settings.target.parse::<IpAddr>() {
        Ok(address) if settings.record == Record::Ptr => Name::from(address),
        _ => Name::from_utf8(&settings.target).map_err(unusable)?,
    };
    name.set_fqdn(true);
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(name, kind(settings.record)));
    Ok(message)
}

async fn over_udp(
    server: SocketAddr,
    question: &Message,
    packet: &[u8],
) -> Result<Message, Failure> {
    let failed = |error| broken(server, &error);
    let any: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((any, 0)).await.map_err(failed)?;
    socket.connect(server).await.map_err(failed)?;
    let mut buffer = vec![0; MAX_DATAGRAM_BYTES];
    loop {
        socket.send(packet).await.map_err(failed)?;
        let answer = async {
            loop {
                let length = socket.recv(&mut buffer).await.map_err(failed)?;
                // What answers another question is not for us; it may be forged.
                if let Ok(answer) = read(question, &buffer[..length]) {
                    return Ok(answer);
                }
            }
        };
        if let Ok(answer) = timeout(AGAIN_AFTER, answer).await {
            return answer;
        }
    }
}

async fn over_tcp(
    stream: &mut tokio::net::TcpStream,
    question: &Message,
    packet: &[u8],
) -> Result<Message, Failure> {
    let conversation = async {
        let length = u16::try_from(packet.len()).map_err(std::io::Error::other)?;
        stream
            .write_all(&[&length.to_be_bytes(), packet].concat())
            .await?;
        let mut answer = vec![0; stream.read_u16().await?.into()];
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    };
    let answer = conversation.await.map_err(|error: std::io::Error| {
        Failure::new(
            Reason::ConnectionError,
            format!("the connection broke: {error}"),
        )
    })?;
    read(question, &answer)
}

fn read(question: &Message, bytes: &[u8]) -> Result<Message, Failure> {
    let answer = Message::from_vec(bytes).map_err(|error| {
        Failure::new(Reason::DnsError, format!("the answer is not DNS: {error}"))
    })?;
    if answer.metadata.id == question.metadata.id && answer.queries == question.queries {
        Ok(answer)
    } else {
        let message = "the answer is to another question";
        Err(Failure::new(Reason::DnsError, message))
    }
}

fn broken(server: SocketAddr, error: &std::io::Error) -> Failure {
    let message = match error.kind() {
        std::io::ErrorKind::ConnectionRefused => format!("refused by {server}"),
        _ => format!("cannot ask {server}: {error}"),
    };
    Failure::new(Reason::ConnectionError, message)
}

fn facts(answer: &Message) -> Dns {
    let serial = answer.answers.iter().find_map(|record| match &record.data {
        RData::SOA(soa) => Some(soa.serial),
        _ => None,
    });
    Dns {
        rcode: rcode(answer.metadata.response_code),
        answers: answer.answers.len(),
        authorities: answer.authorities.len(),
        additionals: answer.additionals.len(),
        serial,
    }
}

/// The answers of the type that was asked for, one a line, as they stand in a zone file.
fn text(answer: &Message, kind: RecordType) -> String {
    let wanted = answer
        .answers
        .iter()
        .filter(|record| record.record_type() == kind);
    let lines: Vec<String> = wanted.map(|record| record.data.to_string()).collect();
    lines.join("\n")
}

fn kind(record: Record) -> RecordType {
    match record {
        Record::A => RecordType::A,
        Record::Aaaa => RecordType::AAAA,
        Record::Cname => RecordType::CNAME,
        Record::Mx => RecordType::MX,
        Record::Ns => RecordType::NS,
        Record::Txt => RecordType::TXT,
        Record::Srv => RecordType::SRV,
        Record::Soa => RecordType::SOA,
        Record::Caa => RecordType::CAA,
        Record::Ptr => RecordType::PTR,
    }
}

/// As it is called everywhere else.
fn rcode(code: ResponseCode) -> String {
    match code {
        ResponseCode::NoError => "NOERROR".to_owned(),
        ResponseCode::FormErr => "FORMERR".to_owned(),
        ResponseCode::ServFail => "SERVFAIL".to_owned(),
        ResponseCode::NXDomain => "NXDOMAIN".to_owned(),
        ResponseCode::NotImp => "NOTIMP".to_owned(),
        ResponseCode::Refused => "REFUSED".to_owned(),
        other => format!("RCODE{}", u16::from(other)),
    }
}

//! A mail server that remembers what it was handed and misbehaves when told to. As much of RFC 5321 as a sender needs.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::eventually::eventually;

/// How a mail is answered, after its last line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 250.
    Accept,
    /// A reply of another kind, such as "451 4.3.0 try again later".
    Reply(&'static str),
    /// Never.
    Hang,
    /// The connection is closed instead.
    Close,
}

/// A mail that was handed over, whatever the answer was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// User and password, where the sender gave them.
    pub credentials: Option<(String, String)>,
    pub from: String,
    pub to: Vec<String>,
    /// Headers and body as they came, without the dots of transparency.
    pub data: String,
    pub answer: Answer,
}

#[derive(Debug, Default)]
struct Inbox {
    planned: VecDeque<Answer>,
    mails: Vec<Mail>,
}

/// A server on a free port of loopback that accepts mails unless told otherwise. It ends when it is dropped.
#[derive(Debug)]
pub struct Server {
    pub address: SocketAddr,
    inbox: Arc<Mutex<Inbox>>,
    _tasks: JoinSet<()>,
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket");
        let inbox = Arc::<Mutex<Inbox>>::default();
        let mut tasks = JoinSet::new();
        let memory = Arc::clone(&inbox);
        tasks.spawn(async move {
            let mut conversations = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let memory = Arc::clone(&memory);
                // A sender that goes away in the middle is the sender's affair.
                conversations.spawn(async move { drop(converse(stream, &memory).await) });
            }
        });
        Self {
            address,
            inbox,
            _tasks: tasks,
        }
    }

    /// How the next mails are answered, one each, before all others are accepted.
    pub fn answer_next(&self, answers: impl IntoIterator<Item = Answer>) {
        open(&self.inbox).planned.extend(answers);
    }

    /// All that was handed over, in order.
    pub fn mails(&self) -> Vec<Mail> {
        open(&self.inbox).mails.clone()
    }

    /// Waits for at least `count` mails.
    pub async fn wait_for(&self, count: usize, deadline: Duration) -> Vec<Mail> {
        eventually(deadline, || async {
            let mails = self.mails();
            if mails.len() >= count {
                Ok(mails)
            } else {
                Err(format!("{} of {count} mails came: {mails:#?}", mails.len()))
            }
        })
        .await
    }
}

/// What a conversation has told so far.
#[derive(Default)]
struct Envelope {
    credentials: Option<(String, String)>,
    from: String,
    to: Vec<String>,
}

async fn converse(stream: TcpStream, inbox: &Mutex<Inbox>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut envelope = Envelope::default();
    reply(&mut stream, "220 stub ESMTP").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim_end();
        let verb = command.split([' ', ':']).next().unwrap_or_default();
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => reply(&mut stream, "250-stub\r\n250-8BITMIME\r\n250 AUTH PLAIN").await?,
            "AUTH" => {
                envelope.credentials = plain(command);
                reply(&mut stream, "235 2.7.0 welcome").await?;
            }
            "MAIL" => {
                envelope.from = path(command);
                reply(&mut stream, "250 2.1.0 ok").await?;
            }
            "RCPT" => {
                envelope.to.push(path(command));
                reply(&mut stream, "250 2.1.5 ok").await?;
            }
            "DATA" => {
                reply(&mut stream, "354 go ahead").await?;
                let data = read_data(&mut stream).await?;
                match keep(inbox, &envelope, data) {
                    Answer::Accept => reply(&mut stream, "250 2.0.0 queued").await?,
                    Answer::Reply(text) => reply(&mut stream, text).await?,
                    Answer::Hang => std::future::pending().await,
                    Answer::Close => return Ok(()),
                }
            }
            "QUIT" => return reply(&mut stream, "221 2.0.0 bye").await,
            _ => reply(&mut stream, "502 5.5.1 unknown").await?,
        }
    }
}

fn keep(inbox: &Mutex<Inbox>, envelope: &Envelope, data: String) -> Answer {
    let mut inbox = open(inbox);
    let answer = inbox.planned.pop_front().unwrap_or(Answer::Accept);
    inbox.mails.push(Mail {
        credentials: envelope.credentials.clone(),
        from: envelope.from.clone(),
        to: envelope.to.clone(),
        data,
        answer: answer.clone(),
    });
    answer
}

async fn reply(stream: &mut BufReader<TcpStream>, text: &str) -> std::io::Result<()> {
    stream.write_all(format!("{text}\r\n").as_bytes()).await
}

/// Up to the line with a single dot (RFC 5321, section 4.5.2).
async fn read_data(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end() {
            "." => return Ok(data),
            text => data.push_str(text.strip_prefix('.').unwrap_or(text)),
        }
        data.push('\n');
    }
}

/// `MAIL FROM:<address> ...`
fn path(command: &str) -> String {
    let path = command.split(['<', '>']).nth(1);
    path.unwrap_or_default().to_owned()
}

/// `AUTH PLAIN` and base64 of NUL, user, NUL, password (RFC 4616).
fn plain(command: &str) -> Option<(String, String)> {
    let encoded = command.split(' ').nth(2)?;
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    let mut parts = decoded.split('\0').skip(1).map(str::to_owned);
    Some((parts.next()?, parts.next()?))
}

fn open(inbox: &Mutex<Inbox>) -> MutexGuard<'_, Inbox> {
    inbox.lock().expect("no holder of the inbox panics")
}

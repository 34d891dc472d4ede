//! A name server on loopback that knows TXT records.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;
use tokio::task::JoinSet;

const TXT: u16 = 16;
const HEADER: usize = 12;

type Records = Arc<Mutex<HashMap<String, String>>>;

/// It ends when it is dropped.
pub(crate) struct NameServer {
    pub(crate) address: SocketAddr,
    records: Records,
    _tasks: JoinSet<()>,
}

impl NameServer {
    pub(crate) async fn start() -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let socket = socket.expect("a free port");
        let address = socket.local_addr().expect("an address");
        let records = Records::default();
        let known = records.clone();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut query = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut query).await {
                let answer = answer(&query[..length], &known);
                socket.send_to(&answer, from).await.expect("answered");
            }
        });
        Self {
            address,
            records,
            _tasks: tasks,
        }
    }

    pub(crate) fn add(&self, name: &str, text: &str) {
        let mut records = self.records.lock().expect("no holder panics");
        records.insert(name.to_owned(), text.to_owned());
    }
}

/// The question again, with the record if there is one, or that there is no such name.
fn answer(query: &[u8], records: &Records) -> Vec<u8> {
    let (name, end) = name_of(query);
    let kind = u16::from_be_bytes([query[end], query[end + 1]]);
    let records = records.lock().expect("no holder panics");
    let text = records.get(&name).filter(|_| kind == TXT);
    let (code, count) = if text.is_some() { (0, 1) } else { (3, 0) };
    let mut answer = vec![
        query[0],
        query[1],
        0x81,
        0x80 | code,
        0,
        1,
        0,
        count,
        0,
        0,
        0,
        0,
    ];
    answer.extend_from_slice(&query[HEADER..end + 4]);
    if let Some(text) = text {
        let length = u8::try_from(text.len()).expect("a short text");
        answer.extend_from_slice(&[0xc0, 0x0c, 0, 16, 0, 1, 0, 0, 0, 1, 0, length + 1, length]);
        answer.extend_from_slice(text.as_bytes());
    }
    answer
}

/// The name that is asked about, and where it ends.
fn name_of(query: &[u8]) -> (String, usize) {
    let (mut labels, mut at) = (Vec::new(), HEADER);
    while query[at] != 0 {
        let end = at + 1 + usize::from(query[at]);
        labels.push(String::from_utf8_lossy(&query[at + 1..end]).to_lowercase());
        at = end;
    }
    (labels.join("."), at + 1)
}

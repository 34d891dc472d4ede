//! Kind `tcp`: a connection, and a word over it if wanted.

use contract::monitor::check::Tcp;
use contract::probe::Reason;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Failure;
use super::clock::Laps;
use super::findings::Findings;
use super::hop::Hop;
use super::look::Look;

/// What an answer is shortened to in a message.
const SHOWN: usize = 60;

pub(super) async fn look(look: &Look<'_>, settings: &Tcp) -> Findings {
    let mut hop = Hop::to(&settings.target);
    let mut heard = Heard::default();
    let failure = converse(look, settings, &mut hop, &mut heard).await.err();
    Findings {
        body: look.wants_body.then_some(heard.bytes),
        truncated: heard.truncated,
        ..Findings::of(hop, failure)
    }
}

#[derive(Default)]
struct Heard {
    bytes: Vec<u8>,
    truncated: bool,
}

async fn converse(
    look: &Look<'_>,
    settings: &Tcp,
    hop: &mut Hop,
    heard: &mut Heard,
) -> Result<(), Failure> {
    let mut laps = Laps::start();
    let (_, mut stream) = look.reach(&settings.target, hop, &mut laps).await?;
    if let Some(words) = &settings.send {
        let sent = async { stream.write_all(words.as_bytes()).await.map_err(broken) };
        look.budget.within("send", sent).await?;
    }
    if settings.expect.is_none() && !look.wants_body {
        return Ok(());
    }
    let first = look
        .budget
        .within("first byte", listen(look, &mut stream, heard))
        .await;
    hop.phases.first_byte = Some(laps.lap());
    let rest = match first {
        Ok(true) if !is_enough(settings, heard) => {
            let rest = async {
                while listen(look, &mut stream, heard).await? && !is_enough(settings, heard) {}
                Ok(())
            };
            let rest = look.budget.within("answer", rest).await;
            hop.phases.transfer = Some(laps.lap());
            rest
        }
        other => other.map(|_| ()),
    };
    // Whoever only listens has heard all there was when the time is over.
    let silent = matches!(&rest, Err(failure) if failure.reason == Reason::Timeout);
    if settings.expect.is_none() && silent && !heard.bytes.is_empty() {
        return Ok(());
    }
    rest.and_then(|()| expected(settings, heard))
}

/// Hears some more; false at the end.
async fn listen(
    look: &Look<'_>,
    stream: &mut TcpStream,
    heard: &mut Heard,
) -> Result<bool, Failure> {
    let room = look.engine.body_limit_bytes - heard.bytes.len();
    if room == 0 {
        heard.truncated = true;
        return Ok(false);
    }
    if heard.bytes.is_empty() {
        look.travel().await;
    }
    let mut limited = stream.take(room as u64);
    let read = limited.read_buf(&mut heard.bytes).await.map_err(broken)?;
    Ok(read > 0)
}

/// Nothing that could still come matters. Without an expectation, one line is an answer.
fn is_enough(settings: &Tcp, heard: &Heard) -> bool {
    match &settings.expect {
        Some(expected) => contains(&heard.bytes, expected),
        None => heard.bytes.contains(&b'\n'),
    }
}

fn expected(settings: &Tcp, heard: &Heard) -> Result<(), Failure> {
    match &settings.expect {
        Some(expected) if !contains(&heard.bytes, expected) => {
            let said: String = String::from_utf8_lossy(&heard.bytes)
                .chars()
                .take(SHOWN)
                .collect();
            let message = format!("the server said {said:?} and not {expected:?}");
            Err(Failure::new(Reason::Assertion, message))
        }
        _ => Ok(()),
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len().max(1))
        .any(|window| window == text.as_bytes())
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn broken(error: std::io::Error) -> Failure {
    Failure::new(
        Reason::ConnectionError,
        format!("the connection broke: {error}"),
    )
}

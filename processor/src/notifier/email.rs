//! Mails by SMTP (RFC 5321), in plain text. The Message-ID is the notification's, so that a mail that comes twice is known as one,
//! and all of a thread refer to one another, so that mail programs show them together.

mod exchange;

use std::time::{Instant, SystemTime};

use contract::channel::settings::Email;
use contract::channel::{Notification, Secret};
use lettre::Message;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MessageBuilder};

use super::attempt::{Attempt, judge_error, timed_out};
use super::dial;
use super::post::Post;
use super::text::{line, shorten};
use exchange::Problem;

pub(super) async fn send(
    post: &Post,
    to: &Email,
    secret: &Secret,
    notification: &Notification,
) -> Attempt {
    let message = match compose(to, notification) {
        Ok(message) => message,
        Err(reason) => return Attempt::Refused(reason),
    };
    let begun = Instant::now();
    let exchange = exchange::run(&post.filter, to, secret, &message);
    let outcome = tokio::time::timeout(dial::TIMEOUT, exchange).await;
    let took_ms = begun.elapsed().as_millis();
    match outcome {
        Ok(Ok(answer)) => Attempt::Delivered(format!("SMTP {answer} after {took_ms} ms")),
        Ok(Err(Problem::Dialling(error))) => judge_error(&*error, took_ms),
        Ok(Err(Problem::Smtp(error))) => judge(&error, took_ms),
        Err(_) => timed_out(),
    }
}

/// 5xx is for good (RFC 5321, section 4.2.1); everything else may pass.
fn judge(error: &lettre::transport::smtp::Error, took_ms: u128) -> Attempt {
    let Some(code) = error.status() else {
        return judge_error(error, took_ms);
    };
    let said =
        std::error::Error::source(error).map_or_else(String::new, |said| format!(": {said}"));
    let detail = shorten(&line(&format!("SMTP {code} after {took_ms} ms{said}")), 300);
    if error.is_permanent() {
        Attempt::Refused(detail)
    } else {
        Attempt::Failed(detail, None)
    }
}

fn compose(to: &Email, notification: &Notification) -> Result<Message, String> {
    let content = &notification.content;
    let id = |uuid: uuid::Uuid| format!("<{uuid}@overseer>");
    let thread = content.thread.map(id);
    let mut message = Message::builder()
        .from(mailbox(&to.from)?)
        .subject(shorten(&line(&content.title), 200))
        .date(SystemTime::from(content.at))
        .message_id(Some(id(notification.id.0)));
    for address in &to.to {
        message = message.to(mailbox(address)?);
    }
    thread
        .into_iter()
        .fold(message, MessageBuilder::references)
        .header(ContentType::TEXT_PLAIN)
        .body(format!("{}\n", content.text))
        .map_err(|error| format!("the mail cannot be written: {error}"))
}

fn mailbox(address: &str) -> Result<Mailbox, String> {
    let address = address
        .parse()
        .map_err(|error| format!("{address}: {error}"))?;
    Ok(Mailbox::new(None, address))
}

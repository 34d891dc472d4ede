//! One conversation with an SMTP server.

use contract::address::Filter;
use contract::channel::Secret;
use contract::channel::settings::{Email, Security};
use lettre::Message;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;

use crate::notifier::dial;

pub(super) enum Problem {
    Dialling(Box<dyn std::error::Error + Send + Sync>),
    Smtp(lettre::transport::smtp::Error),
}

impl From<lettre::transport::smtp::Error> for Problem {
    fn from(error: lettre::transport::smtp::Error) -> Self {
        Self::Smtp(error)
    }
}

/// Hands a mail over and returns the server's code. A server that does not offer TLS where it is asked for gets nothing.
pub(super) async fn run(
    filter: &Filter,
    to: &Email,
    secret: &Secret,
    message: &Message,
) -> Result<String, Problem> {
    let mut connection = connect(filter, to).await?;
    if let Some(user) = &to.username {
        let credentials = Credentials::new(user.clone(), secret.expose().to_owned());
        connection.auth(DEFAULT_MECHANISMS, &credentials).await?;
    }
    let answer = connection
        .send(message.envelope(), &message.formatted())
        .await?;
    // The mail is taken; how the farewell goes changes nothing.
    drop(connection.quit().await);
    Ok(answer.code().to_string())
}

/// The name is resolved here, and what it resolves to is judged where it is dialled.
async fn connect(filter: &Filter, to: &Email) -> Result<AsyncSmtpConnection, Problem> {
    let addresses = dial::resolve(filter, &to.host, to.port)
        .await
        .map_err(Problem::Dialling)?;
    let tls = || TlsParameters::new(to.host.clone());
    let hello = ClientId::Domain("overseer".to_owned());
    let from_the_start = match to.security {
        Security::Tls => Some(tls()?),
        Security::Starttls | Security::None => None,
    };
    let mut connection = AsyncSmtpConnection::connect_tokio1(
        &addresses[..],
        Some(dial::TIMEOUT),
        &hello,
        from_the_start,
        None,
    )
    .await?;
    if to.security == Security::Starttls {
        connection.starttls(tls()?, &hello).await?;
    }
    Ok(connection)
}

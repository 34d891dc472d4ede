//! Where a channel leads, kind by kind: what its owner fills in. On the wire the settings stand beside the channel's name.
//!
//! Nothing here is secret. What is (a token, a key, a password, an address that lets anybody post) is the channel's one [`Secret`].

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError, ValidationErrors};

use super::{Kind, Secret};

/// The settings of a channel, by its kind.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ChannelSettings))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Settings {
    /// Secret: the signing key, `whsec_` and base64. Made by the store where none is given.
    Webhook(Webhook),
    /// Secret: the bot's token.
    Telegram(Telegram),
    /// Secret: the address of the incoming webhook.
    Slack,
    /// Secret: the address of the webhook.
    Discord,
    /// Secret: the integration key of a service.
    Pagerduty(Pagerduty),
    /// Secret: an access token, where the topic asks for one.
    Ntfy(Ntfy),
    /// Secret: the password of the user.
    Email(Email),
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Webhook {
    /// Where to post.
    #[validate(custom(function = http_url))]
    pub url: String,
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Telegram {
    /// The number of a chat, or `@name` of a public channel.
    #[validate(length(min = 1, max = 64, message = "between 1 and 64 characters"))]
    pub chat_id: String,
    /// The Bot API, for those who run one of their own.
    #[serde(default = "Telegram::default_url")]
    #[validate(custom(function = http_url))]
    pub url: String,
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Pagerduty {
    /// The Events API: another in the service region of Europe.
    #[serde(default = "Pagerduty::default_url")]
    #[validate(custom(function = http_url))]
    pub url: String,
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Ntfy {
    #[validate(custom(function = topic))]
    pub topic: String,
    /// The server, for those who run one of their own.
    #[serde(default = "Ntfy::default_url")]
    #[validate(custom(function = http_url))]
    pub url: String,
}

#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
pub struct Email {
    /// The SMTP server that takes mails for delivery.
    #[validate(length(min = 1, max = 253, message = "between 1 and 253 characters"))]
    pub host: String,
    #[serde(default = "Email::default_port")]
    #[validate(range(min = 1, message = "between 1 and 65 535"))]
    pub port: u16,
    #[serde(default)]
    pub security: Security,
    /// Absent where the server takes mails from anybody it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(length(min = 1, max = 254, message = "between 1 and 254 characters"))]
    pub username: Option<String>,
    #[validate(email(message = "not an e-mail address"))]
    pub from: String,
    #[validate(custom(function = addresses))]
    pub to: Vec<String>,
}

/// How a connection to an SMTP server is protected.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SmtpSecurity))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// Plain at first, then TLS or nothing; port 587 as a rule.
    #[default]
    Starttls,
    /// TLS from the first byte; port 465 as a rule.
    Tls,
    /// Never protected: for a server on the same machine.
    None,
}

impl Settings {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Webhook(_) => Kind::Webhook,
            Self::Telegram(_) => Kind::Telegram,
            Self::Slack => Kind::Slack,
            Self::Discord => Kind::Discord,
            Self::Pagerduty(_) => Kind::Pagerduty,
            Self::Ntfy(_) => Kind::Ntfy,
            Self::Email(_) => Kind::Email,
        }
    }

    /// Where it leads, in a word for people; never a secret.
    pub fn address(&self) -> String {
        match self {
            Self::Webhook(it) => it.url.clone(),
            Self::Telegram(it) => it.chat_id.clone(),
            Self::Slack | Self::Discord => String::new(),
            Self::Pagerduty(it) => it.url.clone(),
            Self::Ntfy(it) => format!("{}/{}", it.url.trim_end_matches('/'), it.topic),
            Self::Email(it) => it.to.join(", "),
        }
    }

    /// Whether `secret` is one for a channel of these settings; the error says what it has to be.
    pub fn judge_secret(&self, secret: Option<&Secret>) -> Result<(), &'static str> {
        let text = secret.map(Secret::expose).filter(|text| !text.is_empty());
        let (holds, rule) = match (self, text) {
            (Self::Webhook(_), text) => (
                text.is_none_or(|text| text.starts_with("whsec_")),
                "whsec_ and base64, or nothing: then one is made",
            ),
            (Self::Telegram(_), text) => (
                text.is_some_and(is_bot_token),
                "the bot's token, such as 123456:ABC-DEF",
            ),
            (Self::Slack | Self::Discord, text) => (
                text.is_some_and(|text| http_url(text).is_ok()),
                "the address of the incoming webhook, beginning with https://",
            ),
            (Self::Pagerduty(_), text) => (
                text.is_some_and(|text| text.len() == 32 && is_word(text)),
                "the integration key of 32 letters and digits",
            ),
            (Self::Ntfy(_), text) => (text.is_none_or(is_word), "an access token, or nothing"),
            (Self::Email(it), text) => (
                it.username.is_some() == text.is_some(),
                "the user's password; nothing where there is no user",
            ),
        };
        let short = text.is_none_or(|text| text.len() <= 2_048 && !text.contains(char::is_control));
        if holds && short { Ok(()) } else { Err(rule) }
    }
}

impl Telegram {
    pub fn default_url() -> String {
        "https://api.telegram.org".to_owned()
    }
}

impl Pagerduty {
    pub fn default_url() -> String {
        "https://events.pagerduty.com/v2/enqueue".to_owned()
    }
}

impl Ntfy {
    pub fn default_url() -> String {
        "https://ntfy.sh".to_owned()
    }
}

impl Email {
    pub const fn default_port() -> u16 {
        587
    }
}

impl Validate for Settings {
    fn validate(&self) -> Result<(), ValidationErrors> {
        match self {
            Self::Webhook(it) => it.validate(),
            Self::Telegram(it) => it.validate(),
            Self::Slack | Self::Discord => Ok(()),
            Self::Pagerduty(it) => it.validate(),
            Self::Ntfy(it) => it.validate(),
            Self::Email(it) => it.validate(),
        }
    }
}

fn http_url(url: &str) -> Result<(), ValidationError> {
    let rest = ["http://", "https://"]
        .into_iter()
        .find_map(|scheme| url.strip_prefix(scheme));
    let fine = rest.is_some_and(|rest| !rest.is_empty())
        && url.len() <= 2_048
        && !url.contains(|c: char| c.is_whitespace() || c.is_control());
    rule(
        fine,
        "must begin with http:// or https:// and have at most 2 048 characters",
    )
}

/// `^[-_A-Za-z0-9]{1,64}$`, as ntfy wants it.
fn topic(topic: &str) -> Result<(), ValidationError> {
    rule(
        (1..=64).contains(&topic.len()) && is_word(topic),
        "between 1 and 64 letters, digits, - and _",
    )
}

fn addresses(to: &[String]) -> Result<(), ValidationError> {
    let fine =
        (1..=20).contains(&to.len()) && to.iter().all(validator::ValidateEmail::validate_email);
    rule(fine, "between 1 and 20 e-mail addresses")
}

fn is_bot_token(text: &str) -> bool {
    text.split_once(':').is_some_and(|(bot, key)| {
        !bot.is_empty()
            && bot.bytes().all(|b| b.is_ascii_digit())
            && !key.is_empty()
            && is_word(key)
    })
}

fn is_word(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

fn rule(holds: bool, message: &'static str) -> Result<(), ValidationError> {
    if holds {
        Ok(())
    } else {
        Err(ValidationError::new("rule").with_message(message.into()))
    }
}

//! A channel as typed, read into what it means, and written back to be changed.

use contract::channel::settings::{Email, Ntfy, Pagerduty, Security, Telegram, Webhook};
use contract::channel::{Kind, Secret, Settings, Spec};
use contract::problem::FieldError;
use serde::{Deserialize, Serialize};

/// Every field is text, as browsers send it without a script; those of other kinds are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelForm {
    pub name: String,
    pub kind: String,
    pub url: String,
    pub chat_id: String,
    pub topic: String,
    pub host: String,
    pub port: String,
    pub security: String,
    pub username: String,
    pub from: String,
    /// Separated by commas.
    pub to: String,
    pub secret: Secret,
    /// Whether the secret that is stored shall be removed: a name that may stand in an address.
    pub forget: Option<String>,
}

impl ChannelForm {
    /// The channel it describes and its secret, or all that cannot be read. The rules of a channel itself are checked by the store.
    pub fn read(&self) -> Result<(Spec, Option<Secret>), Vec<FieldError>> {
        let spec = Spec {
            name: self.name.trim().to_owned(),
            settings: self.settings().map_err(|error| vec![error])?,
            muted: false,
        };
        Ok((spec, filled(self.secret.expose()).map(Secret::new)))
    }

    /// What stands in the field of this name; nothing in that of the secret.
    pub fn field(&self, name: &str) -> &str {
        match name {
            "name" => &self.name,
            "url" => &self.url,
            "chat_id" => &self.chat_id,
            "topic" => &self.topic,
            "host" => &self.host,
            "port" => &self.port,
            "username" => &self.username,
            "from" => &self.from,
            "to" => &self.to,
            _ => "",
        }
    }

    /// The form as it was refused, with what never comes back in an address as it is `known`.
    #[must_use]
    pub fn completed(self, known: &Spec) -> Self {
        let Self { url, topic, .. } = Self::from(known);
        Self { url, topic, ..self }
    }

    fn settings(&self) -> Result<Settings, FieldError> {
        let kind = kind_of(&self.kind).ok_or_else(|| {
            let message = format!("there is no kind {}", self.kind);
            FieldError::new("kind", message)
        })?;
        let url = |default: fn() -> String| filled(&self.url).unwrap_or_else(default);
        Ok(match kind {
            Kind::Webhook => Settings::Webhook(Webhook {
                url: url(String::new),
            }),
            Kind::Telegram => Settings::Telegram(Telegram {
                chat_id: self.chat_id.trim().to_owned(),
                url: url(Telegram::default_url),
            }),
            Kind::Slack => Settings::Slack,
            Kind::Discord => Settings::Discord,
            Kind::Pagerduty => Settings::Pagerduty(Pagerduty {
                url: url(Pagerduty::default_url),
            }),
            Kind::Ntfy => Settings::Ntfy(Ntfy {
                topic: self.topic.trim().to_owned(),
                url: url(Ntfy::default_url),
            }),
            Kind::Email => Settings::Email(self.email()?),
        })
    }

    fn email(&self) -> Result<Email, FieldError> {
        let port = filled(&self.port).map_or(Ok(Email::default_port()), |port| port.parse());
        let to = self.to.split([',', '\n']).filter_map(filled);
        Ok(Email {
            host: self.host.trim().to_owned(),
            port: port.map_err(|_| FieldError::new("port", "write a number, such as 587"))?,
            security: security_of(&self.security),
            username: filled(&self.username),
            from: self.from.trim().to_owned(),
            to: to.collect(),
        })
    }
}

impl From<&Spec> for ChannelForm {
    fn from(spec: &Spec) -> Self {
        let form = Self {
            name: spec.name.clone(),
            kind: spec.kind().as_str().to_owned(),
            ..Self::default()
        };
        match &spec.settings {
            Settings::Webhook(it) => Self {
                url: it.url.clone(),
                ..form
            },
            Settings::Telegram(it) => Self {
                chat_id: it.chat_id.clone(),
                url: it.url.clone(),
                ..form
            },
            Settings::Slack | Settings::Discord => form,
            Settings::Pagerduty(it) => Self {
                url: it.url.clone(),
                ..form
            },
            Settings::Ntfy(it) => Self {
                topic: it.topic.clone(),
                url: it.url.clone(),
                ..form
            },
            Settings::Email(it) => Self {
                host: it.host.clone(),
                port: it.port.to_string(),
                security: name_of(it.security).to_owned(),
                username: it.username.clone().unwrap_or_default(),
                from: it.from.clone(),
                to: it.to.join(", "),
                ..form
            },
        }
    }
}

const SECURITIES: [(Security, &str); 3] = [
    (Security::Starttls, "starttls"),
    (Security::Tls, "tls"),
    (Security::None, "none"),
];

fn name_of(security: Security) -> &'static str {
    let found = SECURITIES.iter().find(|(known, _)| *known == security);
    found.map_or("starttls", |(_, name)| *name)
}

fn security_of(name: &str) -> Security {
    let found = SECURITIES.iter().find(|(_, known)| *known == name);
    found.map_or_else(Security::default, |(security, _)| *security)
}

/// The kind of this name.
pub fn kind_of(name: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.as_str() == name)
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(kind: &str) -> ChannelForm {
        ChannelForm {
            name: " On call ".to_owned(),
            kind: kind.to_owned(),
            ..ChannelForm::default()
        }
    }

    #[test]
    fn a_form_can_be_of_every_kind_and_what_is_left_out_is_usual() {
        for kind in Kind::ALL {
            let (spec, secret) = form(kind.as_str()).read().expect("readable");
            assert_eq!((spec.kind(), spec.name.as_str()), (kind, "On call"));
            assert_eq!(secret, None);
        }
        let (spec, _) = form("ntfy").read().expect("readable");
        assert_eq!(spec.settings.address(), "https://ntfy.sh/");
    }

    #[test]
    fn a_form_of_every_kind_reads_back_as_the_same_channel() {
        for kind in Kind::ALL {
            let form = ChannelForm {
                url: "https://example.com/hook".to_owned(),
                chat_id: "-100".to_owned(),
                topic: "ops".to_owned(),
                host: "mail.example.com".to_owned(),
                security: "tls".to_owned(),
                username: "ann".to_owned(),
                to: "ann@example.com, bob@example.com".to_owned(),
                ..form(kind.as_str())
            };
            let (spec, _) = form.read().expect("readable");
            let again = ChannelForm::from(&spec).read();
            assert_eq!(again.expect("readable"), (spec, None));
        }
    }

    #[test]
    fn where_a_refused_channel_leads_is_known() {
        let (known, _) = ChannelForm {
            topic: "ops".to_owned(),
            ..form("ntfy")
        }
        .read()
        .expect("readable");
        let completed = form("ntfy").completed(&known);
        assert_eq!(completed.field("topic"), "ops");
        assert_eq!(completed.field("name"), " On call ");
    }

    #[test]
    fn a_mail_has_many_readers() {
        let mail = ChannelForm {
            to: "ann@example.com, bob@example.com,\r\n".to_owned(),
            port: "465".to_owned(),
            security: "tls".to_owned(),
            secret: Secret::new("a password"),
            ..form("email")
        };
        let (spec, secret) = mail.read().expect("readable");
        let Settings::Email(email) = spec.settings else {
            panic!("no mail");
        };
        assert_eq!(email.to, ["ann@example.com", "bob@example.com"]);
        assert_eq!((email.port, email.security), (465, Security::Tls));
        assert_eq!(secret, Some(Secret::new("a password")));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let field = |form: ChannelForm| form.read().expect_err("unreadable")[0].field.clone();
        assert_eq!(field(form("pigeon")), "kind");
        let mail = ChannelForm {
            port: "many".to_owned(),
            ..form("email")
        };
        assert_eq!(field(mail), "port");
    }
}

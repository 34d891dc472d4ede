//! A channel as typed, read into what it means.

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
            security: match self.security.as_str() {
                "tls" => Security::Tls,
                "none" => Security::None,
                _ => Security::Starttls,
            },
            username: filled(&self.username),
            from: self.from.trim().to_owned(),
            to: to.collect(),
        })
    }
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

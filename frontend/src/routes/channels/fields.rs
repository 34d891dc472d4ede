//! The fields of a channel's form, by its kind.

use contract::channel::Kind;
use leptos::prelude::*;

use crate::api::Error;
use crate::components::choose::{Choose, options};
use crate::components::field::{Field, is_wrong};
use crate::components::ticks::Tick;
use crate::view::channel_form::ChannelForm;

/// A field of text.
#[derive(Clone, Copy)]
struct Text {
    id: &'static str,
    label: &'static str,
    help: &'static str,
    /// What is meant where it is left empty; without it, it has to be filled in.
    default: Option<&'static str>,
    kind: &'static str,
}

impl Text {
    const fn new(id: &'static str, label: &'static str, help: &'static str) -> Self {
        Self {
            id,
            label,
            help,
            default: None,
            kind: "text",
        }
    }

    const fn or(self, default: &'static str) -> Self {
        Self {
            default: Some(default),
            ..self
        }
    }

    const fn of_kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    /// As it is in the form of a channel that has such a secret.
    const fn kept(self) -> Self {
        Self {
            help: "It is not shown. Left empty, the present one stays.",
            default: Some(""),
            ..self
        }
    }

    const fn secret(label: &'static str, help: &'static str) -> Self {
        Self::new("secret", label, help).of_kind("password")
    }
}

fn fields(kind: Kind) -> Vec<Text> {
    match kind {
        Kind::Webhook => vec![
            Text::new("url", "Address", "Signed requests of the Standard Webhooks specification are posted here.").of_kind("url"),
            Text::secret("Signing secret", "whsec_ and base64. Left empty, one is made and shown once, which needs JavaScript.").or(""),
        ],
        Kind::Telegram => vec![
            Text::new("chat_id", "Chat", "The number of a chat, or @name of a public channel. The bot has to be a member."),
            Text::secret("Bot token", "As @BotFather told it, such as 123456:ABC-DEF."),
            Text::new("url", "Bot API", "Only for a Bot API server of your own.").of_kind("url").or("https://api.telegram.org"),
        ],
        Kind::Slack => vec![Text::secret("Webhook address", "The incoming webhook's URL, which lets anybody post: it is kept like a password.")],
        Kind::Discord => vec![Text::secret("Webhook address", "From the channel's settings, under Integrations. It lets anybody post: it is kept like a password.")],
        Kind::Pagerduty => vec![
            Text::secret("Integration key", "Of a service's integration of the kind Events API v2: 32 letters and digits."),
            Text::new("url", "Events API", "In the European service region: https://events.eu.pagerduty.com/v2/enqueue.").of_kind("url").or("https://events.pagerduty.com/v2/enqueue"),
        ],
        Kind::Ntfy => vec![
            Text::new("topic", "Topic", "Whoever knows the name of an open topic can read it."),
            Text::secret("Access token", "Where the topic is protected.").or(""),
            Text::new("url", "Server", "Only for a server of your own.").of_kind("url").or("https://ntfy.sh"),
        ],
        Kind::Email => vec![
            Text::new("to", "To", "Addresses separated by commas, at most 20."),
            Text::new("from", "From", "An address that the mail server may send for.").of_kind("email"),
            Text::new("host", "Mail server", "Its name, such as mail.example.com."),
            Text::new("port", "Port", "587 for STARTTLS, 465 for TLS.").or("587"),
            Text::new("username", "User", "Empty where the server asks for none.").or(""),
            Text::secret("Password", "Of the user.").or(""),
        ],
    }
}

#[component]
pub fn Fields(
    kind: Kind,
    #[prop(optional)] form: ChannelForm,
    /// Whether a secret is stored, which is not told back.
    #[prop(optional)]
    has_secret: bool,
    error: Signal<Option<Error>>,
) -> impl IntoView {
    let name = Text::new("name", "Name", "Who is told, such as the team.");
    let all = [name].into_iter().chain(fields(kind)).map(|text| {
        let text = if has_secret && text.id == "secret" {
            text.kept()
        } else {
            text
        };
        input(text, form.field(text.id).to_owned(), error)
    });
    let all = all.collect_view();
    let removable = has_secret && kind.can_lack_secret();
    let ticked = form.forget.is_some();
    let removal =
        removable.then(|| view! { <Tick name="forget" words="Remove the secret" ticked /> });
    let security = (kind == Kind::Email).then(|| security(form.security, error));
    view! {
        {all}
        {removal}
        {security}
    }
}

fn input(text: Text, value: String, error: Signal<Option<Error>>) -> impl IntoView {
    let Text {
        id,
        label,
        help,
        default,
        kind,
    } = text;
    view! {
        <Field id label help error>
            <input
                id=id
                name=format!("form[{id}]")
                type=kind
                value=value
                required=default.is_none()
                placeholder=default.unwrap_or_default()
                maxlength="2048"
                autocomplete="off"
                spellcheck="false"
                autocapitalize="none"
                aria-describedby=format!("{id}-help")
                aria-invalid=is_wrong(error, id)
            />
        </Field>
    }
}

fn security(chosen: String, error: Signal<Option<Error>>) -> impl IntoView {
    let known = [("starttls", "STARTTLS"), ("tls", "TLS"), ("none", "None")];
    view! {
        <Choose
            id="security"
            label="Protection"
            help="Without any, passwords travel in the open."
            options=options(known)
            chosen
            error
        />
    }
}

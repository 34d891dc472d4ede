//! The kinds of channels by name.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A signed request by the Standard Webhooks specification.
    Webhook,
    /// A message of a Telegram bot.
    Telegram,
    /// An incoming webhook of Slack, or of what understands Slack's (Mattermost, Rocket.Chat).
    Slack,
    /// A webhook of a Discord channel.
    Discord,
    /// An event of the `PagerDuty` Events API v2.
    Pagerduty,
    /// A message to a topic of ntfy.
    Ntfy,
    /// A mail by SMTP.
    Email,
}

impl Kind {
    pub const ALL: [Self; 7] = [
        Self::Webhook,
        Self::Telegram,
        Self::Slack,
        Self::Discord,
        Self::Pagerduty,
        Self::Ntfy,
        Self::Email,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Telegram => "telegram",
            Self::Slack => "slack",
            Self::Discord => "discord",
            Self::Pagerduty => "pagerduty",
            Self::Ntfy => "ntfy",
            Self::Email => "email",
        }
    }

    /// Whether people read every message, so that bursts are better gathered. Programs take each by itself.
    pub fn is_read_by_people(self) -> bool {
        !matches!(self, Self::Webhook | Self::Pagerduty)
    }

    /// Whether a secret that is stored may be taken away.
    pub fn can_lack_secret(self) -> bool {
        matches!(self, Self::Ntfy | Self::Email)
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Webhook => "Webhook",
            Self::Telegram => "Telegram",
            Self::Slack => "Slack",
            Self::Discord => "Discord",
            Self::Pagerduty => "PagerDuty",
            Self::Ntfy => "ntfy",
            Self::Email => "Email",
        }
    }
}

//! An endpoint as Gatus writes it.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use contract::monitor::check::dns::{Record, Transport};
use contract::monitor::check::{Dns, Http, Icmp, Tcp, Tls};
use contract::monitor::{Check, Kind};
use serde::Deserialize;
use serde_saphyr::Spanned;
use validator::Validate;

use super::duration::Span;
use super::{Endpoint, Error};

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Raw {
    name: Spanned<String>,
    #[serde(default)]
    group: String,
    #[serde(default = "yes")]
    enabled: bool,
    url: Spanned<String>,
    method: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<String>,
    interval: Option<Spanned<Span>>,
    #[serde(default)]
    conditions: Vec<Spanned<String>>,
    #[serde(default)]
    alerts: Vec<Alert>,
    #[serde(default)]
    client: Client,
    dns: Option<DnsQuestion>,
    failure_threshold: Option<u32>,
    success_threshold: Option<u32>,
}

/// Only its thresholds are honoured: a prober that stands alone tells nobody.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Alert {
    #[serde(rename = "type")]
    kind: String,
    failure_threshold: Option<u32>,
    success_threshold: Option<u32>,
    #[serde(default, rename = "enabled")]
    _enabled: Option<bool>,
    #[serde(default, rename = "description")]
    _description: Option<String>,
    #[serde(default, rename = "send-on-resolved")]
    _send_on_resolved: Option<bool>,
    #[serde(default, rename = "minimum-reminder-interval")]
    _minimum_reminder_interval: Option<Span>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Client {
    timeout: Option<Span>,
    #[serde(default)]
    insecure: bool,
    #[serde(default)]
    ignore_redirect: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct DnsQuestion {
    query_name: Spanned<String>,
    query_type: Spanned<Record>,
}

const SCHEMES: &str =
    "http://, https://, tcp://, tls:// or icmp://, or a name server's address with dns.query-name";

impl Raw {
    /// `None` if it is switched off.
    pub(super) fn read(&self, warnings: &mut Vec<String>) -> Result<Option<Endpoint>, Error> {
        if !self.enabled {
            return Ok(None);
        }
        if self.name.value.trim().is_empty() {
            return Err(Error::at(&self.name, "give the endpoint a name"));
        }
        let timeout = self
            .client
            .timeout
            .map_or(Duration::from_secs(10), |it| it.0);
        let interval = self
            .interval
            .as_ref()
            .map_or(Duration::from_mins(1), |it| it.value.0);
        if let Some(place) = self
            .interval
            .as_ref()
            .filter(|_| interval < Duration::from_secs(1))
        {
            return Err(Error::at(place, "interval: at least 1s"));
        }
        let check = Check {
            timeout_ms: u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX),
            conditions: self.conditions.iter().map(|it| it.value.clone()).collect(),
            ..Check::new(self.kind()?)
        };
        self.judge(&check)?;
        for alert in &self.alerts {
            let name = &self.name.value;
            warnings.push(format!(
                "{name}: nobody is told by {}; its thresholds decide when the endpoint is down",
                alert.kind
            ));
        }
        let of_alerts = |of: fn(&Alert) -> Option<u32>| self.alerts.iter().filter_map(of).min();
        let failures = self
            .failure_threshold
            .or_else(|| of_alerts(|it| it.failure_threshold));
        let successes = self
            .success_threshold
            .or_else(|| of_alerts(|it| it.success_threshold));
        Ok(Some(Endpoint {
            group: self.group.clone(),
            name: self.name.value.clone(),
            check,
            interval,
            failure_threshold: failures.unwrap_or(1).max(1),
            success_threshold: successes.unwrap_or(1).max(1),
        }))
    }

    fn kind(&self) -> Result<Kind, Error> {
        let url = self.url.value.trim();
        if let Some(question) = &self.dns {
            return self.dns(question).map(Kind::from);
        }
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| Error::at(&self.url, format!("url: begin with {SCHEMES}")))?;
        let target = rest.trim_end_matches('/').to_owned();
        Ok(match scheme {
            "http" | "https" => Http {
                target: url.to_owned(),
                method: self.method.clone().unwrap_or_else(|| "GET".to_owned()),
                headers: self.headers.clone(),
                body: self.body.clone(),
                follow_redirects: !self.client.ignore_redirect,
                insecure: self.client.insecure,
                ..Http::default()
            }
            .into(),
            "tcp" => Tcp {
                target,
                send: self.body.clone(),
                expect: None,
            }
            .into(),
            "tls" => Tls {
                target,
                insecure: self.client.insecure,
                ..Tls::default()
            }
            .into(),
            "icmp" => Icmp {
                target,
                ..Icmp::default()
            }
            .into(),
            _ => {
                let message = format!("url: {scheme}:// is not offered: begin with {SCHEMES}");
                return Err(Error::at(&self.url, message));
            }
        })
    }

    fn dns(&self, question: &DnsQuestion) -> Result<Dns, Error> {
        let url = self.url.value.trim();
        let (transport, server) = match url.split_once("://") {
            Some(("tcp", rest)) => (Transport::Tcp, rest),
            Some(("udp" | "dns", rest)) => (Transport::Udp, rest),
            Some(_) => {
                return Err(Error::at(
                    &self.url,
                    "url: a name server's address, such as 192.0.2.53",
                ));
            }
            None => (Transport::Udp, url),
        };
        let with_port = server.parse::<SocketAddr>();
        let resolver = with_port.or_else(|_| {
            let address = server
                .trim_start_matches('[')
                .trim_end_matches(']')
                .parse::<IpAddr>();
            address.map(|address| SocketAddr::new(address, 53))
        });
        Ok(Dns {
            target: question.query_name.value.clone(),
            record: question.query_type.value,
            resolver: Some(resolver.map_err(|_| {
                Error::at(
                    &self.url,
                    "url: a name server's address, such as 192.0.2.53 or 192.0.2.53:5353",
                )
            })?),
            transport,
        })
    }

    /// The same rules as for every monitor; each complaint is put where its cause stands.
    fn judge(&self, check: &Check) -> Result<(), Error> {
        for condition in &self.conditions {
            let alone = Check {
                conditions: vec![condition.value.clone()],
                ..check.clone()
            };
            if let Some(message) = complaint(&alone, "conditions") {
                return Err(Error::at(condition, message));
            }
        }
        let Err(errors) = check.validate() else {
            return Ok(());
        };
        let fields: Vec<String> = errors
            .field_errors()
            .keys()
            .map(ToString::to_string)
            .collect();
        // The interval of a file need not be one that a cron schedule can express, and is the default here.
        let Some(field) = fields.first() else {
            return Ok(());
        };
        let message = complaint(check, field).unwrap_or_default();
        let (place, name) = match (field.as_str(), &self.dns) {
            ("target", Some(dns)) => (&dns.query_name, "dns.query-name"),
            ("target", None) => (&self.url, "url"),
            ("timeout_ms", _) => (&self.name, "client.timeout"),
            (other, _) => (&self.name, other),
        };
        Err(Error::at(place, format!("{name}: {message}")))
    }
}

fn complaint(check: &Check, field: &str) -> Option<String> {
    let errors = check.validate().err()?;
    let errors = errors.field_errors();
    let first = errors.get(field)?.first()?;
    Some(first.to_string())
}

fn yes() -> bool {
    true
}

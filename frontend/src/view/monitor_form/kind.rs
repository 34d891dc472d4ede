//! The part of a monitor's form that differs by kind, in both directions.

use std::collections::BTreeMap;

use contract::monitor::Kind;
use contract::monitor::check::dns::{Record, Transport};
use contract::monitor::check::{Dns, Heartbeat, Http, Icmp, Tcp, Tls};

use super::{MonitorForm, ticked};
use crate::view::form::{Reader, filled};
use crate::view::span;

const TRANSPORTS: [(Transport, &str); 2] = [(Transport::Udp, "udp"), (Transport::Tcp, "tcp")];

impl MonitorForm {
    pub(super) fn kind(&self, reader: &mut Reader, known: Option<&Kind>) -> Option<Kind> {
        let target = self.target.trim().to_owned();
        match self.kind.as_str() {
            "http" => Some(self.http(reader, known, target).into()),
            "tcp" => {
                let (send, expect) = (said(&self.send), said(&self.expect));
                let tcp = Tcp {
                    target,
                    send,
                    expect,
                };
                Some(tcp.into())
            }
            "dns" => self.dns(reader, target).map(Kind::from),
            "tls" => {
                let days = filled(&self.min_days_left);
                let tls = Tls {
                    target,
                    server_name: filled(&self.server_name),
                    min_days_left: days.map(|days| reader.whole("min_days_left", &days)),
                    insecure: self.insecure.is_some(),
                };
                Some(tls.into())
            }
            "icmp" => {
                let count = reader.whole("count", &self.count);
                Some(Icmp { target, count }.into())
            }
            "heartbeat" => {
                let heartbeat = Heartbeat {
                    grace_s: reader.seconds("grace_s", &self.grace_s),
                    ..Heartbeat::default()
                };
                Some(heartbeat.into())
            }
            other => {
                reader.wrong("kind", format!("there is no kind {other}"));
                None
            }
        }
    }

    fn http(&self, reader: &mut Reader, known: Option<&Kind>, target: String) -> Http {
        let base = match known {
            Some(Kind::Http(http)) => http.clone(),
            _ => Http::default(),
        };
        Http {
            target,
            method: self.method.clone(),
            headers: self.headers(reader),
            body: said(&self.body),
            follow_redirects: self.follow_redirects.is_some(),
            insecure: self.insecure.is_some(),
            ..base
        }
    }

    fn headers(&self, reader: &mut Reader) -> BTreeMap<String, String> {
        let mut headers = BTreeMap::new();
        for line in self.headers.lines().filter_map(filled) {
            match line.split_once(':') {
                Some((name, value)) => {
                    headers.insert(name.trim().to_owned(), value.trim().to_owned());
                }
                None => reader.wrong(
                    "headers",
                    format!("{line:?} has no colon: write name: value"),
                ),
            }
        }
        headers
    }

    fn dns(&self, reader: &mut Reader, target: String) -> Option<Dns> {
        let records = Record::ALL.map(|record| (record, record.as_str()));
        let record = reader.one_of("record", &self.record, &records);
        let transport = reader.one_of("transport", &self.transport, &TRANSPORTS);
        let resolver = filled(&self.resolver).and_then(|text| {
            let reason = "write an address and a port, such as 192.0.2.1:53";
            reader.parsed("resolver", &text, reason)
        });
        Some(Dns {
            target,
            record: record?,
            resolver,
            transport: transport?,
        })
    }

    /// The form of a kind, without what all kinds have in common.
    pub(super) fn of(kind: &Kind) -> Self {
        let form = Self {
            kind: kind.as_str().to_owned(),
            follow_redirects: ticked(true),
            ..Self::default()
        };
        match kind {
            Kind::Http(http) => {
                let headers = http.headers.iter();
                let headers: Vec<String> = headers
                    .map(|(name, value)| format!("{name}: {value}"))
                    .collect();
                Self {
                    method: http.method.clone(),
                    headers: headers.join("\n"),
                    body: http.body.clone().unwrap_or_default(),
                    follow_redirects: ticked(http.follow_redirects),
                    insecure: ticked(http.insecure),
                    ..form
                }
            }
            Kind::Tcp(tcp) => Self {
                send: tcp.send.clone().unwrap_or_default(),
                expect: tcp.expect.clone().unwrap_or_default(),
                ..form
            },
            Kind::Dns(dns) => {
                let transport = TRANSPORTS.iter().find(|(it, _)| *it == dns.transport);
                Self {
                    record: dns.record.as_str().to_owned(),
                    resolver: dns.resolver.map(|it| it.to_string()).unwrap_or_default(),
                    transport: transport.map_or_else(String::new, |(_, name)| (*name).to_owned()),
                    ..form
                }
            }
            Kind::Tls(tls) => Self {
                server_name: tls.server_name.clone().unwrap_or_default(),
                min_days_left: tls
                    .min_days_left
                    .map(|days| days.to_string())
                    .unwrap_or_default(),
                insecure: ticked(tls.insecure),
                ..form
            },
            Kind::Icmp(icmp) => Self {
                count: icmp.count.to_string(),
                ..form
            },
            Kind::Heartbeat(heartbeat) => Self {
                grace_s: span::write(heartbeat.grace_s),
                ..form
            },
        }
    }
}

/// What is said to a server, spaces and line breaks included.
fn said(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

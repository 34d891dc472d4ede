//! Modules as `blackbox_exporter` has them: how a target that comes with a request is looked at.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use contract::monitor::check::dns::{Record, Transport};
use contract::monitor::check::{Dns, Http, Icmp, Tcp, Tls};
use contract::monitor::{Check, Kind};
use serde::Deserialize;
use validator::Validate;

use super::duration::Span;

/// A check that lacks only its target.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Module {
    kind: Kind,
    conditions: Vec<String>,
    timeout: Option<Duration>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    prober: Prober,
    timeout: Option<Span>,
    http: Option<RawHttp>,
    tcp: Option<RawTcp>,
    dns: Option<RawDns>,
    #[serde(rename = "icmp")]
    _icmp: Option<NoSettings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoSettings {}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Prober {
    Http,
    Tcp,
    Dns,
    Icmp,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RawHttp {
    method: Option<String>,
    headers: BTreeMap<String, String>,
    body: Option<String>,
    follow_redirects: Option<bool>,
    valid_status_codes: Vec<u16>,
    bearer_token: Option<String>,
    basic_auth: Option<RawBasic>,
    tls_config: RawTls,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBasic {
    username: String,
    password: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RawTls {
    insecure_skip_verify: bool,
    server_name: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RawTcp {
    tls: bool,
    tls_config: RawTls,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDns {
    query_name: String,
    #[serde(default)]
    query_type: Record,
    #[serde(default)]
    transport_protocol: Transport,
}

impl Module {
    pub(super) fn read(raw: &Raw) -> Result<Self, String> {
        let mut conditions = Vec::new();
        let kind = match raw.prober {
            Prober::Http => {
                let http = raw.http.as_ref();
                conditions = statuses(http.map_or(&[], |it| &it.valid_status_codes));
                http.map_or_else(Http::default, settings).into()
            }
            Prober::Tcp => match &raw.tcp {
                Some(tcp) if tcp.tls => Tls {
                    insecure: tcp.tls_config.insecure_skip_verify,
                    server_name: tcp.tls_config.server_name.clone(),
                    ..Tls::default()
                }
                .into(),
                _ => Tcp::default().into(),
            },
            Prober::Dns => {
                let dns = raw
                    .dns
                    .as_ref()
                    .ok_or("dns: name what is asked for in query_name")?;
                Dns {
                    target: dns.query_name.clone(),
                    record: dns.query_type,
                    transport: dns.transport_protocol,
                    resolver: None,
                }
                .into()
            }
            Prober::Icmp => Icmp::default().into(),
        };
        Ok(Self {
            kind,
            conditions,
            timeout: raw.timeout.map(|it| it.0),
        })
    }

    /// The check of a target, within the module's timeout and `at_most`; errors say what is wrong with the target.
    pub(crate) fn check(&self, target: &str, at_most: Duration) -> Result<Check, String> {
        let mut kind = self.kind.clone();
        match &mut kind {
            Kind::Http(http) if target.contains("://") => target.clone_into(&mut http.target),
            Kind::Http(http) => http.target = format!("http://{target}"),
            Kind::Tcp(tcp) => target.clone_into(&mut tcp.target),
            Kind::Tls(tls) => target.clone_into(&mut tls.target),
            Kind::Icmp(icmp) => target.clone_into(&mut icmp.target),
            Kind::Dns(dns) => dns.resolver = Some(name_server(target)?),
            Kind::Heartbeat(_) => return Err("a heartbeat cannot be probed".to_owned()),
        }
        let timeout = self.timeout.map_or(at_most, |own| own.min(at_most));
        let check = Check {
            timeout_ms: u32::try_from(timeout.as_millis())
                .unwrap_or(u32::MAX)
                .clamp(100, 60_000),
            conditions: self.conditions.clone(),
            ..Check::new(kind)
        };
        check.validate().map_err(|errors| errors.to_string())?;
        Ok(check)
    }
}

/// Those that `blackbox_exporter`'s own example file has.
pub(crate) fn predefined() -> BTreeMap<String, Module> {
    let post = Http {
        method: "POST".to_owned(),
        ..Http::default()
    };
    let root = |transport| Dns {
        target: ".".to_owned(),
        record: Record::Soa,
        transport,
        resolver: None,
    };
    let modules: [(&str, Kind); 8] = [
        ("http_2xx", Http::default().into()),
        ("http_post_2xx", post.into()),
        ("tcp_connect", Tcp::default().into()),
        ("tls_connect", Tls::default().into()),
        ("icmp", Icmp::default().into()),
        ("dns_udp", root(Transport::Udp).into()),
        ("dns_tcp", root(Transport::Tcp).into()),
        (
            "ssh_banner",
            Tcp {
                expect: Some("SSH-2.0-".to_owned()),
                ..Tcp::default()
            }
            .into(),
        ),
    ];
    let module = |(name, kind): (&str, Kind)| {
        let conditions = match kind {
            Kind::Http(_) => statuses(&[]),
            _ => Vec::new(),
        };
        let module = Module {
            kind,
            conditions,
            timeout: None,
        };
        (name.to_owned(), module)
    };
    modules.into_iter().map(module).collect()
}

fn statuses(valid: &[u16]) -> Vec<String> {
    if valid.is_empty() {
        return ["[STATUS] >= 200", "[STATUS] < 300"]
            .map(str::to_owned)
            .into();
    }
    let valid: Vec<String> = valid.iter().map(u16::to_string).collect();
    vec![format!("[STATUS] == any({})", valid.join(", "))]
}

fn settings(raw: &RawHttp) -> Http {
    use contract::monitor::check::http::Auth;
    let basic = raw.basic_auth.as_ref().map(|basic| Auth::Basic {
        username: basic.username.clone(),
        password: basic.password.clone(),
    });
    let bearer = raw.bearer_token.clone().map(|token| Auth::Bearer { token });
    Http {
        method: raw.method.clone().unwrap_or_else(|| "GET".to_owned()),
        headers: raw.headers.clone(),
        body: raw.body.clone(),
        follow_redirects: raw.follow_redirects.unwrap_or(true),
        auth: basic.or(bearer),
        insecure: raw.tls_config.insecure_skip_verify,
        ..Http::default()
    }
}

fn name_server(target: &str) -> Result<SocketAddr, String> {
    let bare = || target.parse::<IpAddr>().map(|it| SocketAddr::new(it, 53));
    target.parse().or_else(|_| bare()).map_err(|_| {
        "target: a name server's address, such as 192.0.2.53 or 192.0.2.53:53".to_owned()
    })
}

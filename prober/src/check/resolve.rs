//! From a name to addresses.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use contract::probe::Reason;
use futures_util::future::{Either, select};
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::op::Query;
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::system_conf::read_system_conf;
use hickory_resolver::{Hosts, ResolverBuilder, TokioResolver};

use super::Failure;

/// How long one address family is waited for after the other has answered. RFC 8305 proposes 50 ms before dialling; all
/// addresses are judged together here, so a slow name server gets more, and one that drops AAAA questions costs no more.
const GRACE: Duration = Duration::from_millis(500);

/// Asks `/etc/hosts` and then the name servers, and remembers nothing.
pub(super) struct Resolver {
    hosts: Hosts,
    dns: TokioResolver,
    name_server: Option<SocketAddr>,
}

impl Resolver {
    pub(super) fn new(name_servers: &[SocketAddr]) -> anyhow::Result<Self> {
        let mut builder = if name_servers.is_empty() {
            TokioResolver::builder_tokio().unwrap_or_else(|error| {
                tracing::warn!(%error, "cannot read /etc/resolv.conf; asking 127.0.0.1");
                asking(&[SocketAddr::from((Ipv4Addr::LOCALHOST, 53))])
            })
        } else {
            asking(name_servers)
        };
        builder.options_mut().cache_size = 0;
        let dns = builder.build()?;
        let first = name_servers.first().copied();
        Ok(Self {
            hosts: Hosts::from_system().unwrap_or_default(),
            name_server: first.or_else(system_name_server),
            dns,
        })
    }

    /// The first one that names are asked of.
    pub(super) fn name_server(&self) -> Option<SocketAddr> {
        self.name_server
    }

    /// All addresses of a name, v6 and v4 in turn (RFC 8305), at least one.
    pub(super) async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, Failure> {
        let parsed = Name::from_utf8(name).map_err(|error| {
            Failure::new(Reason::DnsError, format!("{name} is not a name: {error}"))
        })?;
        let known = self.known_to_hosts(&parsed);
        if known.is_empty() {
            self.known_to_dns(name, &parsed).await
        } else {
            Ok(known)
        }
    }

    fn known_to_hosts(&self, name: &Name) -> Vec<IpAddr> {
        let [v6, v4] = [RecordType::AAAA, RecordType::A].map(|family| {
            let query = Query::query(name.clone(), family);
            let lookup = self.hosts.lookup_static_host(&query);
            lookup.map_or_else(Vec::new, |it| {
                it.answers()
                    .iter()
                    .filter_map(|record| record.data.ip_addr())
                    .collect()
            })
        });
        in_turn(&v6, &v4)
    }

    async fn known_to_dns(&self, text: &str, name: &Name) -> Result<Vec<IpAddr>, Failure> {
        let v6 = Box::pin(self.family(name, RecordType::AAAA));
        let v4 = Box::pin(self.family(name, RecordType::A));
        let (v6, v4) = match select(v6, v4).await {
            Either::Left((v6, v4)) => {
                let v4 = other_family(v6.is_ok(), v4).await;
                (v6, v4)
            }
            Either::Right((v4, v6)) => {
                let v6 = other_family(v4.is_ok(), v6).await;
                (v6, v4)
            }
        };
        match (v6, v4) {
            (Err(v6), Err(v4)) => {
                let telling = if v4.is_no_records_found() { v6 } else { v4 };
                Err(failure(text, &telling))
            }
            (v6, v4) => Ok(in_turn(&v6.unwrap_or_default(), &v4.unwrap_or_default())),
        }
    }

    /// At least one address, or an error.
    async fn family(&self, name: &Name, family: RecordType) -> Result<Vec<IpAddr>, NetError> {
        let lookup = self.dns.lookup(name.clone(), family).await?;
        let addresses: Vec<IpAddr> = lookup
            .answers()
            .iter()
            .filter_map(|record| record.data.ip_addr())
            .collect();
        if addresses.is_empty() {
            return Err(NetError::Message("no address"));
        }
        Ok(addresses)
    }
}

fn asking(name_servers: &[SocketAddr]) -> ResolverBuilder<TokioRuntimeProvider> {
    let name_server = |server: &SocketAddr| {
        let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
        for connection in &mut connections {
            connection.port = server.port();
        }
        NameServerConfig::new(server.ip(), true, connections)
    };
    let name_servers = name_servers.iter().map(name_server).collect();
    let config = ResolverConfig::from_parts(None, Vec::new(), name_servers);
    TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
}

fn system_name_server() -> Option<SocketAddr> {
    let (config, _) = read_system_conf().ok()?;
    let server = config.name_servers().first()?;
    let port = server.connections.first()?.port;
    Some(SocketAddr::new(server.ip, port))
}

/// Waits for the other family: as long as it takes where the first brought nothing.
async fn other_family<T>(
    has_one: bool,
    lookup: impl Future<Output = Result<T, NetError>>,
) -> Result<T, NetError> {
    if !has_one {
        return lookup.await;
    }
    tokio::time::timeout(GRACE, lookup)
        .await
        .unwrap_or(Err(NetError::Timeout))
}

fn in_turn(v6: &[IpAddr], v4: &[IpAddr]) -> Vec<IpAddr> {
    let longest = v6.len().max(v4.len());
    (0..longest)
        .flat_map(|i| [v6.get(i), v4.get(i)])
        .flatten()
        .copied()
        .collect()
}

fn failure(name: &str, error: &NetError) -> Failure {
    let message = match error {
        error if error.is_nx_domain() => format!("there is no host {name}"),
        error if error.is_no_records_found() => format!("{name} has no address"),
        NetError::Message(_) => format!("{name} has no address"),
        NetError::Timeout => format!("the name servers gave no answer for {name}"),
        error => format!("cannot look up {name}: {error}"),
    };
    Failure::new(Reason::DnsError, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn families_take_turns_and_v6_begins() {
        let turns = in_turn(&[ip("::1"), ip("::2")], &[ip("1.1.1.1")]);
        assert_eq!(turns, [ip("::1"), ip("1.1.1.1"), ip("::2")]);
        assert_eq!(in_turn(&[], &[ip("1.1.1.1")]), [ip("1.1.1.1")]);
    }

    #[tokio::test]
    async fn the_hosts_file_is_asked_first() {
        let resolver = Resolver::new(&[]).expect("a resolver");
        let addresses = resolver.addresses("localhost").await.expect("an entry");
        assert!(addresses.iter().all(IpAddr::is_loopback), "{addresses:?}");
    }
}

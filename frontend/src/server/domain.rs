//! Whether a page's domain is its tenant's: the TXT record that only the domain's owner can make.

use std::net::SocketAddr;
use std::sync::Arc;

use contract::id::PageId;
use contract::page::{ConfirmHost, Host, Page, Read};
use contract::rpc::Error;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};

use super::Site;
use super::member::Member;

/// Asks name servers, and remembers nothing.
#[derive(Clone)]
pub(crate) struct Domains(Arc<TokioResolver>);

impl Domains {
    /// Asks these name servers, or the system's.
    pub(crate) fn new(name_servers: &[SocketAddr]) -> anyhow::Result<Self> {
        let mut builder = if name_servers.is_empty() {
            TokioResolver::builder_tokio()?
        } else {
            let servers = name_servers.iter().map(name_server).collect();
            let config = ResolverConfig::from_parts(None, Vec::new(), servers);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        };
        builder.options_mut().cache_size = 0;
        Ok(Self(Arc::new(builder.build()?)))
    }

    /// Says what is missing unless the record is there.
    pub(crate) async fn verify(&self, host: &Host) -> Result<(), Error> {
        let name = format!("{}.", host.record);
        let found = self.0.lookup(name, RecordType::TXT).await;
        let texts: Vec<String> = match &found {
            Ok(lookup) => lookup
                .answers()
                .iter()
                .filter_map(|it| text(&it.data))
                .collect(),
            Err(error) => {
                tracing::debug!(%error, host = host.name, "no TXT record");
                Vec::new()
            }
        };
        if texts.contains(&host.text) {
            return Ok(());
        }
        let (record, text) = (&host.record, &host.text);
        let rule = format!("there is no TXT record at {record} with the text {text} yet");
        Err(Error::invalid("host", rule))
    }
}

/// Looks for the record of a page's domain, and tells the store that it was found.
pub(crate) async fn confirm(site: &Site, member: &Member, id: PageId) -> Result<Page, Error> {
    let page = member.ask(Read { id }).await?;
    let host = page.host;
    let host = host.ok_or_else(|| Error::invalid("host", "claim a domain first"))?;
    site.domains.verify(&host).await?;
    let host = host.name;
    member.ask(ConfirmHost { id, host }).await
}

/// The parts of a record's text, joined as they are meant.
fn text(data: &RData) -> Option<String> {
    let RData::TXT(txt) = data else {
        return None;
    };
    let whole: Vec<u8> = txt
        .txt_data
        .iter()
        .flat_map(|part| part.iter().copied())
        .collect();
    String::from_utf8(whole).ok()
}

fn name_server(server: &SocketAddr) -> NameServerConfig {
    let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
    for connection in &mut connections {
        connection.port = server.port();
    }
    NameServerConfig::new(server.ip(), true, connections)
}

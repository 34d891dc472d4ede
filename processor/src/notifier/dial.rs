//! The only way to addresses of users' choice: it dials public addresses and those of the allow list, nothing else.
//! What a name resolves to is judged where it is dialled, so a name that points elsewhere the next time gains nothing.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use anyhow::Context;
use contract::address::{Filter, Network};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Url, redirect};

/// The whole exchange ends within this time.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) fn filter(allow: &[String]) -> anyhow::Result<Filter> {
    let networks = allow
        .iter()
        .filter(|network| !network.trim().is_empty())
        .map(|network| network.trim().parse::<Network>());
    let networks: Vec<Network> = networks
        .collect::<Result<_, _>>()
        .context("OVERSEER_PROCESSOR_ALLOW")?;
    Ok(Filter::new(networks))
}

pub(super) fn client(filter: &Filter) -> anyhow::Result<service::HttpClient> {
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .timeout(TIMEOUT)
        .dns_resolver(Resolver {
            filter: filter.clone(),
        });
    service::HttpClient::build(builder).context("the HTTP client for notifications")
}

/// Judges a URL whose host is an address: such hosts are dialled without asking the resolver.
pub(super) fn judge(filter: &Filter, url: &Url) -> Result<(), String> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err("not an http or https URL".to_owned());
    }
    let host = url.host_str().ok_or("the URL names no host")?;
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) => filter.judge(address).map_err(|blocked| blocked.to_string()),
        Err(_) => Ok(()),
    }
}

struct Resolver {
    filter: Filter,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let filter = self.filter.clone();
        Box::pin(async move {
            let public = resolve(&filter, name.as_str(), 0).await?;
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a host that may be dialled. The error is [`contract::address::Blocked`] where it has others only.
pub(super) async fn resolve(
    filter: &Filter,
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
    let mut refused = None;
    let mut public: Vec<SocketAddr> = Vec::new();
    for address in tokio::net::lookup_host((host, port)).await? {
        match filter.judge(address.ip()) {
            Ok(()) => public.push(address),
            Err(blocked) => refused = Some(blocked),
        }
    }
    match refused {
        Some(blocked) if public.is_empty() => Err(blocked.into()),
        _ => Ok(public),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(allow: &[&str], url: &str) -> Result<(), String> {
        let allow: Vec<String> = allow.iter().map(ToString::to_string).collect();
        judge(
            &filter(&allow).expect("valid networks"),
            &url.parse().expect("a URL"),
        )
    }

    #[test]
    fn literal_addresses_are_judged_in_every_spelling() {
        for inside in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::1]:8080/",
            "http://[::ffff:10.0.0.1]/",
            "http://169.254.169.254/latest/meta-data",
            "ftp://93.184.215.14/",
        ] {
            assert!(verdict(&[], inside).is_err(), "{inside}");
        }
        assert_eq!(verdict(&[], "https://93.184.215.14/"), Ok(()));
        assert_eq!(verdict(&[], "https://example.com/"), Ok(()));
        assert_eq!(verdict(&["127.0.0.0/8"], "http://127.0.0.1:9/"), Ok(()));
    }

    #[tokio::test]
    async fn a_name_that_resolves_inside_is_refused() {
        let resolver = Resolver {
            filter: Filter::default(),
        };
        let name = "localhost".parse().expect("a name");
        let refused = resolver.resolve(name).await.err().expect("refused");
        assert!(refused.to_string().contains("loopback"), "{refused}");
    }
}

//! What every request shares.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use bus::{Bucket, Bus, Switches};
use contract::id::Region;
use contract::rpc;
use contract::stream;
use contract::token::Grant;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::Args;
use super::assets::Assets;
use super::domain::Domains;
use super::jwt::Keys;
use super::live::Feeds;

#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) bus: Bus,
    pub(crate) assets: Arc<Assets>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) feeds: Feeds,
    pub(crate) ingress_url: Arc<str>,
    pub(crate) domains: Domains,
    /// Below it each page has a host of its own.
    pub(crate) base_domain: Option<Arc<str>>,
    /// Cookies are for HTTPS only.
    pub(crate) secure: bool,
    /// Streams end when this is cancelled, so that draining does not wait for viewers.
    pub(crate) shutdown: CancellationToken,
    /// Where this is a test-bed.
    pub(crate) switches: Option<Arc<Switches>>,
    grants: Bucket<Grant>,
    heartbeats: Bucket<Value>,
}

impl Site {
    pub(crate) async fn new(args: &Args, bus: Bus, ctx: &service::Context) -> anyhow::Result<Self> {
        let assets =
            Assets::load(args.assets.as_deref()).context("cannot read the browser's half")?;
        Ok(Self {
            assets: Arc::new(assets),
            keys: Arc::new(Keys::new(&args.jwt_secret)),
            feeds: Feeds::new(bus.clone(), ctx.tasks.clone(), ctx.shutdown.clone()),
            ingress_url: args.ingress_url.trim_end_matches('/').into(),
            domains: Domains::new(&args.name_servers).context("no name server can be asked")?,
            base_domain: args.base_domain.as_deref().map(Arc::from),
            secure: args.https,
            shutdown: ctx.shutdown.clone(),
            switches: if bus.is_test_bed() {
                Some(Arc::new(Switches::of(&bus).await))
            } else {
                None
            },
            grants: bus.bucket(stream::TOKENS).await,
            heartbeats: bus.bucket(stream::REGIONS).await,
            bus,
        })
    }

    /// The grant behind an API token's hash; `None` for unknown and revoked ones.
    pub(crate) async fn grant(&self, hash: &str) -> Result<Option<Grant>, rpc::Error> {
        let entry = self.grants.get(hash).await.map_err(away)?;
        Ok(entry.map(|entry| entry.value))
    }

    /// The regions whose probers report for work now, with how many of them do.
    pub(crate) async fn regions(&self) -> Result<BTreeMap<Region, u32>, rpc::Error> {
        let keys = self.heartbeats.keys().await.map_err(away)?;
        Ok(count_regions(&keys))
    }
}

/// Counts heartbeats (`<region>.<instance>`) by region.
fn count_regions(keys: &[String]) -> BTreeMap<Region, u32> {
    let mut regions = BTreeMap::new();
    let parsed = keys
        .iter()
        .filter_map(|key| key.split_once('.')?.0.parse().ok());
    for region in parsed {
        *regions.entry(region).or_insert(0) += 1;
    }
    regions
}

fn away(error: bus::UpdateError) -> rpc::Error {
    tracing::warn!(%error, "a bucket gave no answer");
    rpc::Error::Unavailable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probers_are_counted_by_region() {
        let keys = ["eu-central.a", "eu-central.b", "us-east.c", "nonsense"].map(str::to_owned);
        let regions = count_regions(&keys);
        let counts: Vec<_> = regions
            .iter()
            .map(|(region, count)| (region.as_str(), *count))
            .collect();
        assert_eq!(counts, [("eu-central", 2), ("us-east", 1)]);
    }
}

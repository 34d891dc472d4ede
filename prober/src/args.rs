//! What a prober can be told.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use contract::address::Network;
use contract::id::Region;

use crate::check::Settings;

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub nats: bus::Args,
    /// The regions this prober stands in, separated by commas. Several are for development.
    #[arg(
        long,
        env = "OVERSEER_PROBER_REGIONS",
        value_delimiter = ',',
        required = true
    )]
    pub regions: Vec<Region>,
    /// Checks at the same time, in all regions together.
    #[arg(long, env = "OVERSEER_PROBER_CONCURRENCY", default_value = "64")]
    pub concurrency: NonZeroUsize,
    /// Pretends that a region is this far away, as a round trip: `eu-north=25,ap-east=180`. Its results are marked as simulated.
    #[arg(long, env = "OVERSEER_PROBER_DISTANCE_MS", value_delimiter = ',')]
    pub distance_ms: Vec<Distance>,
    /// Where checks on demand (`/probe`, `/check`) are served; nowhere if it is absent.
    #[arg(long, env = "OVERSEER_PROBER_HTTP")]
    pub http: Option<SocketAddr>,
    /// Who asks there has to show it: `Authorization: Bearer`.
    #[arg(long, env = "OVERSEER_PROBER_HTTP_TOKEN", hide_env_values = true)]
    pub http_token: Option<String>,
    #[command(flatten)]
    pub measuring: Measuring,
}

/// How checks are made, whoever asks for them.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Measuring {
    /// Networks beyond the public internet that may be dialled, separated by commas, such as 10.0.0.0/8.
    #[arg(long, env = "OVERSEER_PROBER_ALLOW", value_delimiter = ',')]
    pub allow: Vec<Network>,
    /// Certificates in PEM that are trusted beside those of the system.
    #[arg(long, env = "OVERSEER_PROBER_CA_FILE")]
    pub ca_file: Option<PathBuf>,
    /// Name servers to ask instead of the system's, separated by commas, as address and port: `192.0.2.53:53`.
    #[arg(long, env = "OVERSEER_PROBER_NAME_SERVERS", value_delimiter = ',')]
    pub name_servers: Vec<SocketAddr>,
    /// The name server that `dns` checks ask which name none, instead of the prober's own: one outside, so that nobody reads names that only
    /// the operator's network knows.
    #[arg(long, env = "OVERSEER_PROBER_DNS_CHECK_SERVER")]
    pub dns_check_server: Option<SocketAddr>,
    /// The most of an answer's body that a condition gets to see.
    #[arg(
        long,
        env = "OVERSEER_PROBER_BODY_LIMIT_BYTES",
        default_value_t = 65_536
    )]
    pub body_limit_bytes: usize,
}

impl Measuring {
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            allow: self.allow.clone(),
            ca_file: self.ca_file.clone(),
            name_servers: self.name_servers.clone(),
            dns_check_server: self.dns_check_server,
            body_limit_bytes: self.body_limit_bytes,
        }
    }
}

impl Args {
    /// The simulated round trip of a region; zero for none.
    pub(crate) fn distance(&self, region: &Region) -> Duration {
        let distance = self.distance_ms.iter().find(|it| it.region == *region);
        Duration::from_millis(distance.map_or(0, |it| it.round_trip_ms.into()))
    }
}

/// A simulated distance, written `region=ms`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distance {
    pub region: Region,
    pub round_trip_ms: u32,
}

impl FromStr for Distance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not of the form region=milliseconds");
        let (region, round_trip_ms) = text.split_once('=').ok_or_else(wrong)?;
        Ok(Self {
            region: region.trim().parse().map_err(|_| wrong())?,
            round_trip_ms: round_trip_ms.trim().parse().map_err(|_| wrong())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_a_region_and_milliseconds() {
        let distance: Distance = "eu-north=25".parse().expect("a distance");
        assert_eq!(
            (distance.region.as_str(), distance.round_trip_ms),
            ("eu-north", 25)
        );
        for wrong in ["", "eu-north", "=5", "eu-north=", "eu-north=-1", "EU=5"] {
            assert!(wrong.parse::<Distance>().is_err(), "{wrong:?}");
        }
    }
}

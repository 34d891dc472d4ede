//! Where checks are made from: well-known places, and the heartbeats of the probers that stand there.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::Region;

/// A region that needs no description by its operator. Any other name is as good; it only has no place on a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    pub region: &'static str,
    pub city: &'static str,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// The predefined regions, from west to east.
pub const PLACES: [Place; 18] = [
    place("us-west", "San Francisco", 37.77, -122.42),
    place("us-central", "Dallas", 32.78, -96.80),
    place("ca-central", "Toronto", 43.65, -79.38),
    place("us-east", "Ashburn", 39.04, -77.49),
    place("sa-east", "São Paulo", -23.55, -46.63),
    place("eu-west", "Dublin", 53.35, -6.26),
    place("eu-southwest", "Madrid", 40.42, -3.70),
    place("uk-south", "London", 51.51, -0.13),
    place("eu-central", "Frankfurt", 50.11, 8.68),
    place("eu-north", "Stockholm", 59.33, 18.07),
    place("eu-east", "Warsaw", 52.23, 21.01),
    place("af-south", "Johannesburg", -26.20, 28.05),
    place("me-central", "Dubai", 25.20, 55.27),
    place("ap-south", "Mumbai", 19.08, 72.88),
    place("ap-southeast", "Singapore", 1.35, 103.82),
    place("ap-east", "Hong Kong", 22.32, 114.17),
    place("ap-northeast", "Tokyo", 35.68, 139.69),
    place("oc-southeast", "Sydney", -33.87, 151.21),
];

/// The place of a region, where it is a well-known one.
pub fn place_of(region: &Region) -> Option<&'static Place> {
    PLACES.iter().find(|place| place.region == region.as_str())
}

/// A living prober; the value in the `regions` bucket under [`Heartbeat::key`]. It disappears when the prober falls silent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heartbeat {
    pub region: Region,
    /// The prober's instance.
    pub instance: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// The round trip that is added to every exchange to pretend that the prober stands elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulated_distance_ms: Option<u32>,
    /// Kinds of checks that it runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Checks that it runs at the same time, in all its regions together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When the prober started.
    pub since: DateTime<Utc>,
}

impl Heartbeat {
    pub fn new(region: Region, instance: &str, since: DateTime<Utc>) -> Self {
        let place = place_of(&region);
        Self {
            instance: instance.to_owned(),
            city: place.map(|place| place.city.to_owned()),
            latitude: place.map(|place| place.latitude),
            longitude: place.map(|place| place.longitude),
            simulated_distance_ms: None,
            kinds: Vec::new(),
            concurrency: None,
            version: None,
            since,
            region,
        }
    }

    /// `<region>.<instance>`; what cannot stand in a key becomes a dash.
    pub fn key(&self) -> String {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let instance = self.instance.replace(|c| !fits(c), "-");
        format!("{}.{instance}", self.region)
    }
}

const fn place(region: &'static str, city: &'static str, latitude: f64, longitude: f64) -> Place {
    Place {
        region,
        city,
        latitude,
        longitude,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_valid_regions_with_one_name_each() {
        let mut names: Vec<Region> = PLACES
            .iter()
            .map(|place| place.region.parse().expect("a region"))
            .collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), PLACES.len());
        assert!(
            PLACES
                .iter()
                .all(|place| place.latitude.abs() <= 90.0 && place.longitude.abs() <= 180.0)
        );
    }

    #[test]
    fn a_heartbeats_key_is_one_region_and_one_token() {
        let region: Region = "eu-central".parse().expect("a region");
        let heartbeat = Heartbeat::new(region, "prober-7f.local *>", DateTime::UNIX_EPOCH);
        assert_eq!(heartbeat.key(), "eu-central.prober-7f-local---");
        assert_eq!(heartbeat.city.as_deref(), Some("Frankfurt"));
    }

    #[test]
    fn an_unknown_region_has_no_place() {
        let region: Region = "my-cellar".parse().expect("a region");
        let heartbeat = Heartbeat::new(region, "a", DateTime::UNIX_EPOCH);
        assert_eq!(
            serde_json::to_value(&heartbeat).expect("JSON"),
            serde_json::json!({"region": "my-cellar", "instance": "a", "since": "1970-01-01T00:00:00Z"})
        );
    }
}

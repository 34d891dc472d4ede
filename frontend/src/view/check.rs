//! What a monitor looks at, in a few words.

use contract::monitor::{Check, Kind};

/// `GET https://example.com/`, `TCP example.com:22`.
pub fn what(check: &Check) -> String {
    let way = match &check.kind {
        Kind::Http(http) => http.method.clone(),
        Kind::Dns(dns) => format!("DNS {}", dns.record.as_str()),
        Kind::Heartbeat(_) => return "Heartbeat".to_owned(),
        other => other.as_str().to_uppercase(),
    };
    format!("{way} {}", check.target())
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::monitor::check::{Dns, Http, Icmp};

    #[test]
    fn a_check_is_told_by_its_way_and_its_target() {
        let target = || "example.com".to_owned();
        let http = Http {
            target: target(),
            ..Http::default()
        };
        let dns = Dns {
            target: target(),
            ..Dns::default()
        };
        let icmp = Icmp {
            target: target(),
            ..Icmp::default()
        };
        assert_eq!(what(&Check::new(http)), "GET example.com");
        assert_eq!(what(&Check::new(dns)), "DNS A example.com");
        assert_eq!(what(&Check::new(icmp)), "ICMP example.com");
    }
}

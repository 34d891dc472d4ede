use std::net::IpAddr;

use proptest::prelude::*;

use super::{Filter, Network, special};

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn filter(allowed: &[&str]) -> Filter {
    Filter::new(
        allowed
            .iter()
            .map(|text| text.parse::<Network>().expect("a network")),
    )
}

#[test]
fn public_addresses_may_be_dialled() {
    for public in [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a00:1450:4001::200e",
        "2001:200::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
    ] {
        assert_eq!(filter(&[]).judge(ip(public)), Ok(()), "{public}");
    }
}

#[test]
fn everything_else_is_blocked_and_named() {
    for (address, kind) in [
        ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "unspecified"),
        ("10.0.0.1", "private"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("100.127.255.255", "carrier-grade NAT"),
        ("100.100.100.200", "metadata"),
        ("127.0.0.1", "loopback"),
        ("127.255.255.255", "loopback"),
        ("168.63.129.16", "metadata"),
        ("169.254.0.1", "link-local"),
        ("169.254.169.254", "metadata"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.0.0.8", "reserved"),
        ("192.0.2.1", "documentation"),
        ("192.88.99.1", "6to4"),
        ("192.168.1.1", "private"),
        ("198.18.0.1", "benchmarking"),
        ("198.19.255.255", "benchmarking"),
        ("198.51.100.1", "documentation"),
        ("203.0.113.1", "documentation"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.255", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::7f00:1", "reserved"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:169.254.169.254", "metadata"),
        ("::ffff:10.0.0.1", "private"),
        ("64:ff9b::10.0.0.1", "private"),
        ("64:ff9b::169.254.169.254", "metadata"),
        ("64:ff9b:1::1", "NAT64"),
        ("100::1", "reserved"),
        ("2001::1", "Teredo"),
        ("2001:2::1", "reserved"),
        ("2001:10::1", "reserved"),
        ("2001:db8::1", "documentation"),
        ("2002:7f00:1::1", "loopback"),
        ("2002:a00:1::1", "private"),
        ("3fff::1", "documentation"),
        ("4000::1", "reserved"),
        ("5f00::1", "reserved"),
        ("fc00::1", "private"),
        ("fd00:ec2::254", "metadata"),
        ("fdff::1", "private"),
        ("fe80::1", "link-local"),
        ("fec0::1", "site-local"),
        ("ff02::1", "multicast"),
    ] {
        let blocked = filter(&[]).judge(ip(address)).expect_err(address);
        assert!(blocked.kind.contains(kind), "{address}: {}", blocked.kind);
    }
}

#[test]
fn an_allowed_network_may_be_dialled_and_nothing_beside_it() {
    let filter = filter(&["127.0.0.0/8", "::1/128", "10.1.0.0/16"]);
    for allowed in [
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "10.1.255.255",
        "::ffff:127.0.0.1",
        "8.8.8.8",
    ] {
        assert_eq!(filter.judge(ip(allowed)), Ok(()), "{allowed}");
    }
    for blocked in [
        "10.2.0.0",
        "169.254.169.254",
        "fe80::1",
        "64:ff9b::10.1.0.1",
        "2002:7f00:1::",
    ] {
        assert!(filter.judge(ip(blocked)).is_err(), "{blocked}");
    }
}

#[test]
fn a_refusal_says_what_the_address_is() {
    let blocked = filter(&[])
        .judge(ip("::ffff:10.0.0.1"))
        .expect_err("blocked");
    assert_eq!(
        blocked.to_string(),
        "::ffff:10.0.0.1 is a private address, and only public addresses may be dialled"
    );
}

#[test]
fn networks_are_read_strictly() {
    for text in [
        "0.0.0.0/0",
        "10.0.0.0/8",
        "192.168.1.7/32",
        "::/0",
        "fd00::/8",
    ] {
        assert_eq!(text.parse::<Network>().expect(text).to_string(), text);
    }
    assert_eq!(
        "::1".parse::<Network>().expect("one").to_string(),
        "::1/128"
    );
    for text in [
        "",
        "10.0.0.0/33",
        "::/129",
        "10.0.0/8",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "host/8",
    ] {
        assert!(text.parse::<Network>().is_err(), "{text:?}");
    }
}

#[test]
fn a_network_of_all_holds_all_of_its_family() {
    let all: Network = "0.0.0.0/0".parse().expect("a network");
    assert!(all.contains(ip("255.1.2.3")));
    assert!(!all.contains(ip("::1")));
}

proptest! {
    #[test]
    fn a_v4_address_is_judged_alike_in_every_disguise(bits in any::<u32>()) {
        let plain = std::net::Ipv4Addr::from_bits(bits);
        let expected = special(plain.into());
        let [a, b, c, d] = plain.octets();
        let pair = |high, low| u16::from_be_bytes([high, low]);
        let mapped = plain.to_ipv6_mapped();
        let nat64 = std::net::Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, pair(a, b), pair(c, d));
        let sixto4 = std::net::Ipv6Addr::new(0x2002, pair(a, b), pair(c, d), 0, 0, 0, 0, 1);
        for disguise in [mapped, nat64, sixto4] {
            prop_assert_eq!(special(disguise.into()), expected);
        }
    }

    #[test]
    fn nothing_outside_the_global_range_is_public(bits in any::<u128>()) {
        let address = std::net::Ipv6Addr::from_bits(bits);
        let global = bits >> 125 == 1;
        let translated = address.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0] || address.to_ipv4_mapped().is_some();
        prop_assume!(!global && !translated);
        prop_assert!(special(address.into()).is_some());
    }
}

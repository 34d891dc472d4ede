use super::*;

#[test]
fn every_fault_is_read_back_by_its_name_and_its_words() {
    for kind in Kind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
        let settings = Settings::of(kind);
        let words = settings.words(kind);
        let read = Settings::read(kind, words.split_whitespace());
        assert_eq!(read, Ok(settings), "{kind}: {words}");
        let json = serde_json::to_value(kind).expect("plain data");
        assert_eq!(json, kind.as_str());
    }
}

#[test]
fn what_is_said_holds_and_the_rest_is_as_it_ever_was() {
    let settings = Settings::read(Kind::StoreSlow, ["ms=50"]).expect("valid");
    assert_eq!(
        (settings.ms, settings.share.to_string()),
        (50, "1".to_owned())
    );
    let settings = Settings::read(Kind::RegionOutage, ["region=eu-central"]).expect("valid");
    assert!(settings.means_region(&"eu-central".parse().expect("valid")));
    assert!(!settings.means_region(&"us-east".parse().expect("valid")));
    let everywhere = Settings::of(Kind::RegionOutage);
    assert!(everywhere.means_region(&"us-east".parse().expect("valid")));
}

#[test]
fn nonsense_is_refused_with_what_would_be_right() {
    let refused = |kind, word| {
        let refused = Settings::read(kind, [word]).expect_err(word);
        refused.to_string()
    };
    assert_eq!(refused(Kind::StoreSlow, "ms"), "`ms` is not name=value");
    assert_eq!(
        refused(Kind::StoreSlow, "ms=0"),
        "ms is a number from 1 to 5000, not `0`"
    );
    assert_eq!(
        refused(Kind::StoreErrors, "share=NaN"),
        "share is a number from 0 to 1, not `NaN`"
    );
    assert_eq!(
        refused(Kind::StoreSlow, "region=x"),
        "store-slow has no `region`; it has ms, share"
    );
    assert_eq!(
        refused(Kind::ConsumerSlow, "service=nobody"),
        "service is one of store, processor, prober, not `nobody`"
    );
    assert!(refused(Kind::RegionOutage, "region=.*").starts_with("region: "));
    let unknown = "gremlins".parse::<Kind>().expect_err("unknown");
    assert!(unknown.to_string().contains("store-slow"), "{unknown}");
}

#[test]
fn a_fault_ends_by_itself() {
    let until = DateTime::from_timestamp(1_000, 0).expect("an instant");
    let fault = Fault {
        kind: Kind::ClockSkew,
        settings: Settings::of(Kind::ClockSkew),
        until,
    };
    assert!(fault.is_on(until - TimeDelta::seconds(1)));
    assert!(!fault.is_on(until));
    let json = serde_json::to_string(&fault).expect("plain data");
    assert_eq!(serde_json::from_str::<Fault>(&json).expect("read"), fault);
}

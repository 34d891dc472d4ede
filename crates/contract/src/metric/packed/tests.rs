use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::metric::Labels;

fn series(name: &str, labels: &[(&str, &str)], points: &[Point]) -> Series {
    let labels = labels.iter();
    Series {
        name: name.to_owned(),
        labels: labels
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        kind: Kind::Gauge,
        unit: None,
        points: points.to_vec(),
    }
}

fn example() -> Batch {
    let cpu = series(
        "cpu",
        &[("host", "a"), ("zone", "größe")],
        &[(7, 1.5), (5, -2.0)],
    );
    let sent = Series {
        kind: Kind::Counter,
        unit: Some("By".to_owned()),
        ..series(
            "bytes.sent",
            &[("host", "a")],
            &[(1_763_650_000_123, 1e300)],
        )
    };
    Batch {
        received_ms: 1_763_650_000_000,
        series: vec![
            cpu,
            series("up", &[], &[(i64::MIN, 0.0), (i64::MAX, 0.0)]),
            sent,
        ],
    }
}

fn travelled(batch: &Batch) -> Batch {
    let bytes = rmp_serde::to_vec_named(&Packed::from(batch)).expect("encodes");
    let packed: Packed = rmp_serde::from_slice(&bytes).expect("decodes");
    Batch::from(&packed)
}

#[test]
fn a_batch_arrives_as_it_was_sent() {
    assert_eq!(travelled(&example()), example());
    assert_eq!(
        travelled(&Batch {
            received_ms: -1,
            series: vec![]
        })
        .received_ms,
        -1
    );
}

/// Messages wait in streams while services are replaced: what was once written is read for ever.
#[test]
fn frozen_messages_are_read() {
    let frozen = include_bytes!("../../../fixtures/metric/packed-1.msgpack");
    let packed: Packed = rmp_serde::from_slice(frozen).expect("readable");
    assert_eq!(Batch::from(&packed), example());
    let frozen = include_str!("../../../fixtures/metric/plain-1.json");
    let packed: Packed = serde_json::from_str(frozen).expect("readable");
    assert_eq!(Batch::from(&packed), example());
}

#[test]
fn a_plain_batch_is_read_from_message_pack_too() {
    let bytes = rmp_serde::to_vec_named(&example()).expect("encodes");
    let packed: Packed = rmp_serde::from_slice(&bytes).expect("decodes");
    assert_eq!(Batch::from(&packed), example());
}

#[test]
fn every_text_travels_once() {
    let hosts: Vec<_> = (0..100)
        .map(|n| {
            series(
                "a_long_name_of_a_metric",
                &[("instance", "a-long-name")],
                &[(n, 0.5)],
            )
        })
        .collect();
    let packed = Packed::from(&Batch {
        received_ms: 0,
        series: hosts,
    });
    assert_eq!(packed.each_text(str::len).0, [23, 8, 11]);
    assert!(codec::encode(&packed).len() < 100 * 20);
}

#[test]
fn series_are_told_apart_by_name_and_labels_alone() {
    let packed = Packed::from(&Batch {
        received_ms: 0,
        series: vec![
            series("cpu", &[("host", "a")], &[(1, 1.0)]),
            series("cpu", &[("host", "b")], &[(1, 1.0)]),
            series("cpu", &[("a", "host")], &[(1, 1.0)]),
            series("cpu", &[("host", "a")], &[(2, 2.0)]),
        ],
    });
    let state = foldhash::fast::RandomState::default();
    let texts = packed.each_text(|text| state.hash_one(text));
    let hashes: Vec<_> = packed
        .series()
        .map(|series| series.hash_with(&state, &texts))
        .collect();
    assert_eq!(hashes[0], hashes[3]);
    assert!(hashes[0] != hashes[1] && hashes[0] != hashes[2] && hashes[1] != hashes[2]);
}

#[test]
fn half_a_message_is_refused() {
    let bytes = codec::encode(&Packed::from(&example()));
    for cut in 0..bytes.len() {
        assert!(codec::decode(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(codec::decode(&longer), Err(codec::Unreadable::Damaged));
    let later = [&[2], &bytes[1..]].concat();
    assert_eq!(codec::decode(&later), Err(codec::Unreadable::Version));
}

fn any_series() -> impl Strategy<Value = Series> {
    let labels = proptest::collection::btree_map("[a-z]{1,3}", ".{0,5}", 0..4);
    let points = vec((any::<i64>(), -1e9..1e9), 0..4);
    (
        "[a-z]{1,3}",
        labels,
        any::<bool>(),
        proptest::option::of("[a-z]{1,2}"),
        points,
    )
        .prop_map(
            |(name, labels, counts, unit, points): (_, Labels, _, _, _)| Series {
                name,
                labels,
                kind: if counts { Kind::Counter } else { Kind::Gauge },
                unit,
                points,
            },
        )
}

proptest! {
    #[test]
    fn any_batch_arrives_as_it_was_sent(received_ms: i64, series in vec(any_series(), 0..8)) {
        let batch = Batch { received_ms, series };
        prop_assert_eq!(travelled(&batch), batch);
    }

    #[test]
    fn damage_is_refused_or_read_but_never_a_panic(place: usize, byte: u8, noise in vec(any::<u8>(), 0..64)) {
        let mut bytes = codec::encode(&Packed::from(&example()));
        let place = place % bytes.len();
        bytes[place] = byte;
        for bytes in [bytes, noise] {
            if let Ok(packed) = codec::decode(&bytes) {
                let _ = Batch::from(&packed);
            }
        }
    }
}

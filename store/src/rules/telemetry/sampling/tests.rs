use proptest::prelude::*;
use uuid::Uuid;

use super::super::piece::cut;
use super::super::piece::tests::{group, span};
use super::*;

const TENANT: TenantId = TenantId(Uuid::from_u128(1));
const LIMITS: Limits = Limits {
    per_s: 100.0,
    slow_us: 1_000_000,
};

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_763_650_000 + seconds, 0).expect("a time")
}

/// A trace whose place is spread evenly.
fn number(n: u64) -> u64 {
    n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1
}

fn piece(n: u64, severest: u8) -> (TenantId, Piece) {
    let mut pieces = cut(TENANT, &[group("shop", vec![span(number(n), 0, "work")])]);
    let mut piece = pieces.remove(0);
    piece.severest = severest;
    (TENANT, piece)
}

/// A sampler that has seen ten times as much as it may keep.
fn busy() -> Sampler {
    let mut sampler = Sampler::new(LIMITS);
    let flood = (0..100).map(|n| {
        let (tenant, mut piece) = piece(n, 0);
        piece.records = 100;
        (tenant, piece)
    });
    assert_eq!(
        sampler.sift(at(0), flood).len(),
        100,
        "nothing is known yet"
    );
    sampler
}

#[test]
fn where_there_is_little_everything_is_kept() {
    let mut sampler = Sampler::new(LIMITS);
    for second in 0..60 {
        let kept = sampler.sift(at(second), (0..50).map(|n| piece(n, 0)));
        assert_eq!(kept.len(), 50);
        assert!(
            kept.iter()
                .all(|one| one.weight.to_bits() == 1.0_f32.to_bits())
        );
    }
}

#[test]
fn where_there_is_too_much_a_share_is_kept_that_stands_for_all() {
    let mut sampler = busy();
    let kept = sampler.sift(at(10), (0..5_000).map(|n| piece(n, 0)));
    assert!((350..650).contains(&kept.len()), "{}", kept.len());
    let stands_for: f32 = kept.iter().map(|one| one.weight).sum();
    assert!((3_500.0..6_500.0).contains(&stands_for), "{stands_for}");
}

#[test]
fn a_trace_is_kept_whole_or_not_at_all() {
    let mut sampler = busy();
    let traces = |kept: Vec<Kept>| {
        kept.into_iter()
            .map(|one| one.piece.trace)
            .collect::<Vec<_>>()
    };
    let first = traces(sampler.sift(at(10), (0..500).map(|n| piece(n, 0))));
    let second = traces(sampler.sift(at(12), (0..500).map(|n| piece(n, 0))));
    assert_eq!(first, second);
}

#[test]
fn what_failed_is_kept_with_what_came_before_and_after_it() {
    let mut sampler = busy();
    let dropped = |sampler: &mut Sampler, n: &u64| sampler.sift(at(10), [piece(*n, 0)]).is_empty();
    let lost = (0..100)
        .find(|n| dropped(&mut sampler, n))
        .expect("most are dropped");
    let kept = sampler.sift(at(11), [piece(lost, ERROR)]);
    assert_eq!(kept.len(), 2, "the piece that was put aside, too");
    let later = sampler.sift(at(12), [piece(lost, 0)]);
    assert_eq!(later.len(), 1);
}

#[test]
fn what_could_not_be_stored_comes_again() {
    let mut sampler = Sampler::new(LIMITS);
    let kept = sampler.sift(at(0), [piece(1, ERROR)]);
    sampler.put_back(at(0), kept);
    assert_eq!(
        sampler.sift(at(1), [piece(1, ERROR)]).len(),
        2,
        "stored once by its key"
    );
}

proptest! {
    #[test]
    fn nothing_that_failed_is_ever_left_out(pieces in prop::collection::vec((0..500_u64, prop::bool::ANY), 0..400)) {
        let mut sampler = busy();
        let came = pieces.iter().map(|(n, failed)| piece(*n, if *failed { ERROR } else { 0 }));
        let kept = sampler.sift(at(10), came);
        for (n, _) in pieces.iter().filter(|(_, failed)| *failed) {
            let all = pieces.iter().filter(|(other, _)| other == n).count();
            let trace = piece(*n, 0).1.trace;
            prop_assert_eq!(kept.iter().filter(|one| one.piece.trace == trace).count(), all);
        }
    }
}

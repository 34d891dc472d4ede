//! Numbers that look random and are always the same: the same monitor gets the same past.

use uuid::Uuid;

/// `SplitMix64`.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: Uuid) -> Self {
        let (high, low) = seed.as_u64_pair();
        Self(high ^ low.rotate_left(17))
    }

    /// Evenly between 0 and 1.
    pub(super) fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let bits = u32::try_from(mixed >> 32).unwrap_or_default();
        f64::from(bits) / (f64::from(u32::MAX) + 1.0)
    }

    /// Evenly within a range of whole numbers.
    pub(super) fn between(&mut self, least: u32, most: u32) -> u32 {
        let width = f64::from(most - least + 1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "smaller than the width, which is a u32"
        )]
        let offset = (self.unit() * width) as u32;
        least + offset
    }

    /// True once in `times`.
    pub(super) fn once_in(&mut self, times: u32) -> bool {
        self.between(1, times) == 1
    }
}

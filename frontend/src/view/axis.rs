//! Axes: which values and instants get a tick.

/// Steps of a time axis, in milliseconds: those people count in.
const TIME_STEPS_MS: [i64; 20] = [
    1_000,
    5_000,
    10_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    3_600_000,
    7_200_000,
    10_800_000,
    21_600_000,
    43_200_000,
    86_400_000,
    172_800_000,
    604_800_000,
    1_209_600_000,
    2_592_000_000,
];

/// Round values that cover `min..=max` with about `count` steps; the first and the last bound the axis.
pub fn values(min: f64, max: f64, count: u32) -> Vec<f64> {
    let (min, max) = widened(min, max);
    let step = round_step((max - min) / f64::from(count.max(1)));
    let first = (min / step).floor();
    let last = (max / step).ceil();
    let mut ticks = vec![];
    let mut n = first;
    while n <= last + 0.5 {
        ticks.push(n * step);
        n += 1.0;
    }
    ticks
}

/// Ticks of the same kind for byte counts: powers of two times a round number.
pub fn byte_values(max: f64, count: u32) -> Vec<f64> {
    let mut unit = 1.0;
    while max / unit >= 1_024.0 {
        unit *= 1_024.0;
    }
    values(0.0, max / unit, count)
        .into_iter()
        .map(|tick| tick * unit)
        .collect()
}

/// Instants in `from_ms..=to_ms` on round local times, at most `count`, and the step between them.
pub fn times(from_ms: i64, to_ms: i64, offset_minutes: i32, count: i64) -> (Vec<i64>, i64) {
    let span = (to_ms - from_ms).max(1);
    let step = TIME_STEPS_MS
        .into_iter()
        .find(|step| span / step <= count.max(1))
        .unwrap_or(span);
    let offset = i64::from(offset_minutes) * 60_000;
    let first = (from_ms + offset).div_euclid(step) * step - offset;
    let ticks = std::iter::successors(Some(first), |tick| Some(tick + step))
        .skip_while(|tick| *tick < from_ms)
        .take_while(|tick| *tick <= to_ms)
        .collect();
    (ticks, step)
}

fn widened(min: f64, max: f64) -> (f64, f64) {
    if !min.is_finite() || !max.is_finite() || min > max {
        (0.0, 1.0)
    } else if max - min > f64::EPSILON * max.abs().max(min.abs()) {
        (min, max)
    } else if max == 0.0 {
        (0.0, 1.0)
    } else {
        (min.min(0.0), max.max(0.0))
    }
}

fn round_step(rough: f64) -> f64 {
    let magnitude = 10f64.powf(rough.log10().floor());
    let factor = rough / magnitude;
    let round = [1.0, 2.0, 2.5, 5.0]
        .into_iter()
        .find(|round| factor <= round + 1e-9)
        .unwrap_or(10.0);
    round * magnitude
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_round_and_cover_the_data() {
        assert_eq!(values(0.0, 130.0, 4), [0.0, 50.0, 100.0, 150.0]);
        assert_eq!(values(-1.0, 1.0, 2), [-1.0, 0.0, 1.0]);
    }

    #[test]
    fn a_flat_or_empty_series_still_gets_an_axis() {
        assert_eq!(values(0.0, 0.0, 2), [0.0, 0.5, 1.0]);
        assert_eq!(values(5.0, 5.0, 1), [0.0, 5.0]);
        assert_eq!(values(f64::INFINITY, f64::NEG_INFINITY, 1), [0.0, 1.0]);
    }

    #[test]
    fn bytes_are_cut_at_powers_of_two() {
        let gib = 1_073_741_824.0;
        assert_eq!(byte_values(3.0 * gib, 3), [0.0, gib, 2.0 * gib, 3.0 * gib]);
    }

    #[test]
    fn times_fall_on_round_local_times() {
        let hour = 3_600_000;
        let (ticks, step) = times(hour / 2, 6 * hour, 0, 6);
        assert_eq!((step, ticks.first()), (hour, Some(&hour)));
        let (ticks, step) = times(0, 24 * hour, 30, 4);
        assert_eq!((step, ticks[0]), (6 * hour, 6 * hour - hour / 2));
    }
}

//! When a monitor is looked at: six-field cron expressions with a hashed phase, so that checks are spread over their interval.

use contract::id::{MonitorId, Region};

const MINUTE: u32 = 60;
const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

/// The second within the interval at which a region looks at a monitor: FNV-1a (64 bit) over both, modulo the interval.
pub(super) fn phase(monitor: MonitorId, region: &Region, interval_s: u32) -> u32 {
    let bytes = monitor
        .0
        .as_bytes()
        .iter()
        .chain(region.as_str().as_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    u32::try_from(hash % u64::from(interval_s.max(1))).unwrap_or_default()
}

/// The expression that ticks every `interval_s` (one of [`contract::monitor::INTERVALS_S`]) at `phase_s`: seconds, minutes, hours,
/// day, month, weekday.
pub(super) fn expression(interval_s: u32, phase_s: u32) -> String {
    let second = phase_s % MINUTE;
    let minute = phase_s / MINUTE % 60;
    let hour = phase_s / HOUR;
    if interval_s < MINUTE {
        format!("{} * * * * *", every(second, 59, interval_s))
    } else if interval_s < HOUR {
        let minutes = every(minute, 59, interval_s / MINUTE);
        format!("{second} {minutes} * * * *")
    } else if interval_s < DAY {
        let hours = every(hour, 23, interval_s / HOUR);
        format!("{second} {minute} {hours} * * *")
    } else {
        format!("{second} {minute} {hour} * * *")
    }
}

fn every(first: u32, last: u32, step: u32) -> String {
    if step == 1 {
        "*".to_owned()
    } else {
        format!("{first}-{last}/{step}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::monitor::INTERVALS_S;
    use uuid::Uuid;

    /// The seconds of a day at which an expression of ours ticks.
    fn ticks(expression: &str) -> Vec<u32> {
        let fields: Vec<&str> = expression.split(' ').collect();
        assert_eq!(fields.len(), 6, "{expression}");
        assert_eq!(fields[3..], ["*", "*", "*"], "{expression}");
        let (seconds, minutes, hours) = (
            values(fields[0], 60),
            values(fields[1], 60),
            values(fields[2], 24),
        );
        let mut ticks = Vec::new();
        for hour in &hours {
            for minute in &minutes {
                ticks.extend(seconds.iter().map(|s| hour * HOUR + minute * MINUTE + s));
            }
        }
        ticks
    }

    fn values(field: &str, count: u32) -> Vec<u32> {
        if field == "*" {
            return (0..count).collect();
        }
        let Some((range, step)) = field.split_once('/') else {
            return vec![field.parse().expect("a number")];
        };
        let (first, last) = range.split_once('-').expect("a range");
        let last: u32 = last.parse().expect("a number");
        assert!(last < count, "{field}");
        (first.parse().expect("a number")..=last)
            .step_by(step.parse().expect("a number"))
            .collect()
    }

    #[test]
    fn every_interval_ticks_exactly_once_an_interval_at_its_phase_all_day() {
        for interval in INTERVALS_S {
            for phase in [0, 1, interval / 3, interval / 2, interval - 1] {
                let phase = phase.min(interval - 1);
                let expression = expression(interval, phase);
                let expected: Vec<u32> = (phase..DAY)
                    .step_by(usize::try_from(interval).expect("small"))
                    .collect();
                assert_eq!(ticks(&expression), expected, "{interval} s: {expression}");
            }
        }
    }

    #[test]
    fn expressions_look_as_the_server_was_measured_with() {
        assert_eq!(expression(10, 7), "7-59/10 * * * * *");
        assert_eq!(expression(60, 7), "7 * * * * *");
        assert_eq!(expression(300, 130), "10 2-59/5 * * * *");
        assert_eq!(expression(7_200, 3_725), "5 2 1-23/2 * * *");
    }

    #[test]
    fn phases_are_stable_and_spread() {
        let region: Region = "eu-central".parse().expect("valid");
        let of = |n: u128| {
            phase(
                MonitorId(Uuid::from_u128(n << 64 | 0x8000_0000_0000_0000)),
                &region,
                60,
            )
        };
        assert_eq!(of(7), of(7));
        let mut busy = [0_u32; 60];
        for n in 0..6_000 {
            busy[usize::try_from(of(n)).expect("small")] += 1;
        }
        let (least, most) = (busy.iter().min(), busy.iter().max());
        assert!(least >= Some(&60) && most <= Some(&150), "{busy:?}");
    }

    #[test]
    fn regions_do_not_look_in_the_same_second() {
        let monitor = MonitorId(Uuid::from_u128(42));
        let phases: Vec<u32> = ["eu-central", "us-east", "ap-south"]
            .map(|region| phase(monitor, &region.parse().expect("valid"), 300))
            .to_vec();
        assert!(
            phases[0] != phases[1] && phases[1] != phases[2],
            "{phases:?}"
        );
    }
}

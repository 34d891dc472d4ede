//! When a monitor is looked at: six-field cron expressions with a hashed phase, so that checks are spread over their interval.

const MINUTE: u32 = 60;
const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

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
}

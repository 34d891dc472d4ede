//! Numbers as people read them: three digits that matter, and always a unit.

/// "48 ms", "1.25 s", "0.42 ms".
pub fn milliseconds(ms: f64) -> String {
    if ms.abs() >= 1_000.0 {
        format!("{} s", digits(ms / 1_000.0))
    } else {
        format!("{} ms", digits(ms))
    }
}

/// A length of time in its two largest units: "12 s", "14 min", "3 h 20 min", "5 d 4 h".
pub fn duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) => two(hours, "h", minutes % 60, "min"),
        _ => two(days, "d", hours % 24, "h"),
    }
}

/// A ratio in per cent, floored to two places: "99.98 %".
pub fn percent(ratio: f64) -> String {
    let hundredths = (ratio * 10_000.0 + 1e-9).floor();
    if hundredths >= 10_000.0 {
        "100 %".to_owned()
    } else {
        format!("{:.2} %", hundredths / 100.0)
    }
}

/// A value with its unit, which is written in UCUM as senders give it: `By`, `s`, `ms`, `%`, `1`, `By/s`, `{request}`.
pub fn quantity(value: f64, unit: Option<&str>) -> String {
    let unit = unit.unwrap_or_default();
    let (base, per) = match unit.split_once('/') {
        Some((base, per)) => (base, format!("/{per}")),
        None => (unit, String::new()),
    };
    let text = match base {
        "By" => scaled(value, 1_024.0, &["B", "KiB", "MiB", "GiB", "TiB", "PiB"]),
        "s" if per.is_empty() => seconds(value),
        "ms" if per.is_empty() => milliseconds(value),
        "1" | "" => scaled(value, 1_000.0, &["", "k", "M", "G", "T"]),
        "Cel" => format!("{} °C", digits(value)),
        other => {
            let word = other.trim_matches(|c| c == '{' || c == '}');
            format!(
                "{} {word}",
                scaled(value, 1_000.0, &["", "k", "M", "G", "T"])
            )
        }
    };
    format!("{text}{per}")
}

/// A count with a word that agrees with it: "1 region", "3 regions".
pub fn count(n: usize, one: &str) -> String {
    if n == 1 {
        format!("1 {one}")
    } else {
        format!("{n} {one}s")
    }
}

/// Three digits that matter, without trailing zeros.
pub fn digits(value: f64) -> String {
    let size = value.abs();
    let places = match size {
        _ if size >= 100.0 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 1.0 => 2,
        _ if size >= 0.1 => 3,
        _ if size >= 0.001 => 4,
        _ if size == 0.0 => 0,
        _ => return format!("{value:.1e}"),
    };
    let text = format!("{value:.places$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

fn two(large: i64, large_unit: &str, small: i64, small_unit: &str) -> String {
    if small == 0 {
        format!("{large} {large_unit}")
    } else {
        format!("{large} {large_unit} {small} {small_unit}")
    }
}

fn seconds(value: f64) -> String {
    match value.abs() {
        size if size >= 7_200.0 => format!("{} h", digits(value / 3_600.0)),
        size if size >= 1.0 || size == 0.0 => format!("{} s", digits(value)),
        size if size >= 0.001 => format!("{} ms", digits(value * 1_000.0)),
        _ => format!("{} µs", digits(value * 1_000_000.0)),
    }
}

fn scaled(value: f64, step: f64, names: &[&str]) -> String {
    let mut value = value;
    let mut name = 0;
    while value.abs() >= step && name + 1 < names.len() {
        value /= step;
        name += 1;
    }
    format!("{} {}", digits(value), names[name])
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_keep_three_digits_and_a_unit() {
        let shown = [0.0, 0.4213, 4.219, 48.04, 132.6, 1_250.0, 30_000.0].map(milliseconds);
        assert_eq!(
            shown,
            [
                "0 ms", "0.421 ms", "4.22 ms", "48 ms", "133 ms", "1.25 s", "30 s"
            ]
        );
    }

    #[test]
    fn a_duration_names_its_two_largest_units() {
        let shown = [0, 59, 840, 3_600, 12_000, 450_000, -5].map(duration);
        assert_eq!(
            shown,
            [
                "0 s",
                "59 s",
                "14 min",
                "1 h",
                "3 h 20 min",
                "5 d 5 h",
                "0 s"
            ]
        );
    }

    #[test]
    fn a_ratio_is_never_rounded_up() {
        assert_eq!(percent(0.999_996), "99.99 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(0.5), "50.00 %");
    }

    #[test]
    fn quantities_speak_the_senders_unit() {
        assert_eq!(quantity(3_221_225_472.0, Some("By")), "3 GiB");
        assert_eq!(quantity(1_536.0, Some("By/s")), "1.5 KiB/s");
        assert_eq!(quantity(0.012, Some("s")), "12 ms");
        assert_eq!(quantity(42.25, Some("%")), "42.2 %");
        assert_eq!(quantity(12.0, Some("{request}")), "12 request");
        assert_eq!(quantity(15_300.0, None), "15.3 k");
    }

    #[test]
    fn counts_agree_with_their_word() {
        assert_eq!(count(1, "region"), "1 region");
        assert_eq!(count(0, "region"), "0 regions");
    }
}

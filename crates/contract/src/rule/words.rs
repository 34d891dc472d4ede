//! Numbers and times as people say them.

/// "5 min", "90 s", "2 h".
pub(super) fn duration(seconds: u32) -> String {
    match seconds {
        0 => "0 s".to_owned(),
        s if s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

/// At most four digits after the point, none that say nothing.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_short() {
        assert_eq!(number(93.25), "93.25");
        assert_eq!(number(100.0), "100");
        assert_eq!(number(0.000_01), "0");
        for (seconds, words) in [
            (90, "90 s"),
            (300, "5 min"),
            (7_200, "2 h"),
            (86_400, "1 d"),
        ] {
            assert_eq!(duration(seconds), words);
        }
    }
}

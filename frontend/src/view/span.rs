//! Lengths of time as people type them: "90 s", "5 min", "1 h 30 min".

const UNITS: [(&str, u32); 12] = [
    ("d", 86_400),
    ("day", 86_400),
    ("days", 86_400),
    ("h", 3_600),
    ("hour", 3_600),
    ("hours", 3_600),
    ("min", 60),
    ("m", 60),
    ("minutes", 60),
    ("s", 1),
    ("sec", 1),
    ("seconds", 1),
];

/// Seconds, of text such as "90", "90 s", "5min" or "1 h 30 min".
pub fn read(text: &str) -> Option<u32> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    let mut seconds = 0_u32;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit());
        let (number, after) = rest.split_at(digits.unwrap_or(rest.len()));
        let after = after.trim_start();
        let letters = after.find(|c: char| !c.is_ascii_alphabetic());
        let (unit, left) = after.split_at(letters.unwrap_or(after.len()));
        let length = match unit {
            "" => 1,
            unit => UNITS.iter().find(|(name, _)| *name == unit)?.1,
        };
        seconds = seconds.checked_add(number.parse::<u32>().ok()?.checked_mul(length)?)?;
        rest = left.trim_start();
    }
    Some(seconds)
}

/// The text that reads as exactly so many seconds, in the largest unit that needs no fraction.
pub fn write(seconds: u32) -> String {
    let units = [("d", 86_400), ("h", 3_600), ("min", 60)];
    let fitting = units
        .into_iter()
        .find(|(_, length)| seconds >= *length && seconds.is_multiple_of(*length));
    let (unit, length) = fitting.unwrap_or(("s", 1));
    format!("{} {unit}", seconds / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_understood() {
        for (text, seconds) in [
            ("90", 90),
            ("90 s", 90),
            ("5min", 300),
            (" 5 m ", 300),
            ("1 h 30 min", 5_400),
            ("2 days", 172_800),
            ("0", 0),
        ] {
            assert_eq!(read(text), Some(seconds), "{text}");
        }
        for text in [
            "",
            "soon",
            "5 parsecs",
            "min",
            "-5 min",
            "99999999999 d",
            "5 min min",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_reads_as_the_same_time() {
        for (seconds, text) in [
            (0, "0 s"),
            (90, "90 s"),
            (300, "5 min"),
            (5_400, "90 min"),
            (7_200, "2 h"),
            (86_400, "1 d"),
        ] {
            assert_eq!(write(seconds), text);
            assert_eq!(read(text), Some(seconds));
        }
    }
}

//! Texts as providers take them.

/// At most `most` characters; what is cut off is marked.
pub(super) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// On one line, without control characters.
pub(super) fn line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_ends_with_a_mark() {
        assert_eq!(shorten("down", 4), "down");
        assert_eq!(shorten("ä b c d", 4), "ä b…");
    }

    #[test]
    fn a_line_breaks_nowhere() {
        assert_eq!(line("API\r\nBcc: x\u{0} is down"), "API Bcc: x is down");
    }
}

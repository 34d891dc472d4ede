//! A badge as SVG, in the flat style that readmes are used to.

use super::words::Words;

/// Half of a badge's text sits this far from its edges.
const ROOM: usize = 6;
const HEIGHT: usize = 20;

pub(super) fn badge(words: &Words) -> String {
    let (label, message) = (escape(&words.label), escape(&words.message));
    let left = width(&words.label) + 2 * ROOM;
    let right = width(&words.message) + 2 * ROOM;
    let whole = left + right;
    let color = words.color;
    let text = |x: usize, text: &str| {
        format!("<text x=\"{x}\" y=\"14\" text-anchor=\"middle\">{text}</text>")
    };
    let label_at = text(left / 2, &label);
    let message_at = text(left + right / 2, &message);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"{HEIGHT}\" role=\"img\" aria-label=\"{label}: {message}\">\
        <title>{label}: {message}</title>\
        <clipPath id=\"c\"><rect width=\"{whole}\" height=\"{HEIGHT}\" rx=\"3\"/></clipPath>\
        <g clip-path=\"url(#c)\"><rect width=\"{left}\" height=\"{HEIGHT}\" fill=\"#3b3e42\"/>\
        <rect x=\"{left}\" width=\"{right}\" height=\"{HEIGHT}\" fill=\"{color}\"/></g>\
        <g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">{label_at}{message_at}</g></svg>"
    )
}

/// About how wide a text is at 11 px.
fn width(text: &str) -> usize {
    let tenths: usize = text
        .chars()
        .map(|letter| match letter {
            'i' | 'j' | 'l' | '.' | ',' | ':' | '/' | ' ' => 40,
            'm' | 'w' | 'M' | 'W' | '%' => 105,
            'A'..='Z' => 75,
            _ => 68,
        })
        .sum();
    tenths.div_ceil(10)
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_says_its_words_to_those_who_do_not_see_it() {
        let svg = badge(&Words {
            label: "a<b".to_owned(),
            message: "99.98%".to_owned(),
            color: "#17784a",
        });
        assert!(svg.contains("aria-label=\"a&lt;b: 99.98%\""), "{svg}");
        assert!(svg.contains("fill=\"#17784a\""), "{svg}");
    }
}

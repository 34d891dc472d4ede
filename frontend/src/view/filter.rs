//! Conditions on labels as people write them, one after another: `host=web-1, zone=~eu-(a,b)`.

use contract::query::Matcher;

/// The conditions in a filter; what is none is left out.
pub fn matchers(filter: &str) -> Vec<Matcher> {
    parts(filter)
        .filter_map(|part| part.parse().ok())
        .map(|matcher: Matcher| Matcher {
            value: unquoted(matcher.value.trim()).to_owned(),
            ..matcher
        })
        .collect()
}

/// A filter with one more condition: its label, its operator, its value. Nothing is added where there is no label.
pub fn with(filter: &str, (label, operator, value): &(String, String, String)) -> String {
    let operator = match operator.as_str() {
        "" => "=",
        operator => operator,
    };
    let added = (!label.is_empty()).then(|| {
        let quote = if value.contains(',') && !value.contains('"') {
            "\""
        } else {
            ""
        };
        format!("{label}{operator}{quote}{value}{quote}")
    });
    let mut all: Vec<String> = parts(filter).map(str::to_owned).collect();
    all.extend(added.filter(|added| !parts(filter).any(|known| known == added)));
    all.join(", ")
}

/// A filter without one of its conditions.
pub fn without(filter: &str, index: usize) -> String {
    // By the place among those that are conditions, as they are shown.
    let conditions = parts(filter).filter(|part| part.parse::<Matcher>().is_ok());
    let left = conditions
        .enumerate()
        .filter(|(at, _)| *at != index)
        .map(|(_, part)| part);
    left.collect::<Vec<_>>().join(", ")
}

/// Cut at commas, except inside quotes and brackets, where expressions have them.
fn parts(filter: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut quoted) = (0_u32, false);
    let cut = move |c: char| {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0 && !quoted
    };
    filter
        .split(cut)
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

fn unquoted(value: &str) -> &str {
    value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(filter: &str) -> Vec<String> {
        matchers(filter).iter().map(Matcher::to_string).collect()
    }

    fn condition(label: &str, operator: &str, value: &str) -> (String, String, String) {
        (label.to_owned(), operator.to_owned(), value.to_owned())
    }

    #[test]
    fn commas_inside_expressions_and_quotes_do_not_cut() {
        assert_eq!(
            read("host=~web-[0-9]{1,2}, zone=~(a,b), city=\"a, b\", nothing"),
            ["host=~web-[0-9]{1,2}", "zone=~(a,b)", "city=a, b"]
        );
    }

    #[test]
    fn conditions_are_added_once_and_taken_away() {
        let both = with("host=a", &condition("city", "!=", "x, y"));
        assert_eq!(both, "host=a, city!=\"x, y\"");
        assert_eq!(read(&both), ["host=a", "city!=x, y"]);
        assert_eq!(with(&both, &condition("host", "", "a")), both);
        assert_eq!(with("host=a", &condition("", "=", "b")), "host=a");
        assert_eq!(without(&both, 0), "city!=\"x, y\"");
        assert_eq!(without("x, host=a", 0), "");
    }
}

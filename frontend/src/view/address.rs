//! Addresses of pages.

/// Percent-encodes what has a meaning inside a query value.
pub fn escape(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    text.bytes()
        .map(|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_a_query_survives_as_a_query_value() {
        assert_eq!(
            escape("/d/acme/explore?a=b&c=d"),
            "/d/acme/explore%3Fa%3Db%26c%3Dd"
        );
    }
}

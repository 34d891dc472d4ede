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

/// An address that is watched, without the user and the password that it names.
pub fn without_user(target: &str) -> String {
    let scheme = target.find("://").map_or(0, |at| at + "://".len());
    let (scheme, rest) = target.split_at(scheme);
    let host = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let user = rest[..host].rfind('@').map_or(0, |at| at + 1);
    format!("{scheme}{}", &rest[user..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_of_an_address_is_left_out() {
        for (target, left) in [
            (
                "https://ann:secret@example.com/@x",
                "https://example.com/@x",
            ),
            ("https://a@b:c@example.com", "https://example.com"),
            ("ann:secret@example.com:22", "example.com:22"),
            ("https://example.com?to=a@b", "https://example.com?to=a@b"),
            ("example.com", "example.com"),
        ] {
            assert_eq!(without_user(target), left);
        }
    }

    #[test]
    fn a_path_with_a_query_survives_as_a_query_value() {
        assert_eq!(
            escape("/d/acme/explore?a=b&c=d"),
            "/d/acme/explore%3Fa%3Db%26c%3Dd"
        );
    }
}

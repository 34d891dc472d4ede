//! Links of invitations.

const PATH: &str = "/invite/";

/// The link that offers what a secret stands for, on this site.
pub fn link(origin: &str, secret: &str) -> String {
    format!("{origin}{PATH}{secret}")
}

/// The secret in a path of this site, where it is such a link.
pub fn secret_in(path: &str) -> Option<&str> {
    path.strip_prefix(PATH)
}

/// The way to a page that comes back to an invitation, if it was one that led here.
pub fn towards(page: &str, next: Option<&str>) -> String {
    match next.filter(|next| secret_in(next).is_some()) {
        Some(invitation) => format!("{page}?next={invitation}"),
        None => page.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_is_come_back_to_and_nothing_else() {
        let link = link("https://a.example", "ovi_x");
        assert_eq!(link, "https://a.example/invite/ovi_x");
        let back = towards("/sign-up", Some("/invite/ovi_x"));
        assert_eq!(back, "/sign-up?next=/invite/ovi_x");
        for other in [None, Some("/d/acme"), Some("https://evil.example/invite/x")] {
            assert_eq!(towards("/sign-up", other), "/sign-up");
        }
    }
}

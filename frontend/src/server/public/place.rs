//! Which page a request is about, where that page stands for the visitor, and what they bring to enter.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::Extensions;
use axum::http::request::Parts;
use contract::id::Slug;
use contract::page::{Address, Key};
use contract::rpc::Error;
use service::problem::ProblemResponse;

use super::pass;
use crate::server::{Site, origin};

/// The front of the path that a page's own host leaves out.
#[derive(Debug, Clone)]
pub(crate) struct Hidden(pub(crate) String);

#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) at: Address,
    /// In front of all paths of the page: empty on its own host.
    pub(crate) base: String,
    /// Such as `https://status.example.org`.
    pub(crate) origin: String,
    pub(crate) key: Option<Key>,
}

impl Place {
    pub(crate) fn of(parts: &Parts, at: Address, site: &Site) -> Result<Self, Error> {
        Ok(Self {
            base: base(&at, &parts.extensions),
            origin: origin::of(&parts.headers, site.secure)?,
            key: pass::key(&parts.headers, &site.keys, &at),
            at,
        })
    }

    /// The page's address on the web.
    pub(crate) fn url(&self) -> String {
        format!("{}{}", self.origin, self.home())
    }

    pub(crate) fn home(&self) -> &str {
        if self.base.is_empty() {
            "/"
        } else {
            &self.base
        }
    }
}

impl FromRequestParts<Site> for Place {
    type Rejection = ProblemResponse;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, ProblemResponse> {
        let params = RawPathParams::from_request_parts(parts, site).await.ok();
        let param = |name: &str| {
            let (_, value) = params.as_ref()?.iter().find(|(key, _)| *key == name)?;
            Some(
                value
                    .parse::<Slug>()
                    .map_err(|_| Error::not_found("status page")),
            )
        };
        let tenant = param("tenant").ok_or_else(|| Error::not_found("status page"))??;
        let page = param("page").transpose()?;
        Ok(Self::of(parts, Address { tenant, page }, site)?)
    }
}

/// `/t/acme` or `/t/acme/eu`, less what the host leaves out.
pub(crate) fn base(at: &Address, extensions: &Extensions) -> String {
    let whole = path_of(at);
    let hidden = extensions.get::<Hidden>().map_or("", |hidden| &hidden.0);
    whole.strip_prefix(hidden).unwrap_or(&whole).to_owned()
}

pub(crate) fn path_of(at: &Address) -> String {
    match &at.page {
        Some(page) => format!("/t/{}/{page}", at.tenant),
        None => format!("/t/{}", at.tenant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_begin_where_the_page_stands() {
        let at = |page: Option<&str>| Address {
            tenant: "acme".parse().expect("a slug"),
            page: page.map(|page| page.parse().expect("a slug")),
        };
        let mut extensions = Extensions::new();
        assert_eq!(base(&at(Some("eu")), &extensions), "/t/acme/eu");
        extensions.insert(Hidden("/t/acme".to_owned()));
        assert_eq!(base(&at(None), &extensions), "");
        assert_eq!(base(&at(Some("eu")), &extensions), "/eu");
        extensions.insert(Hidden("/t/acme/eu".to_owned()));
        assert_eq!(base(&at(Some("eu")), &extensions), "");
    }
}

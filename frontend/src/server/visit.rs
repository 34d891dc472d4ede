//! One request to a page or a server function: who comes, on which span its work belongs, and what the answer's head will say.

use std::future::Future;
use std::sync::Arc;

use axum::http::header::{ACCEPT, CACHE_CONTROL, LOCATION, REFERER, RETRY_AFTER, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri};
use contract::account::{Identity, Membership};
use contract::id::Slug;
use contract::page::Address;
use contract::problem::FieldError;
use contract::rpc::{Caller, Error, Request, Role};
use leptos::prelude::{expect_context, provide_context, use_context};
use leptos::server_fn::redirect::REDIRECT_HEADER;
use leptos_axum::ResponseOptions;
use tokio::sync::OnceCell;
use tracing::{Instrument, Span};

use super::ask::ask;
use super::member::{self, Member, Person};
use super::public::place::Place;
use super::{Site, origin, session};
use crate::api;
use crate::view::address::escape;

#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) site: Site,
    /// The session's secret, as the cookie says.
    pub(crate) secret: Option<String>,
    request: Arc<Parts>,
    answer: ResponseOptions,
    span: Span,
    identity: Arc<OnceCell<Option<Identity>>>,
}

/// Runs a server function: as a span below the request's, and with the answer's status telling how it went.
pub(crate) async fn serve<T, F, Fut>(name: &'static str, work: F) -> Result<T, api::Error>
where
    F: FnOnce(Visit) -> Fut,
    Fut: Future<Output = Result<T, Error>>,
{
    // Routes are listed once without any request.
    let visit = use_context::<Visit>().ok_or(Error::Unavailable)?;
    let span = tracing::info_span!(parent: &visit.span, "server function", otel.name = name);
    let result = work(visit.clone()).instrument(span).await;
    result.map_err(|error| {
        visit.tell(&error);
        error.into()
    })
}

/// What a form describes. What is wrong with it is told as [`serve`] tells it.
pub(crate) fn read<T>(form: Result<T, Vec<FieldError>>) -> Result<T, api::Error> {
    form.map_err(|errors| {
        let error = Error::Invalid { errors };
        if let Some(visit) = use_context::<Visit>() {
            visit.tell(&error);
        }
        error.into()
    })
}

impl Visit {
    /// Begins inside a handler of leptos, which provides the request and the answer's head.
    pub(crate) fn begin(site: Site) {
        let request = expect_context::<Parts>();
        provide_context(Self {
            site,
            secret: session::secret(&request.headers),
            request: Arc::new(request),
            answer: expect_context(),
            span: Span::current(),
            identity: Arc::default(),
        });
    }

    /// Who is signed in, if anybody; asked at most once a visit.
    pub(crate) async fn identity(&self) -> Result<Option<Identity>, Error> {
        let resolve = || session::resolve(&self.site.bus, self.secret.clone());
        self.identity.get_or_try_init(resolve).await.cloned()
    }

    /// The visitor as a person. Sends those who are not signed in to do so.
    pub(crate) async fn person(&self) -> Result<Person, Error> {
        let Some(identity) = self.identity().await? else {
            self.send_to_sign_in();
            return Err(Error::Unauthenticated);
        };
        Ok(Person::new(self.site.bus.clone(), identity))
    }

    /// The visitor's place in a tenant.
    pub(crate) async fn place(&self, tenant: &Slug) -> Result<(Identity, Membership), Error> {
        let identity = self.person().await?.identity;
        let place = member::place(&identity, tenant)?.clone();
        Ok((identity, place))
    }

    /// The visitor as a member of a tenant whose role is at least `needed`.
    pub(crate) async fn member(&self, tenant: &Slug, needed: Role) -> Result<Member, Error> {
        let (identity, place) = self.place(tenant).await?;
        Member::person(self.site.bus.clone(), identity.user.id, &place, needed)
    }

    /// Asks the store as anyone on the internet may.
    pub(crate) async fn ask<R: Request>(&self, request: R) -> Result<R::Reply, Error> {
        ask(&self.site.bus, &Caller::Visitor, &request).await
    }

    /// A status page as it stands for the visitor.
    pub(crate) fn page(&self, at: Address) -> Result<Place, Error> {
        Place::of(&self.request, at, &self.site)
    }

    /// The answer is for this visitor alone.
    pub(crate) fn keep_private(&self) {
        let value = HeaderValue::from_static("private, no-store");
        self.answer.insert_header(CACHE_CONTROL, value);
    }

    /// Where this site is for the visitor.
    pub(crate) fn origin(&self) -> Result<String, Error> {
        origin::of(&self.request.headers, self.site.secure)
    }

    pub(crate) fn path(&self) -> &str {
        self.request.uri.path()
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        session::cookie(&self.request.headers, name)
    }

    pub(crate) fn set_cookie(&self, cookie: &str) {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            self.answer.append_header(SET_COOKIE, value);
        } else {
            tracing::error!("a cookie has characters that no header can carry");
        }
    }

    pub(crate) fn set_header(&self, name: HeaderName, value: HeaderValue) {
        self.answer.insert_header(name, value);
    }

    /// Sends the browser to a path of this site: by status where it navigates, by a header where a script asks.
    pub(crate) fn redirect(&self, path: &str) {
        let Ok(location) = HeaderValue::from_str(path) else {
            return;
        };
        self.answer.insert_header(LOCATION, location);
        if self.is_navigation() {
            self.answer.set_status(StatusCode::FOUND);
        } else {
            let marker = HeaderName::from_static(REDIRECT_HEADER);
            self.answer
                .insert_header(marker, HeaderValue::from_static(""));
        }
    }

    fn send_to_sign_in(&self) {
        let here = if self.request.method == Method::GET {
            self.request.uri.path_and_query().map(ToString::to_string)
        } else {
            self.header(REFERER)
                .and_then(|url| url.parse::<Uri>().ok())
                .and_then(|url| url.path_and_query().map(ToString::to_string))
        };
        match here {
            Some(here) => self.redirect(&format!("/sign-in?next={}", escape(&here))),
            None => self.redirect("/sign-in"),
        }
    }

    /// Lets the status of the answer say how it went, for those who do not read the words.
    pub(crate) fn tell(&self, error: &Error) {
        let is_form = self.request.method == Method::POST && self.is_navigation();
        if is_form || matches!(error, Error::Unauthenticated) && self.is_navigation() {
            return;
        }
        self.answer.set_status(status(error));
        if let Error::Unavailable | Error::Throttled { .. } = error {
            self.set_header(RETRY_AFTER, HeaderValue::from(retry_after_s(error)));
        }
    }

    fn is_navigation(&self) -> bool {
        self.header(ACCEPT)
            .is_some_and(|accept| accept.contains("text/html"))
    }

    fn header(&self, name: HeaderName) -> Option<&str> {
        self.request.headers.get(name)?.to_str().ok()
    }
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound { .. } => StatusCode::NOT_FOUND,
        Error::Conflict { .. } => StatusCode::CONFLICT,
        Error::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::Forbidden | Error::Restricted { .. } => StatusCode::FORBIDDEN,
        Error::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn retry_after_s(error: &Error) -> u32 {
    match error {
        Error::Throttled { retry_after_s } => *retry_after_s,
        _ => 5,
    }
}

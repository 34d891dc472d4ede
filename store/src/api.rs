//! What the store can be asked, by whom, and who answers: a table of contents.

mod accounts;
mod agents;
mod alerts;
mod audit;
mod channels;
mod dead_letters;
mod incidents;
mod invitations;
mod maintenances;
mod members;
mod metrics;
mod monitors;
mod pages;
mod rules;
mod sessions;
mod shown_traces;
mod telemetry;
mod tenants;
mod tokens;

use bus::{Bus, Server};
use contract::id::{TenantId, UserId};
use contract::rpc::{Caller, Error, Request};
use uuid::Uuid;

use crate::access::{self, Insider};
use crate::database::Database;
use crate::failure::Failure;
use crate::passwords::Passwords;

/// What handlers work with. Cheap to clone.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) database: Database,
    pub(crate) bus: Bus,
    pub(crate) passwords: Passwords,
    /// Who signs up needs an open invitation.
    pub(crate) by_invitation: bool,
}

impl App {
    /// The same, for changes that somebody makes.
    fn on_behalf_of(&self, actor: Option<Uuid>) -> Self {
        let mut app = self.clone();
        if let Some(actor) = actor {
            app.database = app.database.acting(actor);
        }
        app
    }
}

/// The server of all requests. It has to be told to serve.
#[expect(clippy::too_many_lines, reason = "a table, one entry a request")]
pub(crate) fn server(bus: &Bus, app: App) -> Server {
    let routes = Routes {
        server: Server::new(bus, contract::access::STORE),
        app,
    };
    routes
        .anyone(accounts::read_entrance)
        .anyone(accounts::sign_up)
        .anyone(accounts::sign_in)
        .anyone(accounts::sign_out)
        .anyone(sessions::resolve)
        .person(accounts::identify)
        .person(accounts::rename)
        .person(accounts::change_password)
        .person(accounts::delete)
        .person(sessions::list)
        .person(sessions::end_all)
        .person(tenants::create)
        .viewer(tenants::read)
        .admin(tenants::rename)
        .on(access::owner, tenants::delete)
        .on(access::whoever, pages::show)
        .anyone(pages::find)
        .anyone(pages::enter)
        .anyone(pages::unlock)
        .anyone(pages::history)
        .anyone(pages::read_logo)
        .anyone(pages::measure)
        .viewer(pages::list)
        .viewer(pages::read)
        .editor(pages::create)
        .insider(pages::update)
        .editor(pages::delete)
        .insider(pages::set_password)
        .insider(pages::set_logo)
        .insider(pages::set_host)
        .insider(pages::confirm_host)
        .editor(pages::set_collaborators)
        .insider(monitors::list)
        .insider(monitors::read)
        .viewer(monitors::results)
        .viewer(monitors::summarize)
        .viewer(monitors::read_timings)
        .editor(monitors::create)
        .editor(monitors::update)
        .editor(monitors::delete)
        .viewer(metrics::list)
        .viewer(metrics::label_values)
        .viewer(metrics::latest)
        .viewer(metrics::query)
        .viewer(incidents::list)
        .viewer(incidents::read)
        .editor(incidents::create)
        .editor(incidents::add_update)
        .editor(incidents::delete)
        .viewer(rules::list)
        .viewer(rules::read)
        .viewer(rules::backtest)
        .editor(rules::create)
        .editor(rules::update)
        .editor(rules::delete)
        .service(rules::read_past)
        .viewer(alerts::list)
        .viewer(maintenances::list)
        .viewer(maintenances::read)
        .editor(maintenances::create)
        .editor(maintenances::update)
        .editor(maintenances::delete)
        .editor(channels::list)
        .editor(channels::deliveries)
        .editor(channels::create)
        .editor(channels::read)
        .editor(channels::update)
        .editor(channels::delete)
        .editor(channels::test)
        .service(channels::recipients)
        .service(channels::read_target)
        .editor(dead_letters::list)
        .editor(dead_letters::replay)
        .admin(tokens::list)
        .admin(tokens::create)
        .admin(tokens::revoke)
        .viewer(telemetry::find)
        .viewer(telemetry::read)
        .viewer(telemetry::read_logs)
        .viewer(telemetry::list_services)
        .viewer(telemetry::list_streams)
        .viewer(telemetry::read_map)
        .viewer(agents::list)
        .admin(agents::invite)
        .admin(agents::remove)
        .anyone(agents::register)
        .viewer(members::list)
        .admin(members::change_role)
        .admin(members::remove)
        .insider(members::leave)
        .admin(invitations::create)
        .admin(invitations::list)
        .admin(invitations::revoke)
        .anyone(invitations::show)
        .person(invitations::accept)
        .admin(audit::list)
        .server
}

struct Routes {
    server: Server,
    app: App,
}

impl Routes {
    fn anyone<R, H, F>(self, handler: H) -> Self
    where
        R: Request,
        H: Fn(App, R) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<R::Reply, Failure>> + Send + 'static,
    {
        self.on(access::anyone, move |app, (), request| {
            handler(app, request)
        })
    }

    fn person<R, H, F>(self, handler: H) -> Self
    where
        R: Request,
        H: Fn(App, UserId, R) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<R::Reply, Failure>> + Send + 'static,
    {
        self.on(access::person, handler)
    }

    fn insider<R, H, F>(self, handler: H) -> Self
    where
        R: Request,
        H: Fn(App, Insider, R) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<R::Reply, Failure>> + Send + 'static,
    {
        self.on(access::insider, handler)
    }

    fn viewer<R, H, F>(self, handler: H) -> Self
    where
        R: Request,
        H: Fn(App, TenantId, R) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<R::Reply, Failure>> + Send + 'static,
    {
        self.on(access::viewer, handler)
    }

    fn editor<R, H, F>(self, handler: H) -> Self
    where
        R: Request,
        H: Fn(App, TenantId, R) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<R::Reply, Failure>> + Send + 'static,
    {
        self.on(access::editor, handler)
    }

    fn admin<R, H, F>(self, handler: H) -> Self
    where
        R: Request,
        H: Fn(App, Insider, R) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<R::Reply, Failure>> + Send + 'static,
    {
        self.on(access::admin, handler)
    }

    fn service<R, H, F>(self, handler: H) -> Self
    where
        R: Request,
        H: Fn(App, TenantId, R) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<R::Reply, Failure>> + Send + 'static,
    {
        self.on(access::service, handler)
    }

    /// Answers `R` for callers whom `admit` lets in. What they change is told in the audit log.
    fn on<G, R, H, F>(mut self, admit: fn(&Caller) -> Result<G, Error>, handler: H) -> Self
    where
        G: Send + 'static,
        R: Request,
        H: Fn(App, G, R) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<R::Reply, Failure>> + Send + 'static,
    {
        let app = self.app.clone();
        self.server = self.server.on::<R, _, _>(move |caller, request| {
            let app = app.on_behalf_of(access::actor(&caller));
            let answer = admit(&caller).map(|granted| handler(app, granted, request));
            async move {
                answer?
                    .await
                    .map_err(|failure| failure.answer(R::ENTITY, R::VERB))
            }
        });
        self
    }
}

//! The application: its routes, and what all pages have in common.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::components::clock::Clock;
use crate::routes::account::Account;
use crate::routes::audit::Audit;
use crate::routes::channels::Channels;
use crate::routes::channels::edit::EditChannel;
use crate::routes::create_monitor::CreateMonitor;
use crate::routes::dashboard::Dashboard;
use crate::routes::explore::Explore;
use crate::routes::faults::Faults;
use crate::routes::home::Home;
use crate::routes::hosts::Hosts;
use crate::routes::incidents::Incidents;
use crate::routes::incidents::create::CreateIncident;
use crate::routes::incidents::one::OneIncident;
use crate::routes::invite::FollowInvitation;
use crate::routes::maintenances::Maintenances;
use crate::routes::maintenances::create::CreateMaintenance;
use crate::routes::maintenances::edit::EditMaintenance;
use crate::routes::members::Members;
use crate::routes::monitor::Monitor;
use crate::routes::monitor::edit::EditMonitor;
use crate::routes::monitors::Monitors;
use crate::routes::not_found::NotFound;
use crate::routes::overview::Overview;
use crate::routes::pages::Pages;
use crate::routes::pages::edit::EditPage;
use crate::routes::rules::Rules;
use crate::routes::rules::edit::EditRule;
use crate::routes::services::Services;
use crate::routes::settings::Settings;
use crate::routes::sign_in::SignIn;
use crate::routes::sign_up::SignUp;
use crate::routes::status_page::StatusPage;
use crate::routes::status_page::history::StatusHistory;
use crate::routes::streams::Streams;
use crate::routes::tenants::CreateTenant;
use crate::routes::tokens::Tokens;
use crate::routes::trace::Trace;
use crate::routes::traces::Traces;

/// A page as routes know it. Their types would otherwise hold the types of all pages, which takes minutes to compile.
macro_rules! page {
    ($page:ident) => {{
        fn page() -> AnyView {
            $page().into_any()
        }
        page as fn() -> AnyView
    }};
}

/// Rendered into `<body>` on the server and hydrated there in the browser. Pages below `/t/` are never hydrated.
///
/// Every page is complete when it is sent: without a script it can be read as it is, and redirects and status codes are true.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Clock::provide();
    view! {
        <Title formatter=|page: String| format!("{page} - Overseer") text="Overseer" />
        <a class="skip" href="#main">"Skip to the content"</a>
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=page!(Home) ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=page!(SignIn) ssr=SsrMode::Async />
                <Route path=path!("/sign-up") view=page!(SignUp) ssr=SsrMode::Async />
                <Route path=path!("/account") view=page!(Account) ssr=SsrMode::Async />
                <Route path=path!("/tenants/new") view=page!(CreateTenant) ssr=SsrMode::Async />
                <Route path=path!("/invite/:secret") view=page!(FollowInvitation) ssr=SsrMode::Async />
                <Route path=path!("/t/:tenant") view=page!(StatusPage) ssr=SsrMode::Async />
                <Route path=path!("/t/:tenant/history") view=page!(StatusHistory) ssr=SsrMode::Async />
                <Route path=path!("/t/:tenant/:page") view=page!(StatusPage) ssr=SsrMode::Async />
                <Route path=path!("/t/:tenant/:page/history") view=page!(StatusHistory) ssr=SsrMode::Async />
                <ParentRoute path=path!("/d/:tenant") view=page!(Dashboard) ssr=SsrMode::Async>
                    <Route path=path!("") view=page!(Overview) />
                    <Route path=path!("monitors") view=page!(Monitors) />
                    <Route path=path!("monitors/new") view=page!(CreateMonitor) />
                    <Route path=path!("monitors/:id") view=page!(Monitor) />
                    <Route path=path!("monitors/:id/edit") view=page!(EditMonitor) />
                    <Route path=path!("explore") view=page!(Explore) />
                    <Route path=path!("hosts") view=page!(Hosts) />
                    <Route path=path!("rules") view=page!(Rules) />
                    <Route path=path!("rules/new") view=page!(EditRule) />
                    <Route path=path!("rules/:id") view=page!(EditRule) />
                    <Route path=path!("incidents") view=page!(Incidents) />
                    <Route path=path!("incidents/new") view=page!(CreateIncident) />
                    <Route path=path!("incidents/:id") view=page!(OneIncident) />
                    <Route path=path!("maintenance") view=page!(Maintenances) />
                    <Route path=path!("maintenance/new") view=page!(CreateMaintenance) />
                    <Route path=path!("maintenance/:id/edit") view=page!(EditMaintenance) />
                    <Route path=path!("channels") view=page!(Channels) />
                    <Route path=path!("channels/:id") view=page!(EditChannel) />
                    <Route path=path!("members") view=page!(Members) />
                    <Route path=path!("pages") view=page!(Pages) />
                    <Route path=path!("pages/:id") view=page!(EditPage) />
                    <Route path=path!("tokens") view=page!(Tokens) />
                    <Route path=path!("audit") view=page!(Audit) />
                    <Route path=path!("settings") view=page!(Settings) />
                    <Route path=path!("traces") view=page!(Traces) />
                    <Route path=path!("traces/:id") view=page!(Trace) />
                    <Route path=path!("services") view=page!(Services) />
                    <Route path=path!("streams") view=page!(Streams) />
                    <Route path=path!("faults") view=page!(Faults) />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

//! The application: its routes, and what all pages have in common.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::components::clock::Clock;
use crate::routes::account::Account;
use crate::routes::audit::Audit;
use crate::routes::channels::Channels;
use crate::routes::create_monitor::CreateMonitor;
use crate::routes::dashboard::Dashboard;
use crate::routes::explore::Explore;
use crate::routes::home::Home;
use crate::routes::hosts::Hosts;
use crate::routes::incidents::Incidents;
use crate::routes::incidents::create::CreateIncident;
use crate::routes::incidents::one::OneIncident;
use crate::routes::invite::FollowInvitation;
use crate::routes::maintenances::Maintenances;
use crate::routes::maintenances::create::CreateMaintenance;
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
                <Route path=path!("/") view=Home ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignIn ssr=SsrMode::Async />
                <Route path=path!("/sign-up") view=SignUp ssr=SsrMode::Async />
                <Route path=path!("/account") view=Account ssr=SsrMode::Async />
                <Route path=path!("/tenants/new") view=CreateTenant ssr=SsrMode::Async />
                <Route path=path!("/invite/:secret") view=FollowInvitation ssr=SsrMode::Async />
                <Route path=path!("/t/:tenant") view=StatusPage ssr=SsrMode::Async />
                <Route path=path!("/t/:tenant/history") view=StatusHistory ssr=SsrMode::Async />
                <Route path=path!("/t/:tenant/:page") view=StatusPage ssr=SsrMode::Async />
                <Route path=path!("/t/:tenant/:page/history") view=StatusHistory ssr=SsrMode::Async />
                <ParentRoute path=path!("/d/:tenant") view=Dashboard ssr=SsrMode::Async>
                    <Route path=path!("") view=Overview />
                    <Route path=path!("monitors") view=Monitors />
                    <Route path=path!("monitors/new") view=CreateMonitor />
                    <Route path=path!("monitors/:id") view=Monitor />
                    <Route path=path!("monitors/:id/edit") view=EditMonitor />
                    <Route path=path!("explore") view=Explore />
                    <Route path=path!("hosts") view=Hosts />
                    <Route path=path!("rules") view=Rules />
                    <Route path=path!("rules/new") view=EditRule />
                    <Route path=path!("rules/:id") view=EditRule />
                    <Route path=path!("incidents") view=Incidents />
                    <Route path=path!("incidents/new") view=CreateIncident />
                    <Route path=path!("incidents/:id") view=OneIncident />
                    <Route path=path!("maintenance") view=Maintenances />
                    <Route path=path!("maintenance/new") view=CreateMaintenance />
                    <Route path=path!("channels") view=Channels />
                    <Route path=path!("members") view=Members />
                    <Route path=path!("pages") view=Pages />
                    <Route path=path!("pages/:id") view=EditPage />
                    <Route path=path!("tokens") view=Tokens />
                    <Route path=path!("audit") view=Audit />
                    <Route path=path!("settings") view=Settings />
                    <Route path=path!("traces") view=Traces />
                    <Route path=path!("traces/:id") view=Trace />
                    <Route path=path!("services") view=Services />
                    <Route path=path!("streams") view=Streams />
                </ParentRoute>
            </Routes>
        </Router>
    }
}

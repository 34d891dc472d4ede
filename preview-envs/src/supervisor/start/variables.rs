use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::Context as _;
use contract::access;
use contract::id::Region;
use tokio::process::Command;

use super::Service;
use crate::environment::{DATABASE, Environment, State};
use crate::server::postgres;
use crate::server::secrets::{self, Secrets};

/// Previews watch targets of this machine; nowhere else may these be reached.
const ALLOWED: &str = "127.0.0.0/8,::1/128";
/// Browsers look for it, and for what is below it, on this machine.
const BASE_DOMAIN: &str = "pages.localhost";

/// Where telemetry goes, and how often metrics do, in milliseconds.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const INTERVAL: &str = "OTEL_METRIC_EXPORT_INTERVAL";

/// The address a service had, or any.
pub(super) fn listen(old: Option<SocketAddr>) -> SocketAddr {
    old.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 0).into())
}

/// The environment variables of a service.
pub(super) fn of_service(
    service: &Service,
    name: &str,
    state: &State,
    environment: &Environment,
    command: &mut Command,
) -> anyhow::Result<()> {
    let known = state.units.get(name).cloned().unwrap_or_default();
    let http = listen(known.http).to_string();
    common(service.binary(), state, environment, command)?;
    export(state, environment, command)?;
    command
        .env("OVERSEER_OPS_ADDR", listen(known.ops).to_string())
        .env("OVERSEER_READY_FILE", environment.ready_file(name));
    match service {
        Service::Ingress => command.env("OVERSEER_INGRESS_LISTEN", http),
        Service::Store => command.env(
            "OVERSEER_STORE_DATABASE_URL",
            store_url(state, environment)?,
        ),
        Service::Processor => command.env("OVERSEER_PROCESSOR_ALLOW", ALLOWED),
        Service::Frontend => command
            .env("OVERSEER_FRONTEND_LISTEN", http)
            .env("OVERSEER_FRONTEND_JWT_SECRET", jwt_secret(environment)?)
            .env("OVERSEER_FRONTEND_BASE_DOMAIN", BASE_DOMAIN)
            .env("OVERSEER_FRONTEND_ASSETS", state.settings.programs().site)
            .env(
                "OVERSEER_FRONTEND_INGRESS_URL",
                state.http_url("ingress").unwrap_or_default(),
            ),
        Service::Prober(region) => {
            command
                .env("OVERSEER_PROBER_REGIONS", region.as_str())
                .env("OVERSEER_PROBER_ALLOW", ALLOWED);
            match distance_ms(region).filter(|_| state.settings.demo) {
                Some(ms) => command.env("OVERSEER_PROBER_DISTANCE_MS", format!("{region}={ms}")),
                None => command,
            }
        }
    };
    Ok(())
}

/// The environment variables of `store migrate`, `provision` and `demo`.
pub(super) fn of_step(
    state: &State,
    environment: &Environment,
    command: &mut Command,
) -> anyhow::Result<()> {
    let owner = state
        .database_url
        .as_deref()
        .context("Postgres was not started")?;
    let user = access::DEPLOYER;
    common(user, state, environment, command)?;
    command
        .env("OVERSEER_STORE_OWNER_URL", owner)
        .env(
            "OVERSEER_STORE_DATABASE_URL",
            store_url(state, environment)?,
        )
        .env(
            "OVERSEER_STORE_TELEMETRY_TOKEN",
            telemetry_token(environment)?,
        );
    Ok(())
}

/// Simulated way to well-known regions, so that a page of a preview looks as it will: everything is really on this machine.
pub(crate) fn distance_ms(region: &Region) -> Option<u32> {
    match region.as_str() {
        "eu-central" => Some(8),
        "us-east" => Some(46),
        "ap-southeast" => Some(92),
        _ => None,
    }
}

fn common(
    user: &str,
    state: &State,
    environment: &Environment,
    command: &mut Command,
) -> anyhow::Result<()> {
    let ports = state.nats.context("nats-server was not started")?;
    let passwords = kept(&environment.nats())?;
    let password = passwords
        .get(user)
        .with_context(|| format!("there is no NATS user {user}"))?;
    command
        .env(
            "OVERSEER_NATS_URL",
            format!("nats://127.0.0.1:{}", ports.client),
        )
        .env("OVERSEER_NATS_PASSWORD", password)
        .env("OVERSEER_TEST_BED", "true")
        .env("OTEL_RESOURCE_ATTRIBUTES", resource(environment));
    Ok(())
}

/// Where nobody named a collector, services export to the environment's own ingress.
fn export(state: &State, environment: &Environment, command: &mut Command) -> anyhow::Result<()> {
    if std::env::var_os(ENDPOINT).is_some_and(|endpoint| !endpoint.is_empty()) {
        return Ok(());
    }
    let ingress = state
        .http_url(access::INGRESS)
        .context("ingress has no address")?;
    let token = telemetry_token(environment)?;
    command.env(ENDPOINT, ingress).env(
        "OTEL_EXPORTER_OTLP_HEADERS",
        format!("authorization=Bearer%20{token}"),
    );
    if std::env::var_os(INTERVAL).is_none() {
        command.env(INTERVAL, "10000");
    }
    Ok(())
}

/// Tells this environment's telemetry from that of others; what the caller has set stays.
fn resource(environment: &Environment) -> String {
    let own = format!("deployment.environment.name=preview-{}", environment.name());
    match std::env::var_os("OTEL_RESOURCE_ATTRIBUTES").and_then(|set| set.into_string().ok()) {
        Some(set) if !set.is_empty() => format!("{own},{set}"),
        _ => own,
    }
}

fn store_url(state: &State, environment: &Environment) -> anyhow::Result<String> {
    let port = state.postgres_port.context("Postgres was not started")?;
    let passwords = kept(&environment.postgres())?;
    let password = passwords
        .get(postgres::STORE)
        .context("the store has no password")?;
    Ok(format!(
        "postgres://{}:{password}@127.0.0.1:{port}/{DATABASE}",
        postgres::STORE
    ))
}

fn jwt_secret(environment: &Environment) -> anyhow::Result<String> {
    secret("jwt", environment)
}

fn telemetry_token(environment: &Environment) -> anyhow::Result<String> {
    Ok(format!(
        "{}{}",
        contract::token::PREFIX,
        secret("telemetry", environment)?
    ))
}

fn secret(name: &str, environment: &Environment) -> anyhow::Result<String> {
    let mut secrets = secrets::ensure(&environment.folder().join("secrets.json"), [name])?;
    secrets
        .remove(name)
        .with_context(|| format!("there is no secret {name}"))
}

fn kept(folder: &Path) -> anyhow::Result<Secrets> {
    secrets::ensure(&folder.join("secrets.json"), [])
}

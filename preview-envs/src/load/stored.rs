//! What the database holds of a load, counted in the rows themselves and not by our own readers.

use std::process::Stdio;

use anyhow::{Context as _, ensure};
use axum::http::Uri;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::Account;
use crate::environment::{Environment, Summary};
use crate::server::postgres;

/// The schema shows rows of the transaction's tenant alone, also to its owner.
const STATEMENT: &str = "begin;
    select set_config('overseer.tenant', id::text, true) from tenant where slug = :'tenant';
    select count(*), coalesce(sum(value), 0) from series join sample on sample.series_id = series.id
        where starts_with(series.labels ->> 'instance', :'prefix');
    commit;";

/// The samples of all instances whose names begin like this, of hours that are not closed yet.
pub(super) async fn of(environment: &Environment, prefix: &str) -> anyhow::Result<Account> {
    let summary = environment.summary()?;
    let tenant = summary.tenant.clone().context("there is no tenant")?;
    let mut psql = psql(&summary).await?;
    psql.args(["-v", &format!("tenant={tenant}"), "-v"]);
    psql.arg(format!("prefix={prefix}"));
    let mut running = psql.spawn().context("cannot run psql")?;
    let mut stdin = running.stdin.take().context("psql has a stdin")?;
    stdin.write_all(STATEMENT.as_bytes()).await?;
    drop(stdin);
    let output = running.wait_with_output().await?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "Postgres refused: {errors}");
    let text = String::from_utf8_lossy(&output.stdout);
    read(&text).with_context(|| format!("Postgres answered {text:?}"))
}

/// Credentials go through the environment, so that none shows in the list of processes.
async fn psql(summary: &Summary) -> anyhow::Result<Command> {
    let url = summary.database_url.as_deref();
    let url: Uri = url.context("there is no database")?.parse()?;
    let authority = url.authority().context("the database has no address")?;
    let who = authority.as_str().rsplit_once('@');
    let (user, password) = who
        .and_then(|(who, _)| who.split_once(':'))
        .context("the database has no owner")?;
    let program = postgres::binaries::find_or_install().await?.join("psql");
    let mut command = Command::new(program);
    command
        .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"])
        .env("PGHOST", authority.host())
        .env("PGPORT", authority.port_u16().unwrap_or(5432).to_string())
        .env("PGUSER", user)
        .env("PGPASSWORD", password)
        .env("PGDATABASE", url.path().trim_start_matches('/'))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    Ok(command)
}

fn read(text: &str) -> Option<Account> {
    let (samples, sum) = text.trim().lines().last()?.split_once('|')?;
    Some(Account {
        samples: samples.parse().ok()?,
        sum: sum.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_is_the_account() {
        let account = Account {
            samples: 12,
            sum: 3.5,
        };
        assert_eq!(read("0190-uuid\n12|3.5\n"), Some(account));
        assert_eq!(read("0190-uuid\n"), None);
    }
}

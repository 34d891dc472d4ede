use std::process::Stdio;

use anyhow::{Context as _, ensure};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::{OWNER, STORE, SUPERUSER, Server};

impl Server {
    /// Creates a database owned by [`OWNER`], empty or as a copy of `template`, which nobody may be connected to.
    pub async fn create_database(&self, name: &str, template: Option<&str>) -> anyhow::Result<()> {
        let name = identifier(name)?;
        let template = identifier(template.unwrap_or("template0"))?;
        self.run(&format!(
            "CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template};"
        ))
        .await?;
        self.run(&format!(
            "REVOKE ALL ON DATABASE {name} FROM PUBLIC; GRANT CONNECT ON DATABASE {name} TO {STORE};"
        ))
        .await
    }

    /// Creates a database unless it exists; says whether it did.
    pub async fn ensure_database(&self, name: &str) -> anyhow::Result<bool> {
        let name = identifier(name)?;
        let found = self
            .ask(&format!(
                "SELECT 1 FROM pg_database WHERE datname = '{name}';"
            ))
            .await?;
        if found.is_empty() {
            self.create_database(name, None).await?;
        }
        Ok(found.is_empty())
    }

    /// Closes a database to connections and marks it as one to copy from.
    pub async fn make_template(&self, name: &str) -> anyhow::Result<()> {
        let name = identifier(name)?;
        self.run(&format!(
            "ALTER DATABASE {name} IS_TEMPLATE true ALLOW_CONNECTIONS false;"
        ))
        .await
    }

    /// Drops a database with all sessions in it.
    pub async fn drop_database(&self, name: &str) -> anyhow::Result<()> {
        let name = identifier(name)?;
        self.run(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE);"))
            .await
    }

    pub(super) async fn ensure_roles(&self) -> anyhow::Result<()> {
        let sql = [(OWNER, "CREATEROLE"), (STORE, "")].map(|(role, rights)| {
            let password = &self.secrets[role];
            format!(
                "SELECT 'CREATE ROLE {role}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') \\gexec\n\
                 ALTER ROLE {role} LOGIN {rights} PASSWORD '{password}';\n"
            )
        });
        self.run(&sql.concat()).await
    }

    async fn run(&self, sql: &str) -> anyhow::Result<()> {
        self.ask(sql).await.map(drop)
    }

    /// Runs statements as the superuser; they travel by stdin, so that no password shows in the list of processes.
    async fn ask(&self, sql: &str) -> anyhow::Result<String> {
        let mut psql = Command::new(&self.psql)
            .args([
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                "127.0.0.1",
                "-d",
                "postgres",
            ])
            .args(["-U", SUPERUSER, "-p", &self.port.to_string()])
            .env("PGPASSWORD", &self.secrets[SUPERUSER])
            .env("PGCONNECT_TIMEOUT", "10")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot run {}", self.psql.display()))?;
        let mut stdin = psql.stdin.take().context("psql has a stdin")?;
        stdin.write_all(sql.as_bytes()).await?;
        drop(stdin);
        let output = psql.wait_with_output().await?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "Postgres refused: {}",
            errors.trim()
        );
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// Only names that need no quoting, so that none can break out of a statement.
fn identifier(name: &str) -> anyhow::Result<&str> {
    let valid = name.len() <= 63
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    ensure!(
        valid,
        "{name:?} cannot be the name of a database: use a-z, 0-9 and _"
    );
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::identifier;

    #[test]
    fn a_name_cannot_break_out_of_a_statement() {
        assert!(identifier("overseer_2").is_ok());
        for hostile in ["", "a b", "a\"b", "a;drop", "Ab", "1a", &"a".repeat(64)] {
            assert!(identifier(hostile).is_err(), "{hostile:?} was accepted");
        }
    }
}

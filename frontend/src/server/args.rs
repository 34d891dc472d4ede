//! Configuration.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Pages, the REST API and live streams.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub nats: bus::Args,
    /// Where to listen for HTTP; port 0 takes any free one.
    #[arg(
        long,
        env = "OVERSEER_FRONTEND_LISTEN",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
    /// Signs the API's bearer tokens; at least 32 characters, the same for all instances.
    #[arg(long, env = "OVERSEER_FRONTEND_JWT_SECRET", hide_env_values = true, value_parser = long_secret)]
    pub jwt_secret: String,
    /// The folder with the browser's half; without it pages can be read, not operated.
    #[arg(long, env = "OVERSEER_FRONTEND_ASSETS")]
    pub assets: Option<PathBuf>,
    /// Where samples are pushed to, as shown in commands to copy.
    #[arg(
        long,
        env = "OVERSEER_FRONTEND_INGRESS_URL",
        default_value = "http://127.0.0.1:8081"
    )]
    pub ingress_url: String,
    /// Each tenant's page has a host of its own below this domain, at which this site itself stands; other hosts show the page that
    /// has verified them, or nothing. Without it pages are found by their path alone.
    #[arg(long, env = "OVERSEER_FRONTEND_BASE_DOMAIN", value_parser = domain)]
    pub base_domain: Option<String>,
    /// Name servers that are asked whose a page's domain is; those of the system where none is named.
    #[arg(long, env = "OVERSEER_FRONTEND_NAME_SERVERS", value_delimiter = ',')]
    pub name_servers: Vec<SocketAddr>,
    /// People reach this service over HTTPS: cookies are sent over nothing else.
    #[arg(long, env = "OVERSEER_FRONTEND_HTTPS")]
    pub https: bool,
}

fn domain(text: &str) -> Result<String, String> {
    let text = text.trim().to_lowercase();
    if contract::page::is_domain(&text) {
        Ok(text)
    } else {
        Err("a domain, such as status.example.org".to_owned())
    }
}

const SECRET_CHARACTERS: usize = 32;

fn long_secret(secret: &str) -> Result<String, String> {
    if secret.len() >= SECRET_CHARACTERS {
        Ok(secret.to_owned())
    } else {
        Err(format!("at least {SECRET_CHARACTERS} characters"))
    }
}

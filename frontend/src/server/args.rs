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
    /// People reach this service over HTTPS: cookies are sent over nothing else.
    #[arg(long, env = "OVERSEER_FRONTEND_HTTPS")]
    pub https: bool,
}

const SECRET_CHARACTERS: usize = 32;

fn long_secret(secret: &str) -> Result<String, String> {
    if secret.len() >= SECRET_CHARACTERS {
        Ok(secret.to_owned())
    } else {
        Err(format!("at least {SECRET_CHARACTERS} characters"))
    }
}

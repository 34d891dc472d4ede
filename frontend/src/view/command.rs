//! Commands to copy.

/// The command that pushes one sample, ready to be run.
pub fn push(ingress_url: &str, token: &str) -> String {
    format!(
        "curl -sS {}/api/v1/metrics \\\n  -H 'Authorization: Bearer {token}' \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"samples\":[{{\"name\":\"demo.temperature\",\"labels\":{{\"room\":\"kitchen\"}},\"value\":21.5,\"unit\":\"Cel\"}}]}}'",
        ingress_url.trim_end_matches('/')
    )
}

/// The command that lets a host's agent in and leaves it running.
pub fn register(url: &str, code: &str) -> String {
    format!("overseer-agent register --url {url} --code {code} && overseer-agent run")
}

/// Heartbeats.
pub mod ping {
    /// Where a heartbeat calls.
    pub fn url(ingress_url: &str, key: &str) -> String {
        format!("{}/ping/{key}", ingress_url.trim_end_matches('/'))
    }

    /// The command that runs a job and tells how it ended.
    pub fn after(url: &str) -> String {
        format!("./job.sh; curl -fsS -m 10 --retry 3 {url}/$?")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_tells_how_it_ended() {
        let url = ping::url("http://127.0.0.1:4000/", "k");
        assert_eq!(
            ping::after(&url),
            "./job.sh; curl -fsS -m 10 --retry 3 http://127.0.0.1:4000/ping/k/$?"
        );
    }

    #[test]
    fn the_command_to_push_is_ready_to_run() {
        let command = push("http://127.0.0.1:4000/", "ovs_x");
        assert!(command.starts_with("curl -sS http://127.0.0.1:4000/api/v1/metrics"));
        let (_, body) = command.split_once("-d '").expect("a body");
        let body = body.trim_end_matches('\'');
        assert!(
            serde_json::from_str::<serde_json::Value>(body).is_ok(),
            "{body}"
        );
    }
}

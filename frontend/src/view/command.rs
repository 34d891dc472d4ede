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

#[cfg(test)]
mod tests {
    use super::*;

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

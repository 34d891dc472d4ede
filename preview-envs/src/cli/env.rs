use super::{Which, output};
use crate::environment::Summary;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
}

pub(super) fn act(args: &Args) -> anyhow::Result<()> {
    let environment = args.which.environment();
    environment.touch()?;
    output::text(&exports(&environment.summary()?))
}

/// Lines for `eval "$(cargo preview env)"`.
fn exports(summary: &Summary) -> String {
    let values = [
        ("INGRESS_URL", &summary.ingress_url),
        ("FRONTEND_URL", &summary.frontend_url),
        ("STATUS_PAGE_URL", &summary.status_page_url),
        ("NATS_URL", &summary.nats_url),
        ("NATS_MONITOR_URL", &summary.nats_monitor_url),
        ("DATABASE_URL", &summary.database_url),
        ("TENANT", &summary.tenant),
        ("TOKEN", &summary.token),
        ("EMAIL", &summary.email),
        ("PASSWORD", &summary.password),
    ];
    let lines = values
        .iter()
        .filter_map(|(name, value)| Some(format!("export {name}={}", quoted(value.as_ref()?))));
    lines.collect::<Vec<String>>().join("\n")
}

fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_can_break_out_of_its_quotes() {
        assert_eq!(quoted("a'; rm -rf /"), r"'a'\''; rm -rf /'");
    }
}

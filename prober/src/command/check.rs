//! `prober check`: looks once and shows each phase.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use contract::monitor::Check;
use contract::probe::Outcome;
use serde_json::{Map, Value, json};
use validator::Validate;

use crate::args;
use crate::check::{Engine, Report};
use crate::words::{Paint, named, result};

/// The widest bar, for the longest phase.
const BAR_WIDTH: f64 = 40.0;

/// Looks at a target once and shows how long each phase took.
#[derive(Debug, clap::Parser)]
#[command(name = "prober check")]
pub struct Args {
    /// A URL, or a target as the kind wants it.
    target: String,
    /// http, tcp, dns, tls or icmp.
    #[arg(long, default_value = "http")]
    kind: String,
    /// What must hold, such as `[STATUS] == 200`; may be repeated.
    #[arg(long)]
    condition: Vec<String>,
    #[arg(long, default_value_t = 10_000)]
    timeout_ms: u32,
    /// A setting of the kind as `name=value`, such as `method=POST` or `record=MX`; may be repeated.
    #[arg(long)]
    set: Vec<String>,
    /// Prints the result as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    measuring: args::Measuring,
}

/// The process succeeds when the check does.
pub(super) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let check = check(&args)?;
    let report = Engine::new(args.measuring.settings())?
        .run(&check, Duration::ZERO)
        .await;
    let text = if args.json {
        Value::Object(result(&report)).to_string()
    } else {
        shown(&report, Paint::new(std::io::stdout().is_terminal()))
    };
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(if report.is_success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn check(args: &Args) -> anyhow::Result<Check> {
    let mut fields = Map::new();
    for setting in &args.set {
        let (name, value) = setting
            .split_once('=')
            .with_context(|| format!("{setting:?} is not of the form name=value"))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
        fields.insert(name.to_owned(), value);
    }
    fields.insert("kind".to_owned(), json!(args.kind));
    fields.insert("target".to_owned(), json!(args.target));
    fields.insert("timeout_ms".to_owned(), json!(args.timeout_ms));
    fields.insert("conditions".to_owned(), json!(args.condition));
    let check: Check = serde_json::from_value(Value::Object(fields))?;
    if let Err(errors) = check.validate() {
        bail!("{errors}");
    }
    Ok(check)
}

fn shown(report: &Report, paint: Paint) -> String {
    let mut lines = Vec::new();
    for hop in &report.hops {
        let told = [
            hop.ip.clone(),
            hop.protocol.clone(),
            hop.status_code.map(|status| status.to_string()),
        ];
        let told: Vec<String> = told.into_iter().flatten().collect();
        lines.push(format!("{}  {}", hop.url, paint.quiet(&told.join(" · "))));
        let phases = named(&hop.timings);
        let longest = phases.iter().map(|(_, took)| *took).fold(0.001, f64::max);
        for (name, took) in phases {
            lines.push(format!(
                "  {name:<11}{took:>10.3} ms  {}",
                bar(took / longest)
            ));
        }
    }
    if let Some(certificate) = &report.certificate {
        let day = certificate.expires_at.format("%Y-%m-%d");
        let words = format!(
            "{} {}, the certificate lasts until {day}",
            certificate.tls_version, certificate.cipher
        );
        lines.push(paint.quiet(&words));
    }
    let total = report.timings.total_time_ms.unwrap_or_default();
    let message = report.message.as_deref().unwrap_or_default();
    lines.push(match report.outcome {
        Outcome::Success => format!("{} in {total:.3} ms {message}", paint.good("success")),
        Outcome::Failure => format!("{} after {total:.3} ms: {message}", paint.bad("failure")),
        _ => format!("{}: {message}", paint.bad("not looked at")),
    });
    lines.join("\n")
}

fn bar(share: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share is between 0 and 1"
    )]
    let width = (share * BAR_WIDTH).round() as usize;
    "█".repeat(width.max(1))
}

use std::process::ExitCode;
use std::time::Duration;

use anyhow::ensure;

use super::Which;
use crate::environment::Span;
use crate::load::monitors::Population;
use crate::load::{LONGEST, Load, Plan};
use crate::progress::{heading, say};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// Machines that push by remote write, sixty series each.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(0..=1_000))]
    hosts: u16,
    /// Applications that push JSON, sixty series each.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(0..=1_000))]
    services: u16,
    /// Samples a second, of all together.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: u32,
    /// For how long, up to 10m.
    #[arg(long = "for", default_value = "30s")]
    time: Span,
    /// Monitors that are created, checked from every region, counted and removed again.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=2_000))]
    monitors: u16,
}

/// Until all that was acknowledged is in the database.
const STORED: Duration = Duration::from_mins(1);

pub(super) async fn act(args: Args) -> anyhow::Result<ExitCode> {
    let time: Duration = args.time.into();
    ensure!(
        !time.is_zero() && time <= LONGEST,
        "load is made for up to {} minutes",
        LONGEST.as_secs() / 60
    );
    ensure!(
        args.hosts + args.services > 0,
        "somebody has to push: name --hosts or --services"
    );
    let environment = args.which.environment();
    environment.touch()?;
    heading(format!("Load on `{}`", environment.name()));
    let population = match args.monitors {
        0 => None,
        count => Some(Population::create(&environment, count.into()).await?),
    };
    let plan = Plan {
        hosts: args.hosts.into(),
        services: args.services.into(),
        rate: args.rate.into(),
    };
    let load = Load::start(&environment, plan)?;
    say(format!(
        "{} hosts, {} services, {} monitors for {}; Ctrl-C ends it early",
        args.hosts, args.services, args.monitors, args.time
    ));
    tokio::select! {
        () = tokio::time::sleep(time) => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    let ended = load.stop().await?;
    say(ended.outcome.to_string());
    let stored = ended.stored(STORED).await?;
    let mut whole = ended.is_whole(stored);
    say(format!(
        "stored: {} samples with the sum {} of {} with the sum {}: {}",
        stored.samples,
        stored.sum,
        ended.outcome.acknowledged.samples,
        ended.outcome.acknowledged.sum,
        verdict(whole)
    ));
    if let Some(population) = population {
        let compared = population.end().await?;
        say(format!(
            "targets answered {} times well and {} times badly; counted were {} successes and {} failures: {}",
            compared.answered.success,
            compared.answered.failure,
            compared.counted.success,
            compared.counted.failure,
            verdict(compared.agree())
        ));
        whole &= compared.agree();
    }
    Ok(if whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn verdict(agrees: bool) -> &'static str {
    if agrees { "as it should be" } else { "WRONG" }
}

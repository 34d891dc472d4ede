use anyhow::bail;
use contract::id::Region;

use super::{DEFAULT_NAME, follow, output};
use crate::build::Commit;
use crate::environment::{Environment, Lease, Name, Phase, Settings, Span, State, Summary};
use crate::progress::{Step, heading, say};
use crate::server::{nats, postgres};
use crate::{build, client, supervisor};

mod welcome;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub(super) struct Args {
    /// The branch, tag or commit to run; the working tree as it is where there is none.
    reference: Option<String>,
    /// The environment's name; `dev`, or that of what it runs.
    #[arg(long)]
    name: Option<Name>,
    /// Let `reap` remove it when nobody has used it for this long, such as 4h.
    #[arg(long)]
    ttl: Option<Span>,
    /// Return when everything is ready, and leave it running.
    #[arg(long)]
    detach: bool,
    /// Print one JSON object to stdout.
    #[arg(long)]
    json: bool,
    /// Only a tenant, a person and a token: no targets, no fleet, no history.
    #[arg(long)]
    no_demo: bool,
    /// Run what was built last, as it is.
    #[arg(long)]
    no_build: bool,
    /// Where monitors are checked from: one prober each.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "eu-central,us-east,ap-southeast"
    )]
    regions: Vec<Region>,
}

pub(super) async fn act(args: Args) -> anyhow::Result<()> {
    let commit = match &args.reference {
        Some(reference) => Some(Commit::find(reference).await?),
        None => None,
    };
    let environment = Environment::named(match args.name {
        Some(name) => name,
        None => default_name(args.reference.as_deref(), commit.as_ref())?,
    });
    let settings = Settings {
        regions: args.regions,
        demo: !args.no_demo,
        commit,
    };
    let log = environment.log("preview");
    let mut tail = follow::Tail::at_end_of(&log);
    if environment.is_supervised() {
        say(format!(
            "`{}` is up already, with what was built then; `cargo preview down` ends it",
            environment.name()
        ));
        report_differences(&environment, &settings)?;
    } else {
        prepare(!args.no_build, settings.commit.as_ref()).await?;
        heading(format!("Starting `{}`", environment.name()));
        launch(&environment, settings)?;
    }
    let ttl = args.ttl.or(environment.lease().ttl);
    environment.write_lease(&Lease::starting_now(ttl))?;
    let stop_asked = follow::until_ready(&environment, &mut tail).await?;
    if stop_asked {
        return Ok(());
    }
    let summary = environment.summary()?;
    if summary.state != Phase::Ready {
        bail!(
            "`{}` did not come up: {}\nall of it: cargo preview logs --name {}",
            environment.name(),
            summary
                .problem
                .as_deref()
                .unwrap_or("its supervisor ended without a word"),
            environment.name()
        );
    }
    tell(&summary, args.json)?;
    if args.detach {
        return Ok(());
    }
    say("Ctrl-C drains and stops everything.\n");
    follow::until_stopped(&environment, &mut tail).await
}

/// A reference that makes a good name is one, such as a branch's; a commit's hash is always.
fn default_name(reference: Option<&str>, commit: Option<&Commit>) -> anyhow::Result<Name> {
    let Some(reference) = reference else {
        return DEFAULT_NAME.parse();
    };
    let plain = reference.to_lowercase().replace(['/', '_', '.'], "-");
    match (plain.parse(), commit) {
        (Ok(name), _) => Ok(name),
        (Err(_), Some(commit)) => format!("commit-{}", commit.short()).parse(),
        (Err(error), None) => Err(error),
    }
}

/// Tools and, where wanted, binaries.
async fn prepare(with_build: bool, commit: Option<&Commit>) -> anyhow::Result<()> {
    heading("Tools");
    let step = Step::begin("nats-server");
    step.done(nats::binary::find_or_install().await?.display().to_string());
    let step = Step::begin("postgres");
    step.done(
        postgres::binaries::find_or_install()
            .await?
            .display()
            .to_string(),
    );
    if let Some(commit) = commit {
        heading(format!("Build of {commit}"));
        return commit.build().await;
    }
    if !with_build {
        return Ok(());
    }
    heading("Build");
    build::services().await?;
    client::build().await
}

fn report_differences(environment: &Environment, wanted: &Settings) -> anyhow::Result<()> {
    if environment.read()?.settings != *wanted {
        say("it was brought up with other options, which stay until it is taken down");
    }
    Ok(())
}

/// Writes down what is wanted and starts the supervisor.
fn launch(environment: &Environment, settings: Settings) -> anyhow::Result<()> {
    environment.create()?;
    let mut state = environment
        .read()
        .unwrap_or_else(|_| State::new(settings.clone()));
    state.settings = settings;
    state.phase = Phase::Starting;
    state.problem = None;
    environment.write(&state)?;
    supervisor::launch(environment)
}

fn tell(summary: &Summary, json: bool) -> anyhow::Result<()> {
    if json {
        output::json(summary)
    } else {
        output::text(&welcome::text(summary))
    }
}

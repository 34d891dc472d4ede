use contract::fault::{Fault, Kind, Parameter, Settings};
use serde_json::{Value, json};

use super::{Which, output};
use crate::environment::Span;
use crate::faults::Switches;
use crate::progress::say;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Show all faults there are, and which are on.
    List {
        /// Print a JSON array to stdout.
        #[arg(long)]
        json: bool,
    },
    /// Switch a fault on, such as `store-slow ms=200 share=0.5`.
    Set {
        fault: Kind,
        /// How it strikes, as name=value; `list` shows what each fault has.
        settings: Vec<String>,
        /// When it is off again by itself, up to 1h.
        #[arg(long = "for", default_value = "5m")]
        lasts: Span,
    },
    /// Switch a fault off, or all of them.
    Clear { fault: Option<Kind> },
}

pub(super) async fn act(args: Args) -> anyhow::Result<()> {
    let environment = args.which.environment();
    match args.what {
        What::List { json } => {
            let on = if environment.exists() {
                Switches::of(&environment).await?.on().await?
            } else {
                Vec::new()
            };
            list(&on, json)
        }
        What::Set {
            fault,
            settings,
            lasts,
        } => {
            let settings = Settings::read(fault, settings.iter().map(String::as_str))?;
            let switches = Switches::of(&environment).await?;
            let set = switches.set(fault, settings, lasts.into()).await?;
            environment.touch()?;
            say(format!("{}: {}", words(&set), fault.about()));
            Ok(())
        }
        What::Clear { fault } => {
            let switches = Switches::of(&environment).await?;
            let on = switches.on().await?;
            let meant = |on: &&Fault| fault.is_none_or(|fault| on.kind == fault);
            let meant: Vec<&Fault> = on.iter().filter(meant).collect();
            if meant.is_empty() {
                say("nothing of that was on");
            }
            for fault in meant {
                switches.clear(fault.kind).await?;
                say(format!("{} is off", fault.kind));
            }
            Ok(())
        }
    }
}

fn list(on: &[Fault], as_json: bool) -> anyhow::Result<()> {
    let found = |kind| on.iter().find(|fault| fault.kind == kind);
    if as_json {
        let all: Vec<Value> = Kind::ALL
            .map(|kind| {
                let parameters: Vec<&str> = kind.parameters().iter().map(|it| it.name()).collect();
                json!({"name": kind, "about": kind.about(), "parameters": parameters, "on": found(kind)})
            })
            .into();
        return output::json(&all);
    }
    let lines = Kind::ALL.map(|kind| {
        let state = found(kind).map_or_else(
            || {
                let parameters = kind.parameters().iter().map(Parameter::to_string);
                parameters.collect::<Vec<_>>().join(" ")
            },
            |fault| format!("ON  {}", words(fault)),
        );
        format!(
            "{:<16} {}\n{:<16}   {state}",
            kind.as_str(),
            kind.about(),
            ""
        )
    });
    output::text(&lines.join("\n"))
}

fn words(fault: &Fault) -> String {
    format!(
        "{} {} until {}",
        fault.kind,
        fault.settings.words(fault.kind),
        fault.until.format("%H:%M:%S UTC")
    )
}

//! What a person types: `prober check URL`, and `prober --config FILE`. Everything else is the service.

mod check;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::standalone;

/// A command that needs no NATS.
#[derive(Debug)]
pub enum Command {
    /// Looks once.
    Check(Box<check::Args>),
    /// Stands alone.
    Watch(Box<standalone::Args>),
}

impl Command {
    /// `None` if the arguments are the service's. Ends the process when they are wrong.
    pub fn from_args() -> Option<Self> {
        let args: Vec<OsString> = std::env::args_os().collect();
        let is_config = |arg: &OsString| {
            arg == "--config" || arg.to_str().is_some_and(|arg| arg.starts_with("--config="))
        };
        if args.get(1).is_some_and(|first| first == "check") {
            let own = args.into_iter().skip(1);
            return Some(Self::Check(Box::new(check::Args::parse_from(own))));
        }
        if args.iter().any(is_config) {
            return Some(Self::Watch(Box::new(standalone::Args::parse_from(args))));
        }
        None
    }

    /// Runs to the end, or until told to stop.
    pub fn run(self) -> ExitCode {
        service::run_command("prober", move |ctx| async move {
            match self {
                Self::Check(args) => check::run(*args).await,
                Self::Watch(args) => {
                    standalone::serve(*args, ctx).await?;
                    Ok(ExitCode::SUCCESS)
                }
            }
        })
    }
}

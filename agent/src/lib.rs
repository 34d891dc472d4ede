#![doc = include_str!("../README.md")]

mod args;
mod batch;
mod buffer;
mod http;
mod identity;
mod leak;
mod log;
mod measure;
mod push;
mod register;
mod run;
mod stop;

use std::process::ExitCode;

pub use args::{Args, Command, Register, Run};

/// Does what the command line says.
pub fn act(args: Args) -> ExitCode {
    let outcome = match args.command {
        Command::Register(register) => register::act(&args.state, register),
        Command::Run(run) => run::act(&args.state, &run),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::error(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

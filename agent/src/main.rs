//! The agent's process.

use clap::Parser as _;

fn main() -> std::process::ExitCode {
    agent::act(agent::Args::parse())
}

use std::process::ExitCode;

fn main() -> ExitCode {
    match prober::Command::from_args() {
        Some(command) => command.run(),
        None => service::run("prober", prober::serve),
    }
}

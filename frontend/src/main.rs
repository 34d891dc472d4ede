use std::process::ExitCode;

fn main() -> ExitCode {
    service::run("frontend", frontend::serve)
}

use std::process::ExitCode;

fn main() -> ExitCode {
    service::run("prober", prober::serve)
}

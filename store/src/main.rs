use std::process::ExitCode;

fn main() -> ExitCode {
    service::run("store", store::run)
}

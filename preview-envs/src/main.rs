use std::process::ExitCode;

fn main() -> ExitCode {
    preview_envs::cli::run()
}

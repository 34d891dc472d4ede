//! The `processor` binary.

fn main() -> std::process::ExitCode {
    service::run("processor", processor::serve)
}

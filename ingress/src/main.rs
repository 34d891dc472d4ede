//! The ingress process.

fn main() -> std::process::ExitCode {
    service::run("ingress", ingress::serve)
}

use std::process::ExitCode;

/// A page is some long strings that come and go: glibc gives their memory back each time, and takes it page by page again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    service::run("frontend", frontend::serve)
}

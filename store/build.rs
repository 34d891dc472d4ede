#[expect(clippy::print_stdout, reason = "how a build script talks to cargo")]
fn main() {
    // `sqlx::migrate!` does not notice a new file by itself.
    println!("cargo::rerun-if-changed=migrations");
}

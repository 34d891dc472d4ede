fn main() {
    // `sqlx::migrate!` does not notice a new file by itself.
    println!("cargo::rerun-if-changed=migrations");
}

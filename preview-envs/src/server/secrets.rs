//! Random passwords, kept in a file only its owner may read, so that a second start uses the same ones.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use rand::distr::{Alphanumeric, SampleString as _};

/// Password by user.
pub type Secrets = BTreeMap<String, String>;

/// Reads the secrets kept in `file` and adds those that are missing for `users`.
pub fn ensure<'a>(
    file: &Path,
    users: impl IntoIterator<Item = &'a str>,
) -> anyhow::Result<Secrets> {
    let mut secrets = match std::fs::read(file) {
        Ok(text) => serde_json::from_slice(&text)
            .with_context(|| format!("{} is damaged", file.display()))?,
        Err(_absent) => Secrets::new(),
    };
    let known = secrets.len();
    for user in users {
        secrets.entry(user.to_owned()).or_insert_with(random);
    }
    if secrets.len() > known {
        write_private(file, &serde_json::to_vec_pretty(&secrets)?)?;
    }
    Ok(secrets)
}

/// A password nobody guesses: 32 letters and digits, safe in URLs, configuration files and SQL literals.
pub fn random() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), 32)
}

/// Writes a file that only its owner may read, all of it or nothing.
pub fn write_private(file: &Path, content: &[u8]) -> anyhow::Result<()> {
    let fresh = file.with_extension(format!("new-{}", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut open = OpenOptions::new();
        open.write(true).create(true).truncate(true).mode(0o600);
        let mut handle = open.open(&fresh)?;
        handle.write_all(content)?;
        handle.sync_all()?;
        std::fs::rename(&fresh, file)
    };
    write().with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn passwords_are_private_and_stay_while_new_users_are_added() {
        let folder = crate::scratch::Folder::new("secrets");
        let file = folder.path().join("secrets.json");
        let first = ensure(&file, ["a"]).expect("written");
        let second = ensure(&file, ["a", "b"]).expect("written");
        assert_eq!(first["a"], second["a"]);
        assert_ne!(second["a"], second["b"]);
        let mode = std::fs::metadata(&file)
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

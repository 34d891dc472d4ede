//! Who this agent is and where it pushes to: the result of registering.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use contract::id::AgentId;
use serde::{Deserialize, Serialize};

const FILE: &str = "agent.json";

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) id: AgentId,
    /// The label `host` of every sample.
    pub(crate) name: String,
    pub(crate) tenant: String,
    pub(crate) ingress_url: String,
    pub(crate) token: String,
}

impl Identity {
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        let file = folder.join(FILE);
        let text = fs::read(&file).with_context(|| {
            format!(
                "this host is not registered ({} cannot be read): add it in the dashboard under Hosts and run the \
                 command that is shown there",
                file.display()
            )
        })?;
        serde_json::from_slice(&text)
            .with_context(|| format!("{} is damaged: register again", file.display()))
    }

    /// Keeps it where only the owner may read it; a crash leaves the old one or the new one.
    pub(crate) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let fresh = folder.join(format!("{FILE}.new"));
        fs::remove_file(&fresh).ok();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options
            .open(&fresh)
            .with_context(|| format!("{} cannot be written", fresh.display()))?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        Ok(fs::rename(fresh, folder.join(FILE))?)
    }
}

use std::sync::Arc;

use tokio::sync::watch;

use crate::environment::{Environment, State, Unit};

/// The environment's state: in memory for those who wait for something, on disk for everyone else.
#[derive(Debug, Clone)]
pub(super) struct Board {
    environment: Arc<Environment>,
    state: Arc<watch::Sender<State>>,
}

impl Board {
    pub(super) fn new(environment: Environment) -> anyhow::Result<Self> {
        let state = environment.read()?;
        Ok(Self {
            environment: Arc::new(environment),
            state: Arc::new(watch::Sender::new(state)),
        })
    }

    pub(super) fn environment(&self) -> &Environment {
        &self.environment
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.borrow())
    }

    pub(super) fn update(&self, change: impl FnOnce(&mut State)) -> anyhow::Result<()> {
        let mut written = Ok(());
        self.state.send_modify(|state| {
            change(state);
            written = self.environment.write(state);
        });
        written
    }

    /// Changes what is known of one process. A disk that is full must not end the processes, so it is only said.
    pub(super) fn update_unit(&self, name: &str, change: impl FnOnce(&mut Unit)) {
        let written = self.update(|state| change(state.units.entry(name.to_owned()).or_default()));
        if let Err(error) = written {
            crate::progress::say(format!("cannot write the state down: {error:#}"));
        }
    }

    pub(super) async fn wait_until(&self, is_so: impl FnMut(&State) -> bool) {
        // The sender is our own, so it never goes away.
        self.state.subscribe().wait_for(is_so).await.ok();
    }
}

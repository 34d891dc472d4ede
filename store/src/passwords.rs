//! Passwords: Argon2id, on threads of their own, only a few at a time.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use contract::rpc;
use tokio::sync::Semaphore;

/// Hashes computed at the same time: each takes a core and 19 MiB.
const CONCURRENCY: usize = 2;
/// What an unknown e-mail address is checked against, so that it takes as long as a known one. Nothing hashes to it.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Bounds the work. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    slots: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            slots: Arc::new(Semaphore::new(CONCURRENCY)),
        }
    }

    /// In PHC notation.
    pub(crate) async fn hash(&self, password: String) -> Result<String, rpc::Error> {
        self.work(move || {
            let salt: [u8; 16] = rand::random();
            let salt = SaltString::encode_b64(&salt)?;
            let hash = Argon2::default().hash_password(password.as_bytes(), &salt)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether the password fits. Without a hash it never does, after the same work.
    pub(crate) async fn verify(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, rpc::Error> {
        self.work(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| DECOY.to_owned());
            let parsed = PasswordHash::new(&hash)?;
            let fits = Argon2::default().verify_password(password.as_bytes(), &parsed);
            Ok(known && fits.is_ok())
        })
        .await
    }

    async fn work<T, W>(&self, work: W) -> Result<T, rpc::Error>
    where
        T: Send + 'static,
        W: FnOnce() -> Result<T, argon2::password_hash::Error> + Send + 'static,
    {
        let slot = self.slots.acquire().await;
        let outcome = tokio::task::spawn_blocking(work).await;
        drop(slot);
        match outcome {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => {
                tracing::error!(%error, "a password cannot be hashed");
                Err(rpc::Error::Unavailable)
            }
            Err(error) => {
                tracing::error!(%error, "hashing a password failed");
                Err(rpc::Error::Unavailable)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits_and_an_unknown_person_has_none() {
        let passwords = Passwords::new();
        let hash = passwords
            .hash("correct horse".to_owned())
            .await
            .expect("hashed");
        let verify = |password: &str, hash| passwords.verify(password.to_owned(), hash);
        assert_eq!(verify("correct horse", Some(hash.clone())).await, Ok(true));
        assert_eq!(verify("wrong horse", Some(hash)).await, Ok(false));
        assert_eq!(verify("correct horse", None).await, Ok(false));
    }

    #[test]
    fn the_decoy_costs_as_much_as_a_real_hash() {
        let decoy = PasswordHash::new(DECOY).expect("well-formed");
        let params = argon2::Params::try_from(&decoy).expect("parameters");
        let real = argon2::Params::default();
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (real.m_cost(), real.t_cost(), real.p_cost())
        );
        assert_eq!(
            decoy.hash.map(|hash| hash.len()),
            Some(argon2::Params::DEFAULT_OUTPUT_LEN)
        );
    }
}

//! Passwords: Argon2id, on threads of their own, only a few at a time.

use std::sync::Arc;

use argon2::password_hash::{
    self, Decimal, Ident, Output, ParamsString, PasswordHash, PasswordHasher, PasswordVerifier,
    Salt, SaltString,
};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use contract::rpc;
use tokio::sync::Semaphore;

/// Hashes computed at the same time: each takes a core and 19 MiB.
const CONCURRENCY: usize = 2;
/// What an unknown e-mail address is checked against, so that it takes as long as a known one. Nothing hashes to it.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// So many bytes are the most that glibc ever keeps for itself once they are freed: it maps what is larger by itself.
const MAX_KEPT: usize = 32 << 20;

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
            let hash = Hasher.hash_password(password.as_bytes(), &salt)?;
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
            let fits = Hasher.verify_password(password.as_bytes(), &parsed);
            Ok(known && fits.is_ok())
        })
        .await
    }

    async fn work<T, W>(&self, work: W) -> Result<T, rpc::Error>
    where
        T: Send + 'static,
        W: FnOnce() -> password_hash::Result<T> + Send + 'static,
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

/// Argon2 with memory that goes back to the system after each hash, instead of staying with the thread that computed it.
struct Hasher;

impl PasswordHasher for Hasher {
    type Params = Params;

    fn hash_password_customized<'a>(
        &self,
        password: &[u8],
        algorithm: Option<Ident<'a>>,
        version: Option<Decimal>,
        params: Params,
        salt: impl Into<Salt<'a>>,
    ) -> password_hash::Result<PasswordHash<'a>> {
        let algorithm = algorithm.map_or(Ok(Algorithm::default()), Algorithm::try_from)?;
        let version = version.map_or(Ok(Version::default()), Version::try_from)?;
        let salt = salt.into();
        let mut bytes = [0; Salt::MAX_LENGTH];
        let bytes = salt.decode_b64(&mut bytes)?;
        let blocks = params.block_count();
        // Of the capacity, only what is used takes memory.
        let mut memory = Vec::with_capacity(blocks.max(MAX_KEPT / Block::SIZE + 1));
        memory.resize(blocks, Block::default());
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let encoded = ParamsString::try_from(&params)?;
        let argon2 = Argon2::new(algorithm, version, params);
        let hash = Output::init_with(length, |out| {
            Ok(argon2.hash_password_into_with_memory(password, bytes, out, &mut memory)?)
        })?;
        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: encoded,
            salt: Some(salt),
            hash: Some(hash),
        })
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
    fn hashes_are_those_of_argon2() {
        let salt = SaltString::encode_b64(&[7; 16]).expect("a salt");
        let ours = Hasher.hash_password(b"correct horse", &salt);
        let theirs = Argon2::default().hash_password(b"correct horse", &salt);
        assert_eq!(ours, theirs);
    }

    #[test]
    fn the_decoy_costs_as_much_as_a_real_hash() {
        let decoy = PasswordHash::new(DECOY).expect("well-formed");
        let params = Params::try_from(&decoy).expect("parameters");
        let real = Params::default();
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (real.m_cost(), real.t_cost(), real.p_cost())
        );
        assert_eq!(
            decoy.hash.map(|hash| hash.len()),
            Some(Params::DEFAULT_OUTPUT_LEN)
        );
    }
}

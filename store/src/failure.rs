//! Why a request was not answered as asked.

use contract::rpc;

/// Either the asker is told, or the operator is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Refused(#[from] rpc::Error),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl Failure {
    /// What the asker is told. What only concerns the operator is logged here, once.
    pub(crate) fn answer(self, entity: &'static str, verb: &'static str) -> rpc::Error {
        match self {
            Self::Refused(error) => error,
            Self::Database(error) if is_unstorable(&error) => {
                rpc::Error::invalid("request", "no text may contain a NUL character")
            }
            Self::Database(error) => {
                tracing::error!(%error, entity, verb, "the database did not answer as it should");
                rpc::Error::Unavailable
            }
        }
    }
}

/// Text that Postgres cannot represent: SQLSTATE `character_not_in_repertoire` or `untranslatable_character`.
fn is_unstorable(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("22021" | "22P05"))
}

/// Whether the statement broke this named constraint.
pub(crate) fn violates(error: &sqlx::Error, constraint: &str) -> bool {
    error
        .as_database_error()
        .and_then(|error| error.constraint())
        == Some(constraint)
}

pub(crate) fn conflict(reason: &str) -> Failure {
    Failure::Refused(rpc::Error::Conflict {
        reason: reason.to_owned(),
    })
}

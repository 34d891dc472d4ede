//! Telling what a field should have been.

use std::borrow::Cow;

use validator::ValidationError;

pub(crate) fn broken(message: impl Into<Cow<'static, str>>) -> ValidationError {
    ValidationError::new("rule").with_message(message.into())
}

pub(super) fn holds(holds: bool, message: &'static str) -> Result<(), ValidationError> {
    if holds { Ok(()) } else { Err(broken(message)) }
}

/// A rule that joins several fields names the one that is to blame.
pub(crate) fn of_field(mut error: ValidationError, field: &'static str) -> ValidationError {
    error.add_param("field".into(), &field);
    error
}

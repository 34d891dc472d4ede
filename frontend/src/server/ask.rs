//! Asking the store, in the words of those who asked us.

use bus::Bus;
use contract::rpc::{Caller, Error, Request};

pub(crate) async fn ask<R: Request>(
    bus: &Bus,
    caller: &Caller,
    request: &R,
) -> Result<R::Reply, Error> {
    bus.ask(caller, request).await.map_err(as_sent)
}

/// The store names fields as they stand in its request (`spec.name`); who asked us sent the inner part alone (`name`).
fn as_sent(error: Error) -> Error {
    let Error::Invalid { mut errors } = error else {
        return error;
    };
    for error in &mut errors {
        let inner = ["spec.", "form.", "range.", "search."]
            .iter()
            .find_map(|prefix| error.field.strip_prefix(prefix));
        if let Some(inner) = inner {
            error.field = inner.to_owned();
        }
    }
    Error::Invalid { errors }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_as_they_were_sent() {
        let Error::Invalid { errors } = as_sent(Error::invalid("spec.name", "too long")) else {
            panic!("another error");
        };
        assert_eq!(errors[0].field, "name");
    }
}

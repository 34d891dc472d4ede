//! Who may ask what: the one place where a caller is judged.

use contract::id::{TenantId, UserId};
use contract::rpc::{Caller, Error, Role};

/// Anybody at all.
#[expect(clippy::unnecessary_wraps, reason = "one shape for all judgements")]
pub(crate) fn anyone(_: &Caller) -> Result<(), Error> {
    Ok(())
}

/// A person who signed in.
pub(crate) fn person(caller: &Caller) -> Result<UserId, Error> {
    match caller {
        Caller::User { user } | Caller::Member { user, .. } => Ok(*user),
        Caller::Visitor => Err(Error::Unauthenticated),
        Caller::Service { .. } => Err(Error::Forbidden),
    }
}

/// A member who reads.
pub(crate) fn viewer(caller: &Caller) -> Result<TenantId, Error> {
    member(caller, Role::Viewer)
}

/// A member who changes things.
pub(crate) fn editor(caller: &Caller) -> Result<TenantId, Error> {
    member(caller, Role::Editor)
}

/// One of our own services.
pub(crate) fn service(caller: &Caller) -> Result<TenantId, Error> {
    match caller {
        Caller::Service { tenant } => Ok(*tenant),
        Caller::Visitor => Err(Error::Unauthenticated),
        Caller::User { .. } | Caller::Member { .. } => Err(Error::Forbidden),
    }
}

fn member(caller: &Caller, least: Role) -> Result<TenantId, Error> {
    match caller {
        Caller::Member { tenant, role, .. } if *role >= least => Ok(*tenant),
        Caller::Visitor => Err(Error::Unauthenticated),
        Caller::User { .. } | Caller::Member { .. } | Caller::Service { .. } => {
            Err(Error::Forbidden)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn each_caller_may_do_exactly_its_part() {
        let tenant = TenantId(Uuid::from_u128(1));
        let user = UserId(Uuid::from_u128(2));
        let member = |role| Caller::Member { tenant, user, role };
        let allowed = |caller: &Caller| {
            [
                person(caller).is_ok(),
                viewer(caller).is_ok(),
                editor(caller).is_ok(),
                service(caller).is_ok(),
            ]
        };
        assert_eq!(allowed(&Caller::Visitor), [false, false, false, false]);
        assert_eq!(allowed(&Caller::User { user }), [true, false, false, false]);
        assert_eq!(allowed(&member(Role::Viewer)), [true, true, false, false]);
        assert_eq!(allowed(&member(Role::Editor)), [true, true, true, false]);
        assert_eq!(allowed(&member(Role::Owner)), [true, true, true, false]);
        assert_eq!(
            allowed(&Caller::Service { tenant }),
            [false, false, false, true]
        );
    }
}

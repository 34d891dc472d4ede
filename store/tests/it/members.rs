use contract::account::{Identify, Session, SignUp};
use contract::audit;
use contract::id::UserId;
use contract::invitation::{self, Accept, Create, Created, Form, Revoke, Show};
use contract::member::{ChangeRole, Leave, List, Remove};
use contract::rpc::{Caller, Error, Role};

use crate::deployment::{Deployment, Owner};
use crate::messages::sign_up;

/// Somebody with a session, wherever they belong.
pub(crate) struct Person {
    pub(crate) user: UserId,
}

impl Person {
    /// Somebody new, with a tenant of their own name.
    pub(crate) async fn new(deployment: &Deployment, name: &str) -> Self {
        let request: SignUp = sign_up(name);
        let session = deployment.ask(&Caller::Visitor, request).await;
        Self::of(&session.expect("a session"))
    }

    fn of(session: &Session) -> Self {
        Self {
            user: session.identity.user.id,
        }
    }

    pub(crate) fn alone(&self) -> Caller {
        Caller::User { user: self.user }
    }

    /// As the owner of one of their tenants.
    pub(crate) async fn owning(&self, deployment: &Deployment, slug: &str) -> Owner {
        let identity = deployment.ask(&self.alone(), Identify {}).await;
        let mut places = identity.expect("a person").memberships.into_iter();
        let place = places.find(|place| place.slug.as_str() == slug);
        let (tenant, user) = (place.expect("a place").tenant, self.user);
        let role = Role::Owner;
        let caller = Caller::Member { tenant, user, role };
        Owner { tenant, caller }
    }

    /// As a member of an owner's tenant.
    pub(crate) fn at(&self, owner: &Owner, role: Role) -> Caller {
        Caller::Member {
            tenant: owner.tenant,
            user: self.user,
            role,
        }
    }
}

pub(crate) fn invite(role: Role) -> Create {
    Create {
        form: Form {
            email: Some("bob@example.com".to_owned()),
            role,
        },
    }
}

async fn invited(deployment: &Deployment, owner: &Owner, role: Role) -> Created {
    let created = deployment.ask(&owner.caller, invite(role)).await;
    created.expect("an invitation")
}

/// Somebody new who follows an invitation.
pub(crate) async fn join(deployment: &Deployment, owner: &Owner, name: &str, role: Role) -> Person {
    let person = Person::new(deployment, name).await;
    let secret = invited(deployment, owner, role).await.secret;
    let accepted = deployment.ask(&person.alone(), Accept { secret }).await;
    assert_eq!(accepted.map(|place| place.role), Ok(role));
    person
}

pub(crate) fn is_conflict<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::Conflict { .. }))
}

fn is_not_found<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::NotFound { .. }))
}

#[tokio::test]
async fn an_invitation_makes_one_person_a_member_once() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let created = invited(&deployment, &owner, Role::Editor).await;
    let secret = || created.secret.clone();
    let offer = deployment
        .ask(&Caller::Visitor, Show { secret: secret() })
        .await;
    let offer = offer.expect("an offer");
    assert_eq!((offer.tenant.as_str(), offer.role), ("acme", Role::Editor));
    assert_eq!(offer.invited_by, "acme");

    let (bob, eve) = (
        Person::new(&deployment, "bob").await,
        Person::new(&deployment, "eve").await,
    );
    let (bobs, eves) = (bob.alone(), eve.alone());
    let both = tokio::join!(
        deployment.ask(&bobs, Accept { secret: secret() }),
        deployment.ask(&eves, Accept { secret: secret() }),
    );
    let winner = match both {
        (Ok(_), Err(Error::NotFound { .. })) => bob,
        (Err(Error::NotFound { .. }), Ok(_)) => eve,
        both => panic!("{both:?}"),
    };
    let identity = deployment.ask(&winner.alone(), Identify {}).await;
    let places = identity.expect("a person").memberships;
    let here = places.iter().find(|place| place.slug.as_str() == "acme");
    assert_eq!(here.map(|place| place.role), Some(Role::Editor));
    let members = deployment.ask(&owner.caller, List::ALL).await;
    let roles: Vec<_> = members
        .expect("members")
        .into_iter()
        .map(|member| member.role)
        .collect();
    assert_eq!(roles, [Role::Owner, Role::Editor]);
    let again = deployment.ask(&Caller::Visitor, Show { secret: secret() });
    assert!(is_not_found(&again.await));
    deployment.stop().await;
}

#[tokio::test]
async fn a_link_is_good_until_it_expires_or_is_withdrawn_and_only_as_it_was_made() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let bob = Person::new(&deployment, "bob").await;
    let first = invited(&deployment, &owner, Role::Viewer).await;
    let id = first.invitation.id;
    let forged = format!("{}AAAA", &first.secret[..first.secret.len() - 4]);
    for secret in [forged, "ovi_nothing".to_owned(), String::new()] {
        assert!(is_not_found(
            &deployment.ask(&bob.alone(), Accept { secret }).await
        ));
    }
    let revoked = deployment.ask(&owner.caller, Revoke { id }).await;
    assert_eq!(revoked, Ok(()));
    let secret = first.secret;
    assert!(is_not_found(
        &deployment.ask(&bob.alone(), Accept { secret }).await
    ));

    let second = invited(&deployment, &owner, Role::Viewer).await;
    let past = "update invitation set expires_at = now() - interval '1 second'";
    deployment.execute(owner.tenant, past).await;
    let secret = || second.secret.clone();
    assert!(is_not_found(
        &deployment
            .ask(&bob.alone(), Accept { secret: secret() })
            .await
    ));
    let listed = deployment.ask(&owner.caller, invitation::List::ALL).await;
    assert_eq!(listed.map(|open| open.len()), Ok(1), "it is still shown");
    let future = "update invitation set expires_at = now() + interval '1 day'";
    deployment.execute(owner.tenant, future).await;
    let joined = deployment
        .ask(&bob.alone(), Accept { secret: secret() })
        .await;
    assert!(joined.is_ok(), "{joined:?}");

    let third = invited(&deployment, &owner, Role::Admin).await.secret;
    let secret = || third.clone();
    let again = deployment
        .ask(&bob.alone(), Accept { secret: secret() })
        .await;
    assert!(is_conflict(&again), "bob is a member already");
    let eve = Person::new(&deployment, "eve").await;
    let joined = deployment
        .ask(&eve.alone(), Accept { secret: secret() })
        .await;
    assert!(joined.is_ok(), "the link was still good: {joined:?}");
    deployment.stop().await;
}

#[tokio::test]
async fn roles_are_given_and_taken_by_those_who_may() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let admin = join(&deployment, &owner, "admin", Role::Admin).await;
    let viewer = join(&deployment, &owner, "viewer", Role::Viewer).await;
    let Caller::Member { user: first, .. } = owner.caller else {
        panic!("no member")
    };
    let (admins, viewers) = (
        admin.at(&owner, Role::Admin),
        viewer.at(&owner, Role::Viewer),
    );
    let change = |user, role| ChangeRole { user, role };

    let changed = deployment
        .ask(&admins, change(viewer.user, Role::Editor))
        .await;
    assert_eq!(changed.map(|member| member.role), Ok(Role::Editor));
    for wrong in [
        change(viewer.user, Role::Owner),
        change(first, Role::Viewer),
    ] {
        let refused = deployment.ask(&admins, wrong).await;
        assert!(
            matches!(refused, Err(Error::Restricted { .. })),
            "{refused:?}"
        );
    }
    let refused = deployment.ask(&admins, invite(Role::Owner)).await.err();
    assert!(
        matches!(refused, Some(Error::Restricted { .. })),
        "{refused:?}"
    );
    // Who claims more than is true is judged by what is stored.
    let inflated = viewer.at(&owner, Role::Owner);
    let refused = deployment
        .ask(&inflated, change(admin.user, Role::Viewer))
        .await;
    assert_eq!(refused.err(), Some(Error::Forbidden));

    for last in [
        deployment.ask(&owner.caller, Leave {}).await,
        deployment.ask(&owner.caller, Remove { user: first }).await,
    ] {
        assert!(is_conflict(&last), "the last owner stays");
    }
    let demoted = deployment
        .ask(&owner.caller, change(first, Role::Admin))
        .await;
    assert!(is_conflict(&demoted), "the last owner stays one");
    let made = deployment
        .ask(&owner.caller, change(admin.user, Role::Owner))
        .await;
    assert!(made.is_ok(), "{made:?}");
    assert_eq!(deployment.ask(&owner.caller, Leave {}).await, Ok(()));
    assert_eq!(deployment.ask(&viewers, Leave {}).await, Ok(()));
    let left = deployment
        .ask(&admin.at(&owner, Role::Owner), List::ALL)
        .await;
    assert_eq!(left.map(|members| members.len()), Ok(1));
    deployment.stop().await;
}

#[tokio::test]
async fn two_owners_who_leave_at_once_leave_one() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let other = join(&deployment, &owner, "other", Role::Owner).await;
    let others = other.at(&owner, Role::Owner);
    let both = tokio::join!(
        deployment.ask(&owner.caller, Leave {}),
        deployment.ask(&others, Leave {}),
    );
    assert!(both.0.is_ok() != both.1.is_ok(), "{both:?}");
    deployment.stop().await;
}

#[tokio::test]
async fn what_became_of_members_is_told_in_the_audit_log() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let bob = join(&deployment, &owner, "bob", Role::Viewer).await;
    let user = bob.user;
    let role = Role::Editor;
    let changed = deployment
        .ask(&owner.caller, ChangeRole { user, role })
        .await;
    changed.expect("changed");
    let removed = deployment.ask(&owner.caller, Remove { user }).await;
    removed.expect("removed");
    let list = audit::List {
        before: None,
        limit: 100,
    };
    let told = deployment.ask(&owner.caller, list).await.expect("a log");
    let words: Vec<String> = told
        .entries
        .iter()
        .rev()
        .map(|entry| {
            let detail = entry.detail.as_deref().unwrap_or_default();
            format!(
                "{} {} {} {} {detail}",
                entry.actor.name, entry.verb, entry.entity, entry.entity_name
            )
        })
        .collect();
    assert_eq!(
        words,
        [
            "acme created tenant acme ",
            "acme joined member acme owner",
            "acme created invitation bob@example.com viewer",
            "bob joined member bob viewer",
            "acme changed member bob from viewer to editor",
            "acme removed member bob editor",
        ]
    );
    deployment.stop().await;
}

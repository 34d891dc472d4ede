use contract::id::UserId;
use contract::incident;
use contract::monitor::Monitor;
use contract::page::{
    Address, ConfirmHost, Create, Delete, Enter, Find, History, Host, Key, List, Measure, Page,
    Read, ReadLogo, SetCollaborators, SetHost, SetLogo, SetPassword, Show, Shown, Span, Spec,
    Unlock, Update, Visibility, key_of,
};
use contract::rpc::{Caller, Error, Role};
use serde_json::json;

use crate::deployment::{Deployment, Owner};
use crate::messages::{now, page_spec};
use crate::tenancy::{FOUND, fill};

const PASSWORD: &str = "open sesame";

fn at(page: &str) -> Address {
    Address {
        tenant: "acme".parse().expect("a slug"),
        page: Some(page.parse().expect("a slug")),
    }
}

/// A page with one component that calls the monitor `Entrance`.
async fn create(deployment: &Deployment, owner: &Owner, slug: &str, monitor: &Monitor) -> Page {
    let spec = Spec {
        components: Some(vec![
            serde_json::from_value(
                json!({"monitor": monitor.id, "name": "Entrance", "group": "Doors"}),
            )
            .expect("an entry"),
        ]),
        ..page_spec(slug)
    };
    let create = Create { spec };
    deployment.ask(&owner.caller, create).await.expect("a page")
}

async fn show(
    deployment: &Deployment,
    caller: &Caller,
    slug: &str,
    key: Option<Key>,
) -> Result<Shown, Error> {
    let show = Show {
        key,
        ..Show::of(at(slug))
    };
    deployment.ask(caller, show).await
}

#[tokio::test]
async fn a_page_tells_of_its_components_under_the_names_it_gives_them() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let (monitor, ..) = fill(&deployment, &owner).await;
    let other = deployment.create_monitor(&owner, "Back door").await;
    create(&deployment, &owner, "doors", &monitor).await;
    let shown = show(&deployment, &Caller::Visitor, "doors", None).await;
    let view = shown.expect("a page").open().expect("no password");
    let names: Vec<_> = view.components().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Entrance"]);
    assert_eq!(view.groups[0].name.as_deref(), Some("Doors"));
    assert_eq!(view.incidents[0].title, "Entrance is down");
    let text = serde_json::to_string(&view).expect("JSON");
    assert!(
        !text.contains("Front door") && !text.contains(&other.id.to_string()),
        "{text}"
    );
    assert!(!text.contains(FOUND), "{text}");
    let history = History {
        at: at("doors"),
        key: None,
        before: now(),
        behind: None,
        limit: 9,
    };
    let told = deployment
        .ask(&Caller::Visitor, history)
        .await
        .expect("incidents");
    assert_eq!(told[0].title, "Entrance is down");
    assert_eq!(told[0].updates[0].detail, None);
    let inside = deployment.ask(
        &owner.caller,
        incident::List {
            before: None,
            limit: 9,
        },
    );
    let inside = inside.await.expect("incidents");
    assert_eq!(inside[0].updates[0].detail.as_deref(), Some(FOUND));
    assert_eq!(deployment.first_page("acme").await.components().count(), 2);
    deployment.stop().await;
}

#[tokio::test]
async fn a_draft_is_seen_by_members_alone() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let stranger = deployment.sign_up("umbrella").await;
    let (monitor, ..) = fill(&deployment, &owner).await;
    let page = create(&deployment, &owner, "doors", &monitor).await;
    let spec = Spec {
        visibility: Visibility::Draft,
        ..page.spec
    };
    let (id, revision) = (page.id, Some(page.revision));
    let update = || Update {
        id,
        spec: spec.clone(),
        revision,
    };
    deployment
        .ask(&owner.caller, update())
        .await
        .expect("updated");
    let again = deployment.ask(&owner.caller, update()).await;
    assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");
    for caller in [&Caller::Visitor, &stranger.caller] {
        let shown = show(&deployment, caller, "doors", None).await;
        assert_eq!(shown, Err(Error::not_found("status page")));
    }
    let enter = Enter {
        at: at("doors"),
        key: None,
    };
    let entered = deployment.ask(&Caller::Visitor, enter).await;
    assert_eq!(entered, Err(Error::not_found("status page")));
    let shown = show(&deployment, &owner.caller, "doors", None).await;
    assert!(matches!(shown, Ok(Shown::Open(_))), "{shown:?}");
    deployment.stop().await;
}

#[tokio::test]
async fn a_password_locks_everything_and_a_new_one_ends_old_keys() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let (monitor, ..) = fill(&deployment, &owner).await;
    let id = create(&deployment, &owner, "doors", &monitor).await.id;
    let logo = serde_json::from_value(json!({
        "media_type": "image/png", "bytes": b"\x89PNG\r\n\x1a\n and so on",
    }));
    let set = SetLogo {
        id,
        logo: Some(logo.expect("a logo")),
    };
    deployment.ask(&owner.caller, set).await.expect("a logo");
    let lock = async |password: &str| {
        let password = Some(password.to_owned());
        let page = deployment
            .ask(&owner.caller, SetPassword { id, password })
            .await;
        assert!(page.expect("locked").has_password);
    };
    let unlock = async |password: &str| {
        let password = password.to_owned();
        let unlock = Unlock {
            at: at("doors"),
            password,
        };
        deployment.ask(&Caller::Visitor, unlock).await
    };
    lock(PASSWORD).await;
    let shown = show(&deployment, &Caller::Visitor, "doors", None).await;
    assert!(matches!(shown, Ok(Shown::Locked(_))), "{shown:?}");
    let measure = Measure {
        at: at("doors"),
        component: key_of(Some("Doors"), "Entrance"),
        span: Span::Day,
        times: true,
    };
    let measured = deployment.ask(&Caller::Visitor, measure).await;
    assert_eq!(measured, Err(Error::not_found("status page")));
    let key = unlock(PASSWORD).await.expect("a key");
    let closed = async |key: Option<Key>| {
        let enter = Enter {
            at: at("doors"),
            key: key.clone(),
        };
        let logo = ReadLogo {
            at: at("doors"),
            key: key.clone(),
        };
        let history = History {
            at: at("doors"),
            key,
            before: now(),
            behind: None,
            limit: 9,
        };
        [
            deployment.ask(&Caller::Visitor, enter).await.err(),
            deployment.ask(&Caller::Visitor, logo).await.err(),
            deployment.ask(&Caller::Visitor, history).await.err(),
        ]
    };
    assert_eq!(closed(Some(key.clone())).await, [None, None, None]);
    for wrong in [None, Some(Key(String::new())), Some(Key("0".repeat(64)))] {
        assert_eq!(closed(wrong).await, [const { Some(Error::Forbidden) }; 3]);
    }
    lock("another one").await;
    let shown = show(&deployment, &Caller::Visitor, "doors", Some(key)).await;
    assert!(matches!(shown, Ok(Shown::Locked(_))), "{shown:?}");
    let mut answer = Err(Error::Unauthenticated);
    for _ in 0..20 {
        answer = unlock(PASSWORD).await;
        if answer != Err(Error::Unauthenticated) {
            break;
        }
    }
    assert!(matches!(answer, Err(Error::Throttled { .. })), "{answer:?}");
    let right = unlock("another one").await;
    assert!(matches!(right, Err(Error::Throttled { .. })), "{right:?}");
    deployment.stop().await;
}

#[tokio::test]
async fn a_collaborator_edits_one_page_and_no_other() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let (monitor, ..) = fill(&deployment, &owner).await;
    let page = create(&deployment, &owner, "doors", &monitor).await;
    let viewer = member(&deployment, &owner, "umbrella").await;
    let Caller::Member { user, .. } = viewer else {
        panic!("no member")
    };
    let edit = async |page: &Page| {
        let spec = Spec {
            title: "New title".to_owned(),
            ..page.spec.clone()
        };
        let update = Update {
            id: page.id,
            spec,
            revision: None,
        };
        deployment
            .ask(&viewer, update)
            .await
            .map(|page| page.spec.title)
    };
    assert_eq!(edit(&page).await, Err(Error::Forbidden));
    let name = |users| SetCollaborators { id: page.id, users };
    let stranger = name(vec![UserId::generate()]);
    let refused = deployment.ask(&owner.caller, stranger).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    let named = deployment.ask(&owner.caller, name(vec![user])).await;
    assert_eq!(named.expect("named").collaborators, [user]);
    assert_eq!(edit(&page).await.as_deref(), Ok("New title"));
    let pages = deployment.ask(&viewer, List::ALL).await.expect("pages");
    assert_eq!(edit(&pages[0]).await, Err(Error::Forbidden));
    let delete = deployment.ask(&viewer, Delete { id: page.id }).await;
    assert_eq!(delete, Err(Error::Forbidden));
    deployment.stop().await;
}

#[tokio::test]
async fn a_domain_shows_a_page_once_it_was_confirmed_and_one_page_only() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let other = deployment.sign_up("umbrella").await;
    let host = || "status.example.org".to_owned();
    let claim = async |owner: &Owner| {
        let id = deployment
            .ask(&owner.caller, List::ALL)
            .await
            .expect("pages")[0]
            .id;
        let set = SetHost {
            id,
            host: Some(" Status.Example.ORG ".to_owned()),
        };
        let page = deployment.ask(&owner.caller, set).await.expect("claimed");
        let Host {
            name,
            record,
            text,
            verified_at,
        } = page.host.expect("a domain");
        assert_eq!((name, verified_at), (host(), None));
        assert_eq!(record, "_overseer-challenge.status.example.org");
        (id, text)
    };
    let find = async || {
        deployment
            .ask(&Caller::Visitor, Find { host: host() })
            .await
    };
    let ((id, text), (other_id, other_text)) = (claim(&owner).await, claim(&other).await);
    assert_ne!(text, other_text);
    assert_eq!(find().await, Err(Error::not_found("status page")));
    let confirm = ConfirmHost { id, host: host() };
    deployment
        .ask(&owner.caller, confirm)
        .await
        .expect("confirmed");
    assert_eq!(find().await, Ok(at("main")));
    let confirm = ConfirmHost {
        id: other_id,
        host: host(),
    };
    let taken = deployment.ask(&other.caller, confirm).await;
    assert!(matches!(taken, Err(Error::Conflict { .. })), "{taken:?}");
    let give_up = SetHost { id, host: None };
    deployment
        .ask(&owner.caller, give_up)
        .await
        .expect("given up");
    assert_eq!(find().await, Err(Error::not_found("status page")));
    deployment.stop().await;
}

#[tokio::test]
async fn the_first_page_of_a_tenant_stays() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let pages = deployment
        .ask(&owner.caller, List::ALL)
        .await
        .expect("pages");
    let id = pages[0].id;
    assert_eq!((pages.len(), pages[0].first), (1, true));
    let deleted = deployment.ask(&owner.caller, Delete { id }).await;
    assert!(
        matches!(deleted, Err(Error::Conflict { .. })),
        "{deleted:?}"
    );
    let read = deployment.ask(&owner.caller, Read { id }).await;
    assert_eq!(read.as_ref(), Ok(&pages[0]));
    let taken = Create {
        spec: page_spec("main"),
    };
    let taken = deployment.ask(&owner.caller, taken).await;
    assert!(matches!(taken, Err(Error::Conflict { .. })), "{taken:?}");
    deployment.stop().await;
}

/// Another person, who becomes a viewer of the owner's tenant.
async fn member(deployment: &Deployment, owner: &Owner, name: &str) -> Caller {
    let Caller::Member { user, .. } = deployment.sign_up(name).await.caller else {
        panic!("no member")
    };
    let mut transaction = deployment.begin(owner.tenant).await;
    sqlx::query(
        "insert into membership (tenant_id, user_id, role) values (current_tenant(), $1, 'viewer')",
    )
    .bind(user.0)
    .execute(&mut *transaction)
    .await
    .expect("a member");
    transaction.commit().await.expect("committed");
    Caller::Member {
        tenant: owner.tenant,
        user,
        role: Role::Viewer,
    }
}

use chrono::TimeDelta;
use contract::incident::{AddUpdate, Create, Delete, List, Note, Read, Status};
use contract::rpc::Error;

use crate::deployment::Deployment;
use crate::messages::{incident_spec, note, now};

#[tokio::test]
async fn people_tell_an_incident_and_how_it_goes_on() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let create = Create {
        spec: incident_spec(),
    };
    let created = deployment
        .ask(&owner.caller, create)
        .await
        .expect("created");
    assert_eq!(
        (created.status, created.monitor),
        (Status::Investigating, None)
    );
    let id = created.id;
    let add = async |status, body: &str| {
        let note = Note {
            status,
            body: body.to_owned(),
        };
        let added = deployment.ask(&owner.caller, AddUpdate { id, note }).await;
        added.expect("added")
    };
    add(Status::Identified, "A slow query.").await;
    let resolved = add(Status::Resolved, "All is well.").await;
    assert!(resolved.resolved_at.is_some());
    let after = add(Status::Postmortem, "What we learned.").await;
    assert_eq!(
        after.resolved_at, resolved.resolved_at,
        "it ended when it ended"
    );
    let again = add(Status::Monitoring, "It came back.").await;
    assert_eq!((again.resolved_at, again.updates.len()), (None, 5));
    assert_eq!(again.updates[0].body, "It came back.");
    let listed = deployment
        .ask(
            &owner.caller,
            List {
                limit: 9,
                before: None,
            },
        )
        .await;
    assert_eq!(listed, Ok(vec![again]));
    let deleted = deployment.ask(&owner.caller, Delete { id }).await;
    assert_eq!(deleted, Ok(()));
    let read = deployment.ask(&owner.caller, Read { id }).await;
    assert!(matches!(read, Err(Error::NotFound { .. })), "{read:?}");
    deployment.stop().await;
}

#[tokio::test]
async fn an_incident_that_cannot_be_is_refused_by_field() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    let mut future = incident_spec();
    future.started_at = Some(now() + TimeDelta::hours(1));
    let mut nameless = incident_spec();
    nameless.title.clear();
    let mut of_nobody = incident_spec();
    of_nobody.monitor = Some(contract::id::MonitorId::generate());
    for (spec, field) in [
        (future, "spec.started_at"),
        (nameless, "spec.title"),
        (of_nobody, "spec.monitor"),
    ] {
        let answer = deployment.ask(&owner.caller, Create { spec }).await;
        let Err(Error::Invalid { errors }) = answer else {
            panic!("{field}: {answer:?}");
        };
        assert_eq!(errors[0].field, field);
    }
    let id = contract::id::IncidentId::generate();
    let nothing = AddUpdate { id, note: note() };
    let answer = deployment.ask(&owner.caller, nothing).await;
    assert!(matches!(answer, Err(Error::NotFound { .. })), "{answer:?}");
    deployment.stop().await;
}

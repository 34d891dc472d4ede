use contract::incident;
use testkit::eventually;

use crate::deployment::{Deployment, SOON};

#[tokio::test]
async fn a_demonstration_fills_a_page_and_says_that_it_is_one() {
    let deployment = Deployment::start().await;
    let owner = deployment.sign_up("acme").await;
    for n in 0..6 {
        deployment
            .create_monitor(&owner, &format!("Service {n}"))
            .await;
    }
    assert!(!deployment.first_page("acme").await.demo);
    for _ in 0..2 {
        let args: store::Args = testkit::args(&[
            "--owner-url",
            &deployment.database.owner_url(),
            "demo",
            "--tenant",
            "acme",
        ]);
        store::run(args, service::Context::new("store"))
            .await
            .expect("made up");
    }
    // The store rolls made-up results up like any others.
    let page = eventually(SOON, || async {
        let page = deployment.first_page("acme").await;
        let hours = page.response.as_ref().map(|response| response.points.len());
        if hours >= Some(23) {
            Ok(page)
        } else {
            Err(format!("{hours:?} hours of response times"))
        }
    })
    .await;
    assert!(page.demo);
    let components: Vec<_> = page
        .groups
        .iter()
        .flat_map(|group| &group.components)
        .collect();
    assert_eq!(components.len(), 6);
    for component in &components {
        assert_eq!(component.days.len(), 90);
        assert!(
            component.days.iter().all(|day| day.uptime.up_s > 0),
            "{:?}",
            component.days
        );
        assert!(
            component
                .uptime_90d
                .ratio()
                .is_some_and(|ratio| ratio > 0.97)
        );
    }
    let incidents = deployment
        .ask(
            &owner.caller,
            incident::List {
                limit: 100,
                before: None,
            },
        )
        .await
        .expect("incidents");
    assert!(
        !incidents.is_empty()
            && incidents
                .iter()
                .all(|incident| incident.demo && incident.updates.len() == 4)
    );
    let down = components
        .iter()
        .map(|component| component.uptime_90d.down_s)
        .sum::<i64>();
    assert!(down > 0, "nothing ever went wrong");
    deployment.stop().await;
}

//! Pages as somebody without JavaScript reads them.

use contract::monitor::Overview;
use system_tests::Environment;
use system_tests::api::{Api, get};

pub(crate) async fn the_status_page_names_monitors_and_their_states_in_its_html(
    environment: &Environment,
) {
    let monitors = Api::sign_in(environment).await.get("/monitors").await;
    let monitors: Vec<Overview> = serde_json::from_value(monitors.expect(200)).expect("monitors");
    let (public, private): (Vec<_>, Vec<_>) =
        monitors.iter().partition(|it| it.monitor.spec.public);
    assert!(!public.is_empty(), "the demo has public monitors");
    let page = get(&environment.status_page()).await;
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.header("content-type").starts_with("text/html"));
    for overview in public {
        let name = &overview.monitor.spec.name;
        assert!(page.text.contains(name.as_str()), "{name} is missing");
    }
    for overview in private {
        let name = &overview.monitor.spec.name;
        assert!(!page.text.contains(name.as_str()), "{name} is not public");
    }
    let states = ["Operational", "Degraded", "Down", "Unknown"];
    assert!(
        states.iter().any(|state| page.text.contains(state)),
        "no state in words:\n{}",
        page.text
    );
}

pub(crate) async fn the_status_page_of_nobody_is_not_found(environment: &Environment) {
    let page = get(&environment.frontend("/t/nobody-at-all")).await;
    assert_eq!(page.status, 404);
}

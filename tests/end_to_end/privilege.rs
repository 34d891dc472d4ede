//! Least privilege, asked of the server itself.

use contract::access::{FRONTEND, INGRESS, PROBER, PROCESSOR, STORE};
use contract::id::{MonitorId, Region, TenantId};
use contract::{rpc::Request, subject};
use system_tests::Environment;

const REFUSED: &str = "Permissions Violation";

pub(crate) async fn no_nats_user_may_do_what_is_not_its_work(environment: &Environment) {
    let samples = subject::metrics_accepted(TenantId::generate()).to_string();
    let identify = contract::account::Identify::subject().to_string();
    let (tenant, monitor) = (TenantId::generate(), MonitorId::generate());
    let finished = |region| subject::probe_finished(tenant, &region, monitor).to_string();
    let ping = finished(Region::heartbeat());
    let result = finished("eu-central".parse().expect("a region"));
    let refused = [
        (PROBER, publish(&ping)),
        (INGRESS, publish(&result)),
        (FRONTEND, publish(&result)),
        (PROBER, publish(&identify)),
        (PROBER, publish(&samples)),
        (PROBER, subscribe("$KV.tokens.>")),
        (FRONTEND, publish(&samples)),
        (FRONTEND, publish("$KV.tokens.x")),
        (INGRESS, publish(&identify)),
        (INGRESS, subscribe("_INBOX_frontend.>")),
        (PROCESSOR, publish(&samples)),
        (STORE, publish(&samples)),
    ];
    for (user, lines) in refused {
        let said = environment.nats_says(user, &lines).await;
        assert!(said.contains(REFUSED), "{user} may {lines:?}: {said}");
    }
    for user in [INGRESS, PROCESSOR, STORE, PROBER, FRONTEND] {
        for verb in ["CREATE", "UPDATE", "DELETE"] {
            let lines = publish(&format!("$JS.API.STREAM.{verb}.METRICS"));
            let said = environment.nats_says(user, &lines).await;
            assert!(said.contains(REFUSED), "{user} may {verb} streams: {said}");
        }
    }
    // An environment is a test-bed, where people may break things from a page.
    for user in [INGRESS, PROCESSOR, STORE, PROBER] {
        let fault = publish("$KV.faults.store-slow");
        let said = environment.nats_says(user, &fault).await;
        assert!(
            said.contains(REFUSED),
            "{user} may break the system: {said}"
        );
    }
    // The conversation itself works: what a user's work is, it may.
    let own = environment.nats_says(FRONTEND, &publish(&identify)).await;
    assert!(!own.contains("-ERR"), "{own}");
}

fn publish(subject: &str) -> String {
    format!("PUB {subject} 2\r\n{{}}\r\n")
}

fn subscribe(subject: &str) -> String {
    format!("SUB {subject} 1\r\n")
}

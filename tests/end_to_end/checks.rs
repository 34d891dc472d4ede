//! The way of a check.

use std::time::Duration;

use contract::channel::Delivery;
use contract::incident::Incident;
use serde_json::{Value, json};
use system_tests::Environment;
use system_tests::api::{Api, get, text};
use system_tests::push::unique;
use testkit::eventually;
use testkit::target::{Answer, Server};
use testkit::webhook::{self, Receiver};

/// A second for the schedule, two checks of a second, and the way through the system, generously.
const NOTICED: Duration = Duration::from_secs(30);

pub(crate) async fn a_target_that_goes_down_is_an_incident_a_webhook_and_a_line_on_the_status_page(
    environment: &Environment,
) {
    let api = Api::sign_in(environment).await;
    let target = Server::http().await;
    let receiver = Receiver::start().await;
    let channel = api
        .post(
            "/channels",
            &json!({"name": "pager", "kind": "webhook", "url": receiver.url()}),
        )
        .await
        .expect(201);
    let name = unique("shop");
    let monitor = create(&api, environment, &name, &target).await;
    let id = text(&monitor, "id");
    let path = format!("/monitors/{id}");
    becomes(&api, &path, "up").await;
    on_page(environment, &id, "Operational").await;

    target.answer(Answer::status(500));
    becomes(&api, &path, "down").await;
    on_page(environment, &id, "Down").await;
    let incident = incident(&api, &name, |it| it.resolved_at.is_none()).await;
    let opened = notice(&receiver, &name, "incident.opened").await;
    assert!(opened.is_signed_by(&text(&channel, "secret")), "{opened:?}");

    target.answer(Answer::default());
    becomes(&api, &path, "up").await;
    on_page(environment, &id, "Operational").await;
    notice(&receiver, &name, "incident.resolved").await;
    let resolved = self::incident(&api, &name, |it| it.resolved_at.is_some()).await;
    assert_eq!(resolved.id, incident.id, "one period, one incident");

    each_notice_came_once(&receiver, &name);
    deliveries_are_logged(&api, &text(&channel, "id")).await;
    api.delete(&format!("/channels/{}", text(&channel, "id")))
        .await
        .success();
    api.delete(&path).await.success();
}

async fn create(api: &Api, environment: &Environment, name: &str, target: &Server) -> Value {
    let monitor = json!({
        "name": name,
        "kind": "http",
        "target": target.url("/health"),
        "interval_s": 1,
        "timeout_ms": 1_000,
        "regions": [environment.region()],
        "public": true,
    });
    api.post("/monitors", &monitor).await.expect(201)
}

async fn becomes(api: &Api, path: &str, state: &str) {
    eventually(NOTICED, || async {
        let monitor = api.get(path).await.expect(200);
        if monitor["status"]["state"] == state {
            Ok(())
        } else {
            Err(format!("not {state}: {:#}", monitor["status"]))
        }
    })
    .await;
}

/// The first state in words after the monitor's mark in the HTML.
async fn on_page(environment: &Environment, id: &str, word: &str) {
    let states = ["Operational", "Degraded", "Down", "Unknown", "Paused"];
    eventually(NOTICED, || async {
        let page = get(&environment.status_page()).await.text;
        let Some((_, rest)) = page.split_once(&format!("data-monitor=\"{id}\"")) else {
            return Err("the monitor is not on the page".to_owned());
        };
        let places = states.iter().filter_map(|it| Some((rest.find(it)?, *it)));
        match places.min() {
            Some((_, state)) if state == word => Ok(()),
            other => Err(format!("shown as {other:?} and not as {word}")),
        }
    })
    .await;
}

async fn incident(api: &Api, name: &str, wanted: impl Fn(&Incident) -> bool) -> Incident {
    eventually(NOTICED, || async {
        let all = api.get("/incidents").await.expect(200);
        let all: Vec<Incident> = serde_json::from_value(all).expect("incidents");
        let of_monitor = all.into_iter().filter(|it| it.title.contains(name));
        of_monitor.into_iter().find(|it| wanted(it))
    })
    .await
}

/// The first notice of a kind about a monitor.
async fn notice(receiver: &Receiver, name: &str, kind: &str) -> webhook::Request {
    eventually(NOTICED, || async {
        let found = notices(receiver, name)
            .into_iter()
            .find(|(it, _)| it == kind);
        found
            .map(|(_, request)| request)
            .ok_or_else(|| format!("no {kind} among {:#?}", receiver.requests()))
    })
    .await
}

/// The webhooks about a monitor, by kind. The demo's own incidents come to the same channel.
pub(crate) fn notices(receiver: &Receiver, name: &str) -> Vec<(String, webhook::Request)> {
    let requests = receiver.requests().into_iter();
    let about = requests.filter(|it| String::from_utf8_lossy(&it.body).contains(name));
    about
        .map(|request| (text(&request.json(), "type"), request))
        .collect()
}

fn each_notice_came_once(receiver: &Receiver, name: &str) {
    let notices = notices(receiver, name);
    let kinds: Vec<_> = notices.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["incident.opened", "incident.resolved"]);
    assert_ne!(notices[0].1.id(), notices[1].1.id());
}

async fn deliveries_are_logged(api: &Api, channel: &str) {
    eventually(NOTICED, || async {
        let log = api
            .get(&format!("/channels/{channel}/deliveries"))
            .await
            .expect(200);
        let log: Vec<Delivery> = serde_json::from_value(log).expect("deliveries");
        if log.len() >= 2 {
            Ok(())
        } else {
            Err(format!("{log:#?}"))
        }
    })
    .await;
}

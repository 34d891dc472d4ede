use std::slice;
use std::time::Duration;

use bus::Bus;
use contract::access;
use contract::id::{IncidentId, TenantId};
use contract::live::{MonitorUpdate, Update};
use contract::metric::{Kind, Series};
use contract::monitor::{State, Status, Vote};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::world::{World, monitor};

const PATIENCE: Duration = Duration::from_secs(10);

/// A browser's view of a stream: its events, one after the other.
struct Events {
    answer: Response,
    text: String,
}

impl Events {
    /// Listens from the moment the stream says hello.
    async fn of(world: &World, path: &str, cookie: &str) -> Self {
        let request = world.request(Method::GET, path).header("cookie", cookie);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let text = String::new();
        let mut events = Self { answer, text };
        assert_eq!(events.next().await.expect("an event").0, "hello");
        events
    }

    /// Announces until it is heard: a subscription takes effect a moment after the stream has said hello.
    async fn attune(&mut self, bus: &Bus, tenant: TenantId, monitor: &str) {
        let opened = Update::Incident {
            incident: IncidentId::generate(),
            monitor: Some(monitor.parse().expect("an id")),
            open: true,
            title: "attuning".to_owned(),
            at: service::now(),
        };
        loop {
            announce(bus, tenant, slice::from_ref(&opened)).await;
            let heard = timeout(Duration::from_millis(200), self.next()).await;
            if heard.is_ok_and(|event| event.expect("an event").0 == "incident") {
                return;
            }
        }
    }

    /// The next event after those that [`Events::attune`] caused.
    async fn next_news(&mut self) -> (String, Value) {
        loop {
            let event = self.next().await.expect("an event");
            if event.0 != "incident" {
                return event;
            }
        }
    }

    /// The next event of this incident.
    async fn next_of(&mut self, incident: &str) -> Value {
        loop {
            let (_, data) = self.next().await.expect("an event");
            if data["incident"] == incident {
                return data;
            }
        }
    }

    /// The next event's name and data; `None` when the stream has ended.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let event: String = self.text.drain(..end + 2).collect();
                return Some(parse(&event));
            }
            let chunk = timeout(PATIENCE, self.answer.chunk()).await;
            let chunk = chunk.expect("an event in time").ok().flatten()?;
            self.text.push_str(str::from_utf8(&chunk).expect("text"));
        }
    }
}

fn parse(event: &str) -> (String, Value) {
    let field = |name: &str| {
        let line = event.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().trim().to_owned()
    };
    let data = serde_json::from_str(&field("data:")).expect("JSON");
    (field("event:"), data)
}

fn checked(id: &str) -> Update {
    let at = service::now();
    let vote = Vote {
        region: "eu-central".parse().expect("valid"),
        tick_at: at,
        ok: false,
        slow: false,
        count: 2,
        total_time_ms: None,
        message: Some("connect 10.0.0.7:5432: refused".to_owned()),
    };
    let status = Status {
        state: State::Down,
        since: at,
        reason: "1 of 1 region failed twice".to_owned(),
        detail: Some("connection refused by 10.0.0.7:5432".to_owned()),
        advisory: None,
        votes: vec![vote],
    };
    Update::Monitor(Box::new(MonitorUpdate {
        monitor: id.parse().expect("an id"),
        status,
        region: None,
        tick_at: Some(at),
        total_time_ms: None,
    }))
}

fn samples(metric: &str) -> Update {
    let series = Series {
        name: metric.to_owned(),
        labels: [].into(),
        kind: Kind::Gauge,
        unit: None,
        points: vec![(1, 1.0)],
    };
    Update::Samples {
        series: vec![series],
    }
}

async fn announce(bus: &Bus, tenant: TenantId, updates: &[Update]) {
    for update in updates {
        bus.announce_live(tenant, update).await;
    }
    bus.flush().await;
}

#[tokio::test]
async fn visitors_hear_of_public_monitors_alone() {
    let world = World::start().await;
    let token = world.sign_up("acme").await;
    let secret = world
        .create_monitor("acme", &token, &monitor("Secret project", false))
        .await;
    let public = world
        .create_monitor("acme", &token, &monitor("Public API", true))
        .await;
    let tenant = world.tenant_id("acme").await;
    let processor = world.bus(access::PROCESSOR).await;

    let mut events = Events::of(&world, "/t/acme/live", "").await;
    events.attune(&processor, tenant, &public).await;
    let updates = [samples("cpu"), checked(&secret), checked(&public)];
    announce(&processor, tenant, &updates).await;
    let (name, data) = events.next_news().await;
    assert_eq!(name, "monitor");
    assert_eq!(
        data["monitor"], public,
        "the first thing that visitors hear"
    );
    assert_eq!(data["status"]["state"], "down");
    assert!(
        !data.to_string().contains("10.0.0.7"),
        "what a region found is not public"
    );
    world.stop().await;
}

#[tokio::test]
async fn what_people_tell_of_an_incident_is_heard_at_once() {
    let world = World::start().await;
    let token = world.sign_up("acme").await;
    let public = world
        .create_monitor("acme", &token, &monitor("Public API", true))
        .await;
    let tenant = world.tenant_id("acme").await;
    let processor = world.bus(access::PROCESSOR).await;
    let mut events = Events::of(&world, "/t/acme/live", "").await;
    events.attune(&processor, tenant, &public).await;

    let told = json!({"title": "Payments are slow", "body": "We look into it."});
    let path = "/api/v1/tenants/acme/incidents";
    let told: Value = world
        .post(path, Some(&token), &told)
        .await
        .json()
        .await
        .expect("JSON");
    let id = told["id"].as_str().expect("an id");
    let heard = events.next_of(id).await;
    assert_eq!(
        (&heard["monitor"], &heard["open"]),
        (&Value::Null, &Value::Bool(true))
    );
    assert_eq!(heard["title"], "", "the page itself says what it is");
    let note = json!({"status": "resolved", "body": "It was the database."});
    let path = format!("{path}/{id}/updates");
    world.post(&path, Some(&token), &note).await;
    assert_eq!(events.next_of(id).await["open"], false);
    world.stop().await;
}

#[tokio::test]
async fn members_hear_everything_or_the_metrics_they_ask_for() {
    let world = World::start().await;
    let token = world.sign_up("acme").await;
    world.sign_up("stranger").await;
    let secret = world
        .create_monitor("acme", &token, &monitor("Secret project", false))
        .await;
    let tenant = world.tenant_id("acme").await;
    let processor = world.bus(access::PROCESSOR).await;
    let cookie = world.sign_in("acme").await;

    let mut all = Events::of(&world, "/d/acme/live", &cookie).await;
    let mut memory = Events::of(&world, "/d/acme/live?metric=memory", &cookie).await;
    for events in [&mut all, &mut memory] {
        events.attune(&processor, tenant, &secret).await;
    }
    let updates = [samples("cpu"), samples("memory"), checked(&secret)];
    announce(&processor, tenant, &updates).await;
    for (events, expected) in [
        (&mut all, &["cpu", "memory"][..]),
        (&mut memory, &["memory"]),
    ] {
        for metric in expected {
            let (name, data) = events.next_news().await;
            assert_eq!(
                (name.as_str(), &data["series"][0]["name"]),
                ("samples", &Value::from(*metric))
            );
        }
        let (name, data) = events.next_news().await;
        assert_eq!(
            (name.as_str(), &data["monitor"]),
            ("monitor", &Value::from(secret.as_str()))
        );
    }

    let stranger = world.sign_in("stranger").await;
    for (cookie, expected) in [
        ("", StatusCode::UNAUTHORIZED),
        (&stranger, StatusCode::NOT_FOUND),
    ] {
        let request = world.request(Method::GET, "/d/acme/live");
        let answer = request.header("cookie", cookie).send().await;
        assert_eq!(answer.expect("an answer").status(), expected);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_stream_ends_when_the_server_drains() {
    let world = World::start().await;
    world.sign_up("acme").await;
    let mut events = Events::of(&world, "/t/acme/live", "").await;
    let ((), end) = tokio::join!(world.stop(), events.next());
    assert_eq!(end, None);
}

#[tokio::test]
async fn a_page_that_does_not_exist_has_no_stream() {
    let world = World::start().await;
    for path in ["/t/nobody/live", "/t/Not-A-Slug/live"] {
        let answer = world.request(Method::GET, path).send().await;
        assert_eq!(answer.expect("an answer").status(), StatusCode::NOT_FOUND);
    }
    world.stop().await;
}

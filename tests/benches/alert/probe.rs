//! One rule whose alert is opened and resolved again and again, and the receiver that is told.

use std::time::{Duration, Instant};

use serde_json::json;
use system_tests::Environment;
use system_tests::api::Api;
use system_tests::push::{Pusher, gauge, unique};
use testkit::webhook::Receiver;

const TOLD: Duration = Duration::from_secs(30);
/// Between two notices, so that each is one at rest.
const REST: Duration = Duration::from_millis(50);
const WARM_UP: usize = 10;

pub(crate) struct Probe {
    receiver: Receiver,
    pusher: Pusher,
    metric: String,
    told: usize,
}

impl Probe {
    pub(crate) async fn new(environment: &Environment) -> Self {
        let api = Api::sign_in(environment).await;
        let receiver = Receiver::start().await;
        let channel = json!({"name": "probe", "kind": "webhook", "url": receiver.url()});
        api.post("/channels", &channel).await.expect(201);
        let metric = unique("probe");
        // Pushes add up to 1 and to 0 in turn.
        let rule = json!({
            "name": metric, "kind": "threshold", "metric": metric, "aggregate": "sum", "window_s": 3_600,
            "operator": ">", "value": 0.5, "cooldown_s": 0,
        });
        api.post("/rules", &rule).await.expect(201);
        let mut probe = Self {
            receiver,
            pusher: Pusher::new(environment),
            metric,
            told: 0,
        };
        // Until the rule is known, connections are made and statements prepared.
        probe.notices(WARM_UP).await;
        probe
    }

    /// From a push to the webhook it gives rise to, so many times.
    pub(crate) async fn notices(&mut self, count: usize) -> Vec<Duration> {
        let mut times = Vec::new();
        for _ in 0..count {
            tokio::time::sleep(REST).await;
            times.push(self.notice().await);
        }
        times
    }

    async fn notice(&mut self) -> Duration {
        let value = if self.told.is_multiple_of(2) {
            1.0
        } else {
            -1.0
        };
        let begun = Instant::now();
        let answer = self.pusher.push(&[gauge(&self.metric, value)]).await;
        answer.expect(202);
        self.told += 1;
        let told = self.receiver.wait_for(self.told, TOLD).await;
        assert_eq!(told.len(), self.told, "every change is told once");
        told[self.told - 1].at - begun
    }
}

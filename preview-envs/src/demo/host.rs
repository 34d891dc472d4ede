use std::f64::consts::TAU;

use contract::metric::{Kind, Labels, PushedSample};

const DAY_S: f64 = 86_400.0;
const GIB: f64 = 1_073_741_824.0;

/// A simulated machine. All it says is a function of time, so a second start goes on where the first would be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Host {
    pub(super) name: &'static str,
    role: &'static str,
    zone: &'static str,
    /// Part of a core's time it uses on average.
    load: f64,
    memory_gib: f64,
    /// Requests a second on average; 0 for machines that answer none.
    requests: f64,
    /// Shifts its noise, so that no two look alike.
    seed: f64,
}

pub(super) const FLEET: [Host; 6] = [
    Host::new("web-1", "web", "eu-central-1a", 0.34, 8.0, 120.0, 1.0),
    Host::new("web-2", "web", "eu-central-1b", 0.31, 8.0, 112.0, 2.0),
    Host::new("api-1", "api", "eu-central-1a", 0.46, 16.0, 260.0, 3.0),
    Host::new("api-2", "api", "us-east-1c", 0.42, 16.0, 240.0, 4.0),
    Host::new("db-1", "db", "eu-central-1a", 0.55, 64.0, 0.0, 5.0),
    Host::new(
        "worker-1",
        "worker",
        "ap-southeast-1a",
        0.62,
        32.0,
        0.0,
        6.0,
    ),
];

impl Host {
    const fn new(
        name: &'static str,
        role: &'static str,
        zone: &'static str,
        load: f64,
        memory_gib: f64,
        requests: f64,
        seed: f64,
    ) -> Self {
        Self {
            name,
            role,
            zone,
            load,
            memory_gib,
            requests,
            seed,
        }
    }

    /// What it measures at an instant, in Unix milliseconds.
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of this century are far below 2^52"
    )]
    pub(super) fn samples(&self, unix_ms: i64) -> Vec<PushedSample> {
        let at_s = unix_ms as f64 / 1_000.0;
        let cpu = (self.load * self.day(at_s) + 0.06 * self.noise(at_s, 11.0)).clamp(0.01, 0.99);
        let memory =
            (0.45 + 0.25 * self.day(at_s) + 0.02 * self.noise(at_s, 71.0)).clamp(0.05, 0.97);
        let disk = 0.38 + 0.3 * (at_s / (9.0 * DAY_S)).fract();
        let mut samples = vec![
            self.gauge("system.cpu.utilization", cpu, "1"),
            self.gauge(
                "system.cpu.load_average.1m",
                cpu * 8.0 + 0.4 * self.noise(at_s, 29.0).abs(),
                "{thread}",
            ),
            self.gauge("system.memory.utilization", memory, "1"),
            self.gauge("system.memory.usage", memory * self.memory_gib * GIB, "By"),
            self.gauge("system.filesystem.utilization", disk, "1"),
        ];
        for (direction, share) in [("read", 0.4), ("write", 0.6)] {
            samples.push(self.counter(
                "system.disk.io",
                ("direction", direction),
                9e6 * share,
                at_s,
                "By",
            ));
        }
        for (direction, share) in [("receive", 0.3), ("transmit", 0.7)] {
            samples.push(self.counter(
                "system.network.io",
                ("direction", direction),
                6e6 * share,
                at_s,
                "By",
            ));
        }
        if self.requests > 0.0 {
            samples.extend(self.traffic(at_s));
        }
        for sample in &mut samples {
            sample.timestamp_ms = Some(unix_ms);
        }
        samples
    }

    fn traffic(&self, at_s: f64) -> Vec<PushedSample> {
        let latency_ms = 38.0 + 24.0 * self.day(at_s) + 9.0 * self.noise(at_s, 17.0).abs();
        let mut samples = vec![self.gauge(
            "http.server.request.duration.p95",
            latency_ms / 1_000.0,
            "s",
        )];
        for (status, share) in [("2xx", 0.972), ("4xx", 0.025), ("5xx", 0.003)] {
            let rate = self.requests * share;
            samples.push(self.counter(
                "http.server.requests",
                ("status", status),
                rate,
                at_s,
                "{request}",
            ));
        }
        samples
    }

    /// 0.55 at night, 1.45 in the afternoon, in UTC.
    fn day(&self, at_s: f64) -> f64 {
        1.0 - 0.45 * (TAU * (at_s / DAY_S + self.seed * 0.01)).cos()
    }

    /// Wavers between -1 and 1 without a visible period.
    fn noise(&self, at_s: f64, period_s: f64) -> f64 {
        let wave =
            |stretch: f64| (TAU * at_s / (period_s * stretch) + self.seed * 2.4 * stretch).sin();
        (wave(1.0) + wave(2.414) + wave(6.17)) / 3.0
    }

    /// The integral of a rate that follows the day: it only grows.
    fn counter(
        &self,
        name: &str,
        label: (&str, &str),
        rate: f64,
        at_s: f64,
        unit: &str,
    ) -> PushedSample {
        let phase = TAU * (at_s / DAY_S + self.seed * 0.01);
        let grown = at_s - 0.45 * DAY_S / TAU * phase.sin();
        // As if the host had been started on Monday: counters start again at zero, and numbers stay small.
        let started = at_s - (at_s - 4.0 * DAY_S).rem_euclid(7.0 * DAY_S);
        let value = (rate * (grown - started + DAY_S)).floor();
        let mut sample = self.sample(name, value, Kind::Counter, unit);
        sample.labels.insert(label.0.to_owned(), label.1.to_owned());
        sample
    }

    fn gauge(&self, name: &str, value: f64, unit: &str) -> PushedSample {
        self.sample(name, value, Kind::Gauge, unit)
    }

    fn sample(&self, name: &str, value: f64, kind: Kind, unit: &str) -> PushedSample {
        let labels = [
            ("host", self.name),
            ("role", self.role),
            ("zone", self.zone),
        ];
        let labels: Labels = labels
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        PushedSample {
            name: name.to_owned(),
            labels,
            value,
            timestamp_ms: None,
            kind,
            unit: Some(unit.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use validator::Validate as _;

    /// A Wednesday.
    const NOON_MS: i64 = 1_795_089_600_000;

    #[test]
    fn every_sample_is_one_the_system_takes() {
        for host in FLEET {
            for sample in host.samples(NOON_MS) {
                sample.validate().expect("valid");
            }
        }
    }

    #[test]
    fn counters_only_grow_from_one_push_to_the_next_within_a_day() {
        for host in FLEET {
            let mut last: Option<Vec<f64>> = None;
            for second in 0..3_600 {
                let samples = host.samples(NOON_MS + second * 1_000);
                let counters: Vec<f64> = samples
                    .iter()
                    .filter(|s| s.kind == Kind::Counter)
                    .map(|s| s.value)
                    .collect();
                if let Some(last) = last {
                    assert!(
                        last.iter()
                            .zip(&counters)
                            .all(|(before, now)| before <= now),
                        "{}",
                        host.name
                    );
                }
                last = Some(counters);
            }
        }
    }

    #[test]
    fn utilisation_stays_within_its_bounds_all_day() {
        for host in FLEET {
            for minute in 0..1_440 {
                let samples = host.samples(NOON_MS + minute * 60_000);
                let ratios = samples
                    .iter()
                    .filter(|sample| sample.name.ends_with("utilization"));
                for ratio in ratios {
                    assert!((0.0..=1.0).contains(&ratio.value), "{ratio:?}");
                }
            }
        }
    }
}

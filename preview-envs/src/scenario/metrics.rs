//! What the services' `/metrics` say, as far as scenarios look at them.

use axum::http::Method;

use crate::environment::Environment;
use crate::http::Json;

/// The samples of all services at one instant.
#[derive(Debug, Default)]
pub(super) struct Metrics(Vec<Sample>);

#[derive(Debug)]
struct Sample {
    service: String,
    name: String,
    /// As written: `a="b",c="d"`.
    labels: String,
    value: f64,
}

impl Metrics {
    pub(super) async fn of_all(environment: &Environment) -> anyhow::Result<Self> {
        let mut samples = Vec::new();
        for (service, ops) in environment.summary()?.ops_urls {
            if service == "demo" {
                continue;
            }
            let url = format!("{ops}/metrics");
            let answer = Json::new(None).send(Method::GET, &url, None::<&()>).await?;
            let text = answer.body.as_str().unwrap_or_default();
            samples.extend(text.lines().filter_map(|line| read(&service, line)));
        }
        Ok(Self(samples))
    }

    /// The values of one metric of all services that have these labels.
    pub(super) fn all(&self, name: &str, labels: &[(&str, &str)]) -> Vec<f64> {
        self.found(name, labels)
            .map(|sample| sample.value)
            .collect()
    }

    pub(super) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.found(name, labels).map(|sample| sample.value).sum()
    }

    /// The sum of one service.
    pub(super) fn of(&self, service: &str, name: &str, labels: &[(&str, &str)]) -> f64 {
        let found = self.found(name, labels);
        let own = found.filter(|sample| sample.service == service);
        own.map(|sample| sample.value).sum()
    }

    fn found<'a>(
        &'a self,
        name: &'a str,
        labels: &'a [(&str, &str)],
    ) -> impl Iterator<Item = &'a Sample> {
        self.0.iter().filter(move |sample| {
            let has = |(label, value): &(&str, &str)| {
                sample.labels.contains(&format!("{label}=\"{value}\""))
            };
            sample.name == name && labels.iter().all(has)
        })
    }
}

fn read(service: &str, line: &str) -> Option<Sample> {
    if line.starts_with('#') {
        return None;
    }
    let (head, value) = line.rsplit_once(' ')?;
    let (name, labels) = head.split_once('{').unwrap_or((head, ""));
    Some(Sample {
        service: service.to_owned(),
        name: name.to_owned(),
        labels: labels.trim_end_matches('}').to_owned(),
        value: value.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_found_by_name_service_and_labels() {
        let text = "# HELP a b\na_total{x=\"1\",y=\"2\"} 3\na_total{x=\"2\"} 4\nb 5\n";
        let metrics = Metrics(
            text.lines()
                .filter_map(|line| read("store", line))
                .collect(),
        );
        let is = |value: f64, expected: f64| (value - expected).abs() < 1e-9;
        assert!(is(metrics.sum("a_total", &[]), 7.0));
        assert!(is(metrics.sum("a_total", &[("x", "1")]), 3.0));
        assert!(is(metrics.of("store", "b", &[]), 5.0));
        assert!(is(metrics.of("ingress", "b", &[]), 0.0));
        assert_eq!(metrics.all("a_total", &[]).len(), 2);
    }
}

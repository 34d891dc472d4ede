//! Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Names and values, in the order they are shown.
pub(crate) type Labels = Vec<(&'static str, String)>;

/// Metrics, gathered by name.
#[derive(Debug, Default)]
pub(crate) struct Exposition(BTreeMap<&'static str, Family>);

#[derive(Debug)]
struct Family {
    help: &'static str,
    kind: &'static str,
    samples: Vec<(Labels, f64)>,
}

impl Exposition {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn gauge(
        &mut self,
        name: &'static str,
        help: &'static str,
        labels: Labels,
        value: f64,
    ) {
        self.add(name, help, "gauge", labels, value);
    }

    pub(crate) fn counter(
        &mut self,
        name: &'static str,
        help: &'static str,
        labels: Labels,
        value: f64,
    ) {
        self.add(name, help, "counter", labels, value);
    }

    fn add(
        &mut self,
        name: &'static str,
        help: &'static str,
        kind: &'static str,
        labels: Labels,
        value: f64,
    ) {
        let family = self.0.entry(name).or_insert(Family {
            help,
            kind,
            samples: Vec::new(),
        });
        family.samples.push((labels, value));
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (name, family) in &self.0 {
            let Family { help, kind, .. } = family;
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (labels, value) in &family.samples {
                let _ = writeln!(text, "{name}{} {value}", shown(labels));
            }
        }
        text
    }
}

fn shown(labels: &Labels) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let pairs: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
        .collect();
    format!("{{{}}}", pairs.join(","))
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::Exposition;

    #[test]
    fn samples_of_a_name_stand_together_and_are_escaped() {
        let mut exposition = Exposition::default();
        let labels = |name: &str| vec![("name", name.to_owned())];
        exposition.gauge("b_seconds", "B.", labels("say \"a\\b\"\n"), 0.25);
        exposition.counter("a_total", "A.", Vec::new(), 3.0);
        exposition.gauge("b_seconds", "B.", labels("c"), f64::INFINITY);
        assert_eq!(
            exposition.text(),
            "# HELP a_total A.\n# TYPE a_total counter\na_total 3\n\
             # HELP b_seconds B.\n# TYPE b_seconds gauge\n\
             b_seconds{name=\"say \\\"a\\\\b\\\"\\n\"} 0.25\nb_seconds{name=\"c\"} inf\n"
        );
    }
}

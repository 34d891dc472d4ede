//! From a batch to the messages that carry it.

use std::ops::Range;

use contract::metric::{Kind, Packed, Point, Writer};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{ARRIVAL, Batch, Head};

/// About 10 to 30 KiB: small enough to fan out, large enough that the message costs less than its samples.
const MAX_SAMPLES: usize = 1_024;
/// Far below the server's limit. The largest series there may be has a third of it in labels.
const MAX_BYTES: usize = 256 << 10;

/// One message.
pub(crate) struct Message<'a> {
    received_ms: i64,
    series: Vec<Series<'a>>,
}

struct Series<'a> {
    name: &'a str,
    labels: Labels<'a>,
    kind: Kind,
    unit: Option<&'a str>,
    points: &'a [Point],
}

struct Labels<'a> {
    batch: &'a Batch,
    head: &'a Head,
}

impl Serialize for Labels<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let labels = self.batch.labels_of(self.head);
        let mut map = serializer.serialize_map(Some(labels.len()))?;
        for (name, value) in labels {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The points of a batch in the order of their series, within each in the order in which they came.
pub(crate) struct Grouped {
    points: Vec<Point>,
    /// Where the points of each series end.
    ends: Vec<usize>,
}

impl Batch {
    pub(crate) fn grouped(&self) -> Grouped {
        let mut next = vec![0; self.series.len() + 1];
        for (place, _) in &self.points {
            next[place.0 as usize + 1] += 1;
        }
        for series in 1..next.len() {
            next[series] += next[series - 1];
        }
        let mut points = vec![(0, 0.0); self.points.len()];
        for (place, point) in &self.points {
            let position = &mut next[place.0 as usize];
            points[*position] = *point;
            *position += 1;
        }
        next.pop();
        Grouped { points, ends: next }
    }

    /// The messages that carry the batch, in order: none too large for the server, a long series in several.
    pub(crate) fn messages<'a>(
        &'a self,
        grouped: &'a Grouped,
        received_ms: i64,
    ) -> Vec<Message<'a>> {
        let mut messages = Vec::new();
        let mut open = Open::default();
        let mut begin = 0;
        for (head, end) in self.series.iter().zip(&grouped.ends) {
            while begin < *end {
                let size = self.size(head);
                if open.samples == MAX_SAMPLES
                    || (open.samples > 0 && open.bytes + size > MAX_BYTES)
                {
                    messages.push(std::mem::take(&mut open).close(received_ms));
                }
                let till = (*end).min(begin + MAX_SAMPLES - open.samples);
                open.bytes += size;
                open.samples += till - begin;
                open.series.push(self.series(head, grouped, begin..till));
                begin = till;
            }
        }
        if open.samples > 0 {
            messages.push(open.close(received_ms));
        }
        messages
    }

    fn series<'a>(
        &'a self,
        head: &'a Head,
        grouped: &'a Grouped,
        range: Range<usize>,
    ) -> Series<'a> {
        Series {
            name: self.read(head.name),
            labels: Labels { batch: self, head },
            kind: head.kind,
            unit: head.unit.map(|unit| self.read(unit)),
            points: &grouped.points[range],
        }
    }

    /// The encoded size of a series without its points, at most.
    fn size(&self, head: &Head) -> usize {
        let labels = self.labels_of(head);
        64 + self.read(head.name).len()
            + labels
                .map(|(name, value)| name.len() + value.len() + 6)
                .sum::<usize>()
    }
}

#[derive(Default)]
struct Open<'a> {
    series: Vec<Series<'a>>,
    samples: usize,
    bytes: usize,
}

impl<'a> Open<'a> {
    fn close(self, received_ms: i64) -> Message<'a> {
        Message {
            received_ms,
            series: self.series,
        }
    }
}

impl Message<'_> {
    pub(crate) fn packed(&self) -> Packed {
        let mut writer = Writer::new(self.received_ms);
        for series in &self.series {
            let Labels { batch, head } = series.labels;
            let labels = batch.labels_of(head);
            let points = series.points.iter().map(|(at_ms, value)| match *at_ms {
                ARRIVAL => (self.received_ms, *value),
                own => (own, *value),
            });
            writer.add(series.name, labels, series.kind, series.unit, points);
        }
        writer.finish()
    }

    /// Bytes that are the same when the same samples are pushed again, whenever those arrive that carry no time of their own.
    pub(crate) fn content(&self) -> Vec<u8> {
        let bits = |(at_ms, value): &Point| (*at_ms, value.to_bits());
        let series: Vec<_> = self
            .series
            .iter()
            .map(|series| {
                let points: Vec<_> = series.points.iter().map(bits).collect();
                (
                    series.name,
                    &series.labels,
                    series.kind,
                    series.unit,
                    points,
                )
            })
            .collect();
        serde_json::to_vec(&series).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use contract::metric;
    use foldhash::quality::RandomState;

    use super::super::Identity;
    use super::*;

    type Sample<'a> = (&'a str, &'a [(&'a str, &'a str)], i64);

    fn filled(samples: &[Sample]) -> Batch {
        let (mut batch, hasher) = (Batch::default(), RandomState::default());
        for (name, labels, at_ms) in samples {
            let identity = Identity {
                name,
                labels,
                kind: Kind::Gauge,
                unit: None,
            };
            let place = batch.place(&identity, identity.hash(&hasher));
            batch.push(place, *at_ms, 1.5);
        }
        batch
    }

    fn sent(batch: &Batch) -> Vec<metric::Batch> {
        let grouped = batch.grouped();
        let messages = batch.messages(&grouped, 7);
        let packed = messages.iter().map(Message::packed);
        packed.map(|packed| (&packed).into()).collect()
    }

    #[test]
    fn a_message_is_a_batch_of_the_contract() {
        let labels: &[_] = &[("host", "a"), ("zone", "1")];
        let batch = filled(&[("cpu", labels, 1), ("mem", &[], 2), ("cpu", labels, 3)]);
        let series = |name: &str, labels: &[(&str, &str)], points| metric::Series {
            name: name.to_owned(),
            labels: labels
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
            kind: Kind::Gauge,
            unit: None,
            points,
        };
        let expected = metric::Batch {
            received_ms: 7,
            series: vec![
                series("cpu", labels, vec![(1, 1.5), (3, 1.5)]),
                series("mem", &[], vec![(2, 1.5)]),
            ],
        };
        assert_eq!(sent(&batch), [expected]);
    }

    #[test]
    fn many_samples_are_split_and_keep_their_order() {
        let samples: Vec<Sample> = (0..2_400)
            .map(|i| (if i % 2 == 0 { "a" } else { "b" }, &[] as &[_], i))
            .collect();
        let messages = sent(&filled(&samples));
        let counts: Vec<_> = messages.iter().map(metric::Batch::sample_count).collect();
        assert_eq!(counts, [1_024, 1_024, 352]);
        let of_a: Vec<i64> = messages
            .iter()
            .flat_map(|batch| &batch.series)
            .filter(|series| series.name == "a")
            .flat_map(|series| series.points.iter().map(|point| point.0))
            .collect();
        assert_eq!(of_a, (0..1_200).map(|i| i * 2).collect::<Vec<_>>());
    }

    #[test]
    fn wide_series_are_split_by_size() {
        let names: Vec<String> = (0..64).map(|i| format!("label{i:02}")).collect();
        let value = "x".repeat(metric::MAX_LABEL_VALUE_BYTES);
        let labels: Vec<_> = names
            .iter()
            .map(|name| (name.as_str(), value.as_str()))
            .collect();
        let series: Vec<String> = (0..12).map(|i| format!("wide{i}")).collect();
        let samples: Vec<_> = series
            .iter()
            .map(|name| (name.as_str(), labels.as_slice(), 1))
            .collect();
        let (batch, grouped);
        batch = filled(&samples);
        grouped = batch.grouped();
        let sizes = batch
            .messages(&grouped, 7)
            .iter()
            .map(|message| {
                rmp_serde::to_vec_named(&message.packed())
                    .expect("encodes")
                    .len()
            })
            .collect::<Vec<_>>();
        assert!(
            sizes.len() >= 3 && sizes.iter().all(|size| *size <= MAX_BYTES),
            "{sizes:?}"
        );
    }

    #[test]
    fn the_content_of_a_message_does_not_depend_on_its_arrival() {
        let batch = filled(&[("cpu", &[], ARRIVAL), ("cpu", &[], 100)]);
        let grouped = batch.grouped();
        let sent = |arrived: i64| batch.messages(&grouped, arrived).remove(0);
        assert_eq!(
            sent(100).content(),
            sent(200).content(),
            "although a sample says that it is of this very instant"
        );
        let arrived = metric::Batch::from(&sent(200).packed());
        assert_eq!(arrived.series[0].points, [(200, 1.5), (100, 1.5)]);
    }
}

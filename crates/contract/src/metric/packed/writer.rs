//! Putting a batch together.

use std::collections::HashMap;

use super::{Head, Packed, Point};
use crate::metric::Kind;

/// Takes in series one by one, and each text once.
#[derive(Debug, Default)]
pub struct Writer<'a> {
    packed: Packed,
    numbers: HashMap<&'a str, u32, foldhash::fast::RandomState>,
}

impl<'a> Writer<'a> {
    pub fn new(received_ms: i64) -> Self {
        let packed = Packed {
            received_ms,
            ..Packed::default()
        };
        Self {
            packed,
            ..Self::default()
        }
    }

    /// `labels` come in the order of their names.
    pub fn add(
        &mut self,
        name: &'a str,
        labels: impl Iterator<Item = (&'a str, &'a str)>,
        kind: Kind,
        unit: Option<&'a str>,
        points: impl IntoIterator<Item = Point>,
    ) {
        let name = self.number(name);
        let unit = unit.map(|unit| self.number(unit));
        for (name, value) in labels {
            let label = (self.number(name), self.number(value));
            self.packed.labels.push(label);
        }
        self.packed.points.extend(points);
        self.packed.heads.push(Head {
            name,
            unit,
            kind,
            labels_end: index(self.packed.labels.len()),
            points_end: index(self.packed.points.len()),
        });
    }

    pub fn finish(self) -> Packed {
        self.packed
    }

    fn number(&mut self, text: &'a str) -> u32 {
        let next = index(self.packed.ends.len());
        *self.numbers.entry(text).or_insert_with(|| {
            self.packed.text.push_str(text);
            self.packed.ends.push(index(self.packed.text.len()));
            next
        })
    }
}

/// A message is far smaller than 4 GiB.
pub(super) fn index(position: usize) -> u32 {
    u32::try_from(position).expect("a message is smaller than 4 GiB")
}

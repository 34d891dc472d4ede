//! A batch as it travels: every text once, whatever series it belongs to, so that neither bytes nor allocations grow with
//! the labels of each series.

mod codec;
#[cfg(test)]
mod tests;
mod writer;

use std::hash::{BuildHasher, Hasher as _};

use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Batch, Kind, Series};

pub use writer::Writer;

/// (Unix milliseconds, value).
pub type Point = (i64, f64);

/// What one METRICS message carries: samples of one tenant, grouped by series. It travels as one binary value of MessagePack;
/// a [`Batch`] in its plain form is read as well.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Packed {
    /// When ingress took it, Unix milliseconds.
    pub received_ms: i64,
    /// All texts, one after the other.
    text: String,
    /// Where each of them ends.
    ends: Vec<u32>,
    /// Name and value of every label of every series.
    labels: Vec<(u32, u32)>,
    heads: Vec<Head>,
    points: Vec<Point>,
}

/// A series: texts by their number, and where its labels and points end.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Head {
    name: u32,
    unit: Option<u32>,
    kind: Kind,
    labels_end: u32,
    points_end: u32,
}

/// One series of a batch.
#[derive(Clone, Copy)]
pub struct PackedSeries<'a> {
    batch: &'a Packed,
    head: &'a Head,
    labels: &'a [(u32, u32)],
    points: &'a [Point],
}

/// The texts of a batch, each as whatever was made of it once.
#[derive(Debug, Clone)]
pub struct Texts<T>(Vec<T>);

impl Packed {
    pub fn sample_count(&self) -> usize {
        self.points.len()
    }

    pub fn series_count(&self) -> usize {
        self.heads.len()
    }

    pub fn series(&self) -> impl Iterator<Item = PackedSeries<'_>> {
        let (mut labels, mut points) = (0, 0);
        self.heads.iter().map(move |head| {
            let labels_from = std::mem::replace(&mut labels, head.labels_end as usize);
            let points_from = std::mem::replace(&mut points, head.points_end as usize);
            PackedSeries {
                batch: self,
                head,
                labels: &self.labels[labels_from..labels],
                points: &self.points[points_from..points],
            }
        })
    }

    /// Every text once.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let mut from = 0;
        self.ends.iter().map(move |end| {
            let from = std::mem::replace(&mut from, *end as usize);
            &self.text[from..*end as usize]
        })
    }

    /// What `make` makes of each text, for work that need not be done again for every series.
    pub fn each_text<T>(&self, make: impl FnMut(&str) -> T) -> Texts<T> {
        Texts(self.texts().map(make).collect())
    }

    fn text(&self, number: u32) -> &str {
        let number = number as usize;
        let from = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[from as usize..self.ends[number] as usize]
    }
}

impl<'a> PackedSeries<'a> {
    pub fn name(&self) -> &'a str {
        self.batch.text(self.head.name)
    }

    /// Names and values in the order of the names.
    pub fn labels(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a str)> + use<'a> {
        let batch = self.batch;
        let labels = self.labels.iter();
        labels.map(|(name, value)| (batch.text(*name), batch.text(*value)))
    }

    pub fn kind(&self) -> Kind {
        self.head.kind
    }

    pub fn unit(&self) -> Option<&'a str> {
        self.head.unit.map(|unit| self.batch.text(unit))
    }

    /// Values are finite.
    pub fn points(&self) -> &'a [Point] {
        self.points
    }

    /// What was made of its name, and of the names of its labels.
    pub fn names_in<'t, T>(
        &self,
        texts: &'t Texts<T>,
    ) -> impl Iterator<Item = &'t T> + use<'t, 'a, T> {
        let labels = self.labels.iter().map(|(name, _)| name);
        std::iter::once(&self.head.name)
            .chain(labels)
            .map(|number| &texts.0[*number as usize])
    }

    /// A hash of name and labels, from the hashes of all texts under the same hasher.
    pub fn hash_with(&self, hasher: &impl BuildHasher, texts: &Texts<u64>) -> u64 {
        let of = |number: u32| texts.0[number as usize];
        let mut state = hasher.build_hasher();
        state.write_u64(of(self.head.name));
        for (name, value) in self.labels {
            state.write_u64(of(*name));
            state.write_u64(of(*value));
        }
        state.finish()
    }

    /// The series in its plain form.
    pub fn to_series(&self) -> Series {
        let labels = self.labels();
        Series {
            name: self.name().to_owned(),
            labels: labels
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            kind: self.kind(),
            unit: self.unit().map(str::to_owned),
            points: self.points.to_vec(),
        }
    }
}

impl From<&Batch> for Packed {
    fn from(batch: &Batch) -> Self {
        let mut writer = Writer::new(batch.received_ms);
        for series in &batch.series {
            let labels = series.labels.iter();
            writer.add(
                &series.name,
                labels.map(|(name, value)| (name.as_str(), value.as_str())),
                series.kind,
                series.unit.as_deref(),
                series.points.iter().copied(),
            );
        }
        writer.finish()
    }
}

impl From<&Packed> for Batch {
    fn from(packed: &Packed) -> Self {
        Self {
            received_ms: packed.received_ms,
            series: packed.series().map(|series| series.to_series()).collect(),
        }
    }
}

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&codec::encode(self))
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EitherForm)
    }
}

struct EitherForm;

impl<'de> Visitor<'de> for EitherForm {
    type Value = Packed;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a packed batch of samples, or a plain one")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Packed, E> {
        codec::decode(bytes).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Packed, A::Error> {
        let plain = Batch::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Packed::from(&plain))
    }
}

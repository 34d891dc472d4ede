//! The samples of one push that were taken, grouped by series, whatever protocol they came in.

mod encode;

use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::Range;

use contract::metric::Kind;
use foldhash::quality::RandomState;
use hashbrown::HashTable;

pub(crate) use encode::Message;

/// The time of a sample that brings none: it has that of its arrival.
pub(crate) const ARRIVAL: i64 = i64::MIN;

/// What tells one series from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Identity<'a> {
    pub(crate) name: &'a str,
    /// In the order of their names, each name once.
    pub(crate) labels: &'a [(&'a str, &'a str)],
    pub(crate) kind: Kind,
    pub(crate) unit: Option<&'a str>,
}

impl Identity<'_> {
    pub(crate) fn hash(&self, hasher: &RandomState) -> u64 {
        let mut state = hasher.build_hasher();
        Hash::hash(self, &mut state);
        state.finish()
    }
}

/// A series of a [`Batch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(u32);

/// All text lies in one buffer and all points in one list, so that neither a series nor a sample costs an allocation.
#[derive(Default)]
pub(crate) struct Batch {
    text: String,
    labels: Vec<(Span, Span)>,
    series: Vec<Head>,
    points: Vec<(Place, (i64, f64))>,
    places: HashTable<u32>,
}

#[derive(Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
}

struct Head {
    hash: u64,
    name: Span,
    labels: Range<u32>,
    kind: Kind,
    unit: Option<Span>,
}

impl Batch {
    /// The place of a series, made where it is new. `hash` is [`Identity::hash`].
    pub(crate) fn place(&mut self, identity: &Identity, hash: u64) -> Place {
        let known = self
            .places
            .find(hash, |place| self.is(*place, identity, hash));
        if let Some(place) = known {
            return Place(*place);
        }
        let place = index(self.series.len());
        let head = self.write(identity, hash);
        self.series.push(head);
        let series = &self.series;
        self.places
            .insert_unique(hash, place, |other| series[*other as usize].hash);
        Place(place)
    }

    pub(crate) fn push(&mut self, place: Place, at_ms: i64, value: f64) {
        self.points.push((place, (at_ms, value)));
    }

    pub(crate) fn sample_count(&self) -> usize {
        self.points.len()
    }

    fn is(&self, place: u32, identity: &Identity, hash: u64) -> bool {
        let head = &self.series[place as usize];
        head.hash == hash
            && head.kind == identity.kind
            && self.read(head.name) == identity.name
            && head.unit.map(|unit| self.read(unit)) == identity.unit
            && self.labels_of(head).eq(identity.labels.iter().copied())
    }

    fn write(&mut self, identity: &Identity, hash: u64) -> Head {
        let name = self.store(identity.name);
        let unit = identity.unit.map(|unit| self.store(unit));
        let first = index(self.labels.len());
        for (name, value) in identity.labels {
            let label = (self.store(name), self.store(value));
            self.labels.push(label);
        }
        Head {
            hash,
            name,
            labels: first..index(self.labels.len()),
            kind: identity.kind,
            unit,
        }
    }

    fn store(&mut self, text: &str) -> Span {
        let start = index(self.text.len());
        self.text.push_str(text);
        Span {
            start,
            end: index(self.text.len()),
        }
    }

    fn read(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    fn labels_of(&self, head: &Head) -> impl ExactSizeIterator<Item = (&str, &str)> {
        let labels = &self.labels[head.labels.start as usize..head.labels.end as usize];
        labels
            .iter()
            .map(|(name, value)| (self.read(*name), self.read(*value)))
    }
}

/// A push is bounded far below 4 GiB, and so is everything in it.
fn index(position: usize) -> u32 {
    u32::try_from(position).expect("a push is smaller than 4 GiB")
}

//! What a piece can be found by, as hashes of 32 bits in its row. Two words may have the same one, so who finds a piece looks
//! into it.

use std::collections::BTreeSet;

use contract::telemetry::{Attributes, TraceId};

/// Most attributes of a piece that can be searched for.
const MAX_ATTRIBUTES: usize = 192;
/// Longest value that can be, in bytes.
const MAX_VALUE_BYTES: usize = 256;

/// The terms of one piece.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    all: BTreeSet<i32>,
    attributes: usize,
}

impl Terms {
    pub(crate) fn service(&mut self, name: &str) {
        self.all.insert(service(name));
    }

    pub(crate) fn operation(&mut self, name: &str) {
        self.all.insert(operation(name));
    }

    pub(crate) fn link(&mut self, to: TraceId) {
        self.all.insert(link(to));
    }

    pub(crate) fn attributes(&mut self, attributes: &Attributes) {
        for (name, value) in attributes {
            let value = value.to_string();
            if self.attributes < MAX_ATTRIBUTES
                && value.len() <= MAX_VALUE_BYTES
                && self.all.insert(attribute(name, &value))
            {
                self.attributes += 1;
            }
        }
    }

    pub(crate) fn into_sorted(self) -> Vec<i32> {
        self.all.into_iter().collect()
    }
}

pub(crate) fn service(name: &str) -> i32 {
    hash(b's', &[name.as_bytes()])
}

pub(crate) fn operation(name: &str) -> i32 {
    hash(b'o', &[name.as_bytes()])
}

pub(crate) fn attribute(name: &str, value: &str) -> i32 {
    hash(b'a', &[name.as_bytes(), b"=", value.as_bytes()])
}

pub(crate) fn link(to: TraceId) -> i32 {
    hash(b'l', &[to.as_bytes()])
}

/// FNV-1a: rows outlive processes and compilers.
fn hash(kind: u8, parts: &[&[u8]]) -> i32 {
    let bytes = parts.iter().flat_map(|part| part.iter());
    let hash = std::iter::once(&kind)
        .chain(bytes)
        .fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
        });
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_stays_what_it_is() {
        assert_eq!(service("shop"), -1_879_655_842);
        assert_ne!(service("shop"), operation("shop"));
    }

    #[test]
    fn what_is_too_long_or_too_much_is_no_term() {
        let mut terms = Terms::default();
        let many = (0..400).map(|n| (n.to_string(), "x".into()));
        terms.attributes(&many.collect());
        assert_eq!(terms.into_sorted().len(), MAX_ATTRIBUTES);
        let mut terms = Terms::default();
        let long = "x".repeat(MAX_VALUE_BYTES + 1);
        terms.attributes(&[("a".to_owned(), long.as_str().into())].into());
        assert!(terms.into_sorted().is_empty());
    }
}

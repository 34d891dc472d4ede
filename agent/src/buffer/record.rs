//! One batch as bytes: length, checksum, number of samples, key, body.

use uuid::Uuid;

/// Everything before the body.
pub(super) const HEAD: usize = 4 + 4 + 4 + 16;
/// No batch is larger: a length beyond it is damage.
const MAX_BODY_BYTES: usize = 16 << 20;

/// A batch that waits to be pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Names the push: repeated under the same key it is taken once.
    pub(crate) key: Uuid,
    pub(crate) samples: u32,
    /// Compressed JSON.
    pub(crate) body: Vec<u8>,
}

impl Entry {
    pub(crate) fn new(samples: u32, body: Vec<u8>) -> Self {
        Self {
            key: Uuid::new_v4(),
            samples,
            body,
        }
    }
}

pub(super) fn encode(entry: &Entry) -> Vec<u8> {
    let length = u32::try_from(entry.body.len()).unwrap_or(u32::MAX);
    let mut rest = Vec::with_capacity(20 + entry.body.len());
    rest.extend(entry.samples.to_le_bytes());
    rest.extend(entry.key.as_bytes());
    rest.extend(&entry.body);
    let mut record = Vec::with_capacity(HEAD + entry.body.len());
    record.extend(length.to_le_bytes());
    record.extend(crc32fast::hash(&rest).to_le_bytes());
    record.append(&mut rest);
    record
}

/// How long the body of the record is that begins with these bytes; `None` for what cannot be one.
pub(super) fn body_length(bytes: &[u8]) -> Option<usize> {
    let length = usize::try_from(number(bytes, 0)?).ok()?;
    (length <= MAX_BODY_BYTES).then_some(length)
}

/// The record at the beginning of these bytes, and how long it is. `None` for one that is torn or damaged.
pub(super) fn decode(bytes: &[u8]) -> Option<(Entry, usize)> {
    let end = HEAD + body_length(bytes)?;
    let rest = bytes.get(8..end)?;
    if crc32fast::hash(rest) != number(bytes, 4)? {
        return None;
    }
    let entry = Entry {
        samples: number(bytes, 8)?,
        key: Uuid::from_slice(&rest[4..20]).ok()?,
        body: rest[20..].to_vec(),
    };
    Some((entry, end))
}

fn number(bytes: &[u8], from: usize) -> Option<u32> {
    let bytes = bytes.get(from..from + 4)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_whole_or_nothing() {
        let entry = Entry::new(7, b"body".to_vec());
        let record = encode(&entry);
        assert_eq!(decode(&record), Some((entry, record.len())));
        for cut in 0..record.len() {
            assert_eq!(decode(&record[..cut]), None, "cut at {cut}");
            let mut damaged = record.clone();
            damaged[cut] ^= 1;
            assert_eq!(decode(&damaged), None, "damaged at {cut}");
        }
        assert_eq!(decode(&[0xff; 64]), None);
    }
}

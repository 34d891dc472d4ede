//! Prometheus remote write 1.0, as far as a sender needs it: a `WriteRequest` of protobuf, compressed with snappy.

/// A request that is being put together.
#[derive(Debug, Default)]
pub(super) struct Encoder(Vec<u8>);

impl Encoder {
    /// One series with one sample. `labels` comes from [`labels`].
    pub(super) fn add(&mut self, labels: &[u8], value: f64, at_ms: i64) {
        let mut sample = Vec::with_capacity(20);
        sample.push(0x09);
        sample.extend(value.to_le_bytes());
        sample.push(0x10);
        varint(&mut sample, at_ms.cast_unsigned());
        // WriteRequest.timeseries = 1, of labels and TimeSeries.samples = 2.
        self.0.push(0x0a);
        varint(&mut self.0, (labels.len() + 2 + sample.len()) as u64);
        self.0.extend(labels);
        field(&mut self.0, 0x12, &sample);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let compressed = snap::raw::Encoder::new().compress_vec(&self.0);
        compressed.expect("less than 4 GiB")
    }
}

/// The labels of a series with its name, in the order of their names.
pub(super) fn labels(name: &str, labels: &[(&str, String)]) -> Vec<u8> {
    let named = ("__name__", name.to_owned());
    let mut all: Vec<&(&str, String)> = labels.iter().chain([&named]).collect();
    all.sort();
    let mut encoded = Vec::new();
    for (name, value) in all {
        let mut label = Vec::new();
        field(&mut label, 0x0a, name.as_bytes());
        field(&mut label, 0x12, value.as_bytes());
        field(&mut encoded, 0x0a, &label);
    }
    encoded
}

fn field(into: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    into.push(tag);
    varint(into, bytes.len() as u64);
    into.extend(bytes);
}

fn varint(into: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        into.push(u8::try_from(value & 0x7f).unwrap_or_default() | 0x80);
        value >>= 7;
    }
    into.push(u8::try_from(value).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_what_the_specification_says() {
        let mut encoder = Encoder::default();
        encoder.add(&labels("up", &[("job", "a".to_owned())]), 1.0, 300);
        let body = encoder.finish();
        let bytes = snap::raw::Decoder::new()
            .decompress_vec(&body)
            .expect("snappy");
        let expected: &[u8] =
            b"\x0a\x28\x0a\x0e\x0a\x08__name__\x12\x02up\x0a\x08\x0a\x03job\x12\x01a\
            \x12\x0c\x09\x00\x00\x00\x00\x00\x00\xf0\x3f\x10\xac\x02";
        assert_eq!(bytes, expected);
    }
}

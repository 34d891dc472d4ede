//! Protobuf's wire format, read in place: for messages that are too many, or come from too far, to be built first.

/// The bytes are no protobuf message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    /// Text, bytes, a message, or packed numbers.
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    pub(crate) fn bytes(self) -> Result<&'a [u8], Malformed> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(Malformed),
        }
    }

    pub(crate) fn text(self) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Malformed)
    }

    pub(crate) fn double(self) -> Result<f64, Malformed> {
        match self {
            Self::Fixed64(bits) => Ok(f64::from_bits(bits)),
            _ => Err(Malformed),
        }
    }

    pub(crate) fn varint(self) -> Result<u64, Malformed> {
        match self {
            Self::Varint(number) => Ok(number),
            _ => Err(Malformed),
        }
    }

    /// An `int64`.
    pub(crate) fn int(self) -> Result<i64, Malformed> {
        self.varint().map(u64::cast_signed)
    }

    /// A `sint64` or `sint32`.
    pub(crate) fn sint(self) -> Result<i64, Malformed> {
        self.varint().map(zigzag)
    }
}

/// The fields of a message, in the order in which they were written. Ends after the first error.
#[derive(Debug)]
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn of(message: &'a [u8]) -> Self {
        Self(message)
    }

    fn field(&mut self) -> Result<(u32, Value<'a>), Malformed> {
        let key = varint(&mut self.0)?;
        let number = u32::try_from(key >> 3).map_err(|_| Malformed)?;
        let value = match key & 7 {
            0 => Value::Varint(varint(&mut self.0)?),
            1 => Value::Fixed64(u64::from_le_bytes(self.fixed()?)),
            2 => {
                let length = usize::try_from(varint(&mut self.0)?).map_err(|_| Malformed)?;
                let (bytes, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
                self.0 = rest;
                Value::Bytes(bytes)
            }
            5 => Value::Fixed32(u32::from_le_bytes(self.fixed()?)),
            _ => return Err(Malformed),
        };
        Ok((number, value))
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Malformed)?;
        self.0 = rest;
        Ok(*bytes)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Value<'a>), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

/// Packed varints.
pub(crate) struct Varints<'a>(pub(crate) &'a [u8]);

impl Iterator for Varints<'_> {
    type Item = Result<u64, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let number = varint(&mut self.0);
        if number.is_err() {
            self.0 = &[];
        }
        Some(number)
    }
}

/// Packed doubles.
pub(crate) fn doubles(bytes: &[u8]) -> Result<impl Iterator<Item = f64>, Malformed> {
    let (doubles, rest) = bytes.as_chunks();
    if !rest.is_empty() {
        return Err(Malformed);
    }
    Ok(doubles.iter().map(|double| f64::from_le_bytes(*double)))
}

pub(crate) fn zigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

fn varint(bytes: &mut &[u8]) -> Result<u64, Malformed> {
    let mut number = 0;
    for (position, byte) in bytes.iter().take(10).enumerate() {
        number |= u64::from(byte & 0x7f) << (7 * position);
        if byte & 0x80 == 0 {
            *bytes = &bytes[position + 1..];
            return Ok(number);
        }
    }
    Err(Malformed)
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;

    #[derive(Clone, PartialEq, Message)]
    struct Sample {
        #[prost(double, tag = "1")]
        value: f64,
        #[prost(int64, tag = "2")]
        at_ms: i64,
        #[prost(string, tag = "3")]
        name: String,
        #[prost(sint32, tag = "4")]
        offset: i32,
        #[prost(uint32, repeated, tag = "5")]
        refs: Vec<u32>,
        #[prost(fixed32, tag = "6")]
        flags: u32,
    }

    #[test]
    fn what_prost_writes_is_read() {
        let sample = Sample {
            value: -1.5,
            at_ms: -7,
            name: "cpu".to_owned(),
            offset: -300,
            refs: vec![1, 300],
            flags: 9,
        };
        let bytes = sample.encode_to_vec();
        let fields: Vec<_> = Fields::of(&bytes)
            .map(|field| field.expect("whole").1)
            .collect();
        assert_eq!(fields[0].double(), Ok(-1.5));
        assert_eq!(fields[1].int(), Ok(-7));
        assert_eq!(fields[2].text(), Ok("cpu"));
        assert_eq!(fields[3].sint(), Ok(-300));
        let refs: Vec<_> = Varints(fields[4].bytes().expect("packed")).collect();
        assert_eq!(refs, [Ok(1), Ok(300)]);
        assert_eq!(fields[5], Value::Fixed32(9));
        for cut in 1..bytes.len() {
            let all: Result<Vec<_>, _> = Fields::of(&bytes[..cut]).collect();
            assert!(
                all.is_err() || all.is_ok_and(|fields| fields.len() < 6),
                "cut at {cut}"
            );
        }
    }
}

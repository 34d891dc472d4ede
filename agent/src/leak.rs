//! A memory leak on purpose, for a test-bed: what a host looks like whose agent is ill.

use contract::header::AGENT_LEAK;
use ureq::http::HeaderMap;

/// The agent is made ill, not the host.
const MOST_KIB: usize = 256 << 10;

/// What has leaked. Given back once the fault is off.
#[derive(Debug, Default)]
pub(crate) struct Leak {
    /// Whether this agent takes part.
    test_bed: bool,
    held: Vec<Vec<u8>>,
    held_kib: usize,
}

impl Leak {
    pub(crate) fn new(test_bed: bool) -> Self {
        Self {
            test_bed,
            ..Self::default()
        }
    }

    /// Leaks as much more as the answer to a push says.
    pub(crate) fn obey(&mut self, answer: &HeaderMap) {
        let kib = answer.get(AGENT_LEAK);
        let kib = kib.and_then(|kib| kib.to_str().ok()?.parse::<usize>().ok());
        let Some(kib) = kib.filter(|_| self.test_bed) else {
            self.held = Vec::new();
            self.held_kib = 0;
            return;
        };
        if self.held_kib + kib <= MOST_KIB {
            // Not zeros: untouched pages would cost nothing.
            self.held.push(vec![0x5a; kib << 10]);
            self.held_kib += kib;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(kib: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(AGENT_LEAK, kib.parse().expect("a header"));
        headers
    }

    #[test]
    fn only_an_agent_of_a_test_bed_leaks_within_bounds_and_recovers() {
        let mut well = Leak::new(false);
        well.obey(&answer("512"));
        assert_eq!(well.held_kib, 0);
        let mut ill = Leak::new(true);
        ill.obey(&answer("512"));
        ill.obey(&answer("512"));
        assert_eq!((ill.held_kib, ill.held.len()), (1_024, 2));
        ill.obey(&answer("99999999"));
        assert_eq!(ill.held_kib, 1_024);
        ill.obey(&HeaderMap::new());
        assert_eq!((ill.held_kib, ill.held.len()), (0, 0));
    }
}

//! Series as one meets them. What their values look like decides how small they become.

/// How the values of a series behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Requests and bytes: whole numbers that only grow, in bursts.
    Counter,
    /// Load and memory: a walk in steps of a hundredth or of a page of memory.
    Gauge,
    /// Errors, versions, `up`: the same value for hours.
    Sparse,
    /// Latencies and temperatures straight from a floating-point computation: every bit is news.
    Noisy,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Counter, Self::Gauge, Self::Sparse, Self::Noisy];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Sparse => "sparse",
            Self::Noisy => "noisy",
        }
    }
}

/// One series of made-up but repeatable values.
#[derive(Debug, Clone)]
pub(crate) struct Signal {
    kind: Kind,
    random: u64,
    value: f64,
    /// What one step is worth.
    grain: f64,
}

impl Signal {
    pub(crate) fn new(kind: Kind, number: u64) -> Self {
        let large = number.is_multiple_of(2);
        let (value, grain) = match kind {
            Kind::Counter => (1e6, if large { 1_460.0 } else { 1.0 }),
            Kind::Gauge if large => (2e9, 4_096.0),
            Kind::Gauge => (40.0, 0.01),
            Kind::Sparse => (1.0, 1.0),
            Kind::Noisy => (0.2, 0.05),
        };
        Self {
            kind,
            random: number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x00c0_ffee,
            value,
            grain,
        }
    }

    /// The next value.
    pub(crate) fn step(&mut self) -> f64 {
        let steps = f64::from(self.draw(64));
        match self.kind {
            Kind::Counter => self.value += steps * self.grain,
            // In whole grains, so that the walk stays on its grid.
            Kind::Gauge => {
                let grains = (self.value / self.grain).round() + steps - 31.0;
                self.value = grains.max(0.0) * self.grain;
            }
            Kind::Sparse => {
                if self.draw(400) == 0 {
                    self.value += self.grain;
                }
            }
            Kind::Noisy => {
                let noise = f64::from(self.draw(u32::MAX)) / f64::from(u32::MAX);
                return self.value + self.grain * (noise + noise.sqrt());
            }
        }
        self.value
    }

    /// Consecutive points of a scrape every `step_ms` that is a few milliseconds early or late.
    pub(crate) fn points(&mut self, begin_ms: i64, step_ms: i64, count: i64) -> Vec<(i64, f64)> {
        (0..count)
            .map(|number| {
                let late_ms = i64::from(self.draw(4));
                (begin_ms + number * step_ms + late_ms, self.step())
            })
            .collect()
    }

    /// A number below `limit`: xorshift, which is random enough for this.
    fn draw(&mut self, limit: u32) -> u32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        u32::try_from(self.random >> 32).unwrap_or(u32::MAX) % limit
    }
}

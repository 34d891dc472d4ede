//! Processors: how busy they are, and the load.

use sysinfo::System;

use super::sink::{Sink, number};

pub(super) fn measure(system: &mut System, sink: &mut Sink<'_>) {
    system.refresh_cpu_usage();
    let busy = f64::from(system.global_cpu_usage()) / 100.0;
    sink.gauge("system.cpu.utilization", "1", &[], busy.clamp(0.0, 1.0));
    let count = number(system.cpus().len() as u64);
    sink.gauge("system.cpu.logical.count", "{cpu}", &[], count);
    #[cfg(target_os = "linux")]
    linux::measure(sink);
    // Windows knows no load average.
    if cfg!(not(windows))
        && let Ok(load) = System::load_average()
    {
        sink.gauge("system.cpu.load_average.1m", "{thread}", &[], load.one);
        sink.gauge("system.cpu.load_average.5m", "{thread}", &[], load.five);
        sink.gauge("system.cpu.load_average.15m", "{thread}", &[], load.fifteen);
    }
}

/// Time by mode, of all processors together. Only Linux counts it where everybody may read.
#[cfg(target_os = "linux")]
mod linux {
    use super::{Sink, number};

    /// `USER_HZ` is 100 on every architecture that Linux still runs on.
    const TICKS_PER_SECOND: f64 = 100.0;
    /// The columns of proc(5); guests are counted in `user` and `nice` already.
    const MODES: [&str; 8] = [
        "user",
        "nice",
        "system",
        "idle",
        "iowait",
        "interrupt",
        "softirq",
        "steal",
    ];

    pub(super) fn measure(sink: &mut Sink<'_>) {
        let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        for (mode, seconds) in times(&text) {
            sink.counter("system.cpu.time", "s", &[("mode", mode)], seconds);
        }
    }

    fn times(text: &str) -> Vec<(&'static str, f64)> {
        let total = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("cpu "));
        let columns = total.unwrap_or_default().split_whitespace();
        let columns = columns.map_while(|column| column.parse().ok());
        let seconds = columns.map(|ticks| number(ticks) / TICKS_PER_SECOND);
        MODES.into_iter().zip(seconds).collect()
    }

    #[cfg(test)]
    mod tests {
        use super::times;

        #[test]
        fn modes_are_read_from_the_line_of_all_processors() {
            let text = "cpu  100 0 50 1000 7 0 3 0 0 0\ncpu0 1 2 3\n";
            let times = times(text);
            assert_eq!(times.len(), 8);
            assert_eq!(times[0], ("user", 1.0));
            assert_eq!(times[3], ("idle", 10.0));
            assert_eq!(super::times("nonsense"), []);
        }
    }
}

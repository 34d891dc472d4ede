//! Chosen processes, added up by the name of their program.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

use super::sink::{Sink, number};

/// How often to look for new processes: looking at all there are is the dearest thing an agent does.
const LOOK: Duration = Duration::from_secs(10);
/// Linux knows no more of a program's name.
const LINUX_NAME_BYTES: usize = 15;

pub(super) struct Processes {
    names: Vec<String>,
    looked_at: Option<Instant>,
    spent: HashMap<String, Spent>,
}

/// The processor time of all processes of a name, which does not shrink when one of them ends.
#[derive(Debug, Default)]
struct Spent {
    total_ms: u64,
    last_ms: HashMap<Pid, u64>,
}

impl Processes {
    pub(super) fn new(names: Vec<String>) -> Self {
        Self {
            names,
            looked_at: None,
            spent: HashMap::new(),
        }
    }

    pub(super) fn measure(&mut self, system: &mut System, sink: &mut Sink<'_>) {
        if self.names.is_empty() {
            return;
        }
        self.refresh(system);
        for name in &self.names {
            let running: Vec<_> = system
                .processes()
                .iter()
                .filter(|(_, process)| is_called(&process.name().to_string_lossy(), name))
                .collect();
            let memory = running.iter().map(|(_, process)| process.memory()).sum();
            let times = running
                .iter()
                .map(|(pid, process)| (**pid, process.accumulated_cpu_time()));
            let spent = self.spent.entry(name.clone()).or_default();
            spent.add(times.collect());
            let labels = [("process", name.as_str())];
            sink.gauge(
                "process.count",
                "{process}",
                &labels,
                number(running.len() as u64),
            );
            sink.gauge("process.memory.usage", "By", &labels, number(memory));
            sink.counter(
                "process.cpu.time",
                "s",
                &labels,
                number(spent.total_ms) / 1_000.0,
            );
        }
    }

    fn refresh(&mut self, system: &mut System) {
        let what = ProcessRefreshKind::nothing()
            .with_cpu()
            .with_memory()
            .without_tasks();
        if self.looked_at.is_none_or(|at| at.elapsed() >= LOOK) {
            self.looked_at = Some(Instant::now());
            system.refresh_processes_specifics(ProcessesToUpdate::All, true, what);
            return;
        }
        let known: Vec<Pid> = self
            .spent
            .values()
            .flat_map(|spent| spent.last_ms.keys().copied())
            .collect();
        system.refresh_processes_specifics(ProcessesToUpdate::Some(&known), true, what);
    }
}

impl Spent {
    /// Adds what was spent since the last round; a process seen for the first time counts from its own beginning.
    fn add(&mut self, now_ms: HashMap<Pid, u64>) {
        for (pid, ms) in &now_ms {
            let before = self.last_ms.get(pid).copied().unwrap_or_default();
            self.total_ms += ms.saturating_sub(before);
        }
        self.last_ms = now_ms;
    }
}

fn is_called(program: &str, name: &str) -> bool {
    let cut = name.as_bytes().get(..LINUX_NAME_BYTES);
    program == name || cfg!(target_os = "linux") && cut == Some(program.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_spent_does_not_shrink_when_a_process_ends() {
        let mut spent = Spent::default();
        let (a, b) = (Pid::from_u32(1), Pid::from_u32(2));
        spent.add(HashMap::from([(a, 100), (b, 10)]));
        assert_eq!(spent.total_ms, 110);
        spent.add(HashMap::from([(b, 15)]));
        assert_eq!(spent.total_ms, 115);
    }

    #[test]
    fn a_long_name_is_found_under_what_the_system_keeps_of_it() {
        assert!(is_called("nginx", "nginx"));
        assert!(!is_called("nginx-debug", "nginx"));
        assert_eq!(
            is_called("prometheus-node", "prometheus-node-exporter"),
            cfg!(target_os = "linux")
        );
    }
}

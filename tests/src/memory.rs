//! The memory of a process, as proc(5) tells.

/// Resident memory, in MiB.
pub fn resident_mib(pid: u32) -> f64 {
    status_mib(pid, "VmRSS:")
}

/// The most resident memory it ever had, in MiB.
pub fn peak_mib(pid: u32) -> f64 {
    status_mib(pid, "VmHWM:")
}

fn status_mib(pid: u32, key: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    let kib: f64 = number
        .and_then(|kib| kib.parse().ok())
        .expect("a number of KiB");
    kib / 1_024.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_memory() {
        let own = std::process::id();
        assert!(resident_mib(own) > 1.0);
        assert!(peak_mib(own) >= resident_mib(own) / 2.0);
    }
}

//! What a process uses and what the machine is, from `/proc`.

use std::time::Duration;

use serde_json::{Value, json};

/// What a process has used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// Processor time of all its threads, those that ended too.
    pub cpu: Duration,
    /// Memory in the machine's now, in bytes, with all of what is shared with others.
    pub rss: u64,
    /// The same with its share of what is shared.
    pub pss: u64,
    /// The most that `rss` was since [`forget_peak`], or since the process began.
    pub peak: u64,
}

impl Usage {
    /// Of several processes. Where each had its most at another time, all together never had so much.
    pub fn and(self, other: Self) -> Self {
        Self {
            cpu: self.cpu + other.cpu,
            rss: self.rss + other.rss,
            pss: self.pss + other.pss,
            peak: self.peak + other.peak,
        }
    }

    /// Seconds of processor time since an earlier look.
    pub fn cpu_since(self, before: Self) -> f64 {
        self.cpu.saturating_sub(before.cpu).as_secs_f64()
    }
}

/// What a process has used until now; none where it is gone.
pub fn of(id: &str) -> Option<Usage> {
    let kilobytes = |file: &str, name: &str| {
        let text = std::fs::read_to_string(format!("/proc/{id}/{file}")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        let number: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(number * 1024)
    };
    let rss = kilobytes("status", "VmRSS:")?;
    Some(Usage {
        cpu: cpu(id)?,
        rss,
        pss: kilobytes("smaps_rollup", "Pss:").unwrap_or(rss),
        peak: kilobytes("status", "VmHWM:").unwrap_or(rss),
    })
}

/// What a process has now becomes the most that it had: what an earlier round took is not told of the next.
pub fn forget_peak(id: &str) {
    // Where Linux does not allow it, the most is that since the process began.
    let _ = std::fs::write(format!("/proc/{id}/clear_refs"), "5");
}

/// The processor time of this process itself: what the load costs.
pub fn own_cpu() -> Duration {
    cpu("self").unwrap_or_default()
}

/// User and system time, exact but told in Linux's clock ticks of 10 ms.
fn cpu(id: &str) -> Option<Duration> {
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name may hold spaces; what follows its bracket does not. The two times are fields 14 and 15.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u32 = fields.get(11)?.parse::<u32>().ok()? + fields.get(12)?.parse::<u32>().ok()?;
    Some(TICK * ticks)
}

/// Processors that may be used.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Files and connections that this process may have open.
pub fn open_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The machine, for whoever reads the figures elsewhere.
pub fn machine() -> Value {
    let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let after = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        let value = line.and_then(|line| line.split_once(':'));
        value.map_or_else(String::new, |(_, value)| value.trim().to_owned())
    };
    let memory = after(&read("/proc/meminfo"), "MemTotal");
    let kilobytes: u64 = memory
        .split_whitespace()
        .next()
        .and_then(|number| number.parse().ok())
        .unwrap_or_default();
    json!({
        "cpu": after(&read("/proc/cpuinfo"), "model name"),
        "cores": cores(),
        "memory_bytes": kilobytes * 1024,
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
    })
}

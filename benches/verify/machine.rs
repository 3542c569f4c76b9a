//! On what the numbers were taken.

use std::fs;

/// Instructions that decide how fast curves and digests are.
const FLAGS: [&str; 6] = ["adx", "bmi2", "avx2", "avx512ifma", "sha_ni", "vaes"];

/// Processor, cores and the flags that matter here.
pub(crate) fn describe() -> String {
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = information.lines().find(|line| line.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim())
    };
    let flags: Vec<&str> = field("flags").unwrap_or_default().split(' ').collect();
    let known: Vec<&str> = FLAGS.into_iter().filter(|flag| flags.contains(flag)).collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!(
        "{} ({}), {cores} cores, {}",
        field("model name").unwrap_or("unknown processor"),
        std::env::consts::ARCH,
        if known.is_empty() { "no known flags".to_owned() } else { known.join(" ") }
    )
}

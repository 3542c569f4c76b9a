//! Interleaved slices.

use std::time::{Duration, Instant};

/// Something that can be done over and over.
pub(crate) struct Workload {
    pub(crate) name: String,
    pub(crate) once: Box<dyn FnMut()>,
}

/// How long to measure.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) rounds: usize,
    slice: Duration,
}

impl Plan {
    pub(crate) const FULL: Self = Self { rounds: 101, slice: Duration::from_millis(50) };
    pub(crate) const QUICK: Self = Self { rounds: 9, slice: Duration::from_millis(10) };
}

/// What was measured of one workload.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) median_ns: f64,
    /// Time of the first workload over that of this one, in the same round.
    pub(crate) ratio_quartiles: [f64; 3],
}

/// Runs all workloads in every round; the first one is the yardstick.
pub(crate) fn run(plan: Plan, workloads: &mut [Workload]) -> Vec<Row> {
    let repetitions: Vec<u32> = workloads.iter_mut().map(|work| calibrate(work, plan.slice)).collect();
    let mut times = vec![Vec::with_capacity(plan.rounds); workloads.len()];
    for _ in 0..plan.rounds {
        for ((work, &repetitions), times) in workloads.iter_mut().zip(&repetitions).zip(&mut times) {
            times.push(slice(work, repetitions));
        }
    }
    let yardstick = times[0].clone();
    workloads
        .iter()
        .zip(times)
        .map(|(work, mut times)| {
            let mut ratios: Vec<f64> = yardstick.iter().zip(&times).map(|(unit, time)| unit / time).collect();
            ratios.sort_by(f64::total_cmp);
            times.sort_by(f64::total_cmp);
            let at = |quarter: usize| ratios[(ratios.len() - 1) * quarter / 4];
            Row { name: work.name.clone(), median_ns: times[times.len() / 2], ratio_quartiles: [at(1), at(2), at(3)] }
        })
        .collect()
}

/// How many repetitions fill a slice; warms caches up on the way.
fn calibrate(work: &mut Workload, slice_length: Duration) -> u32 {
    let mut repetitions = 1;
    loop {
        let ns = slice(work, repetitions) * f64::from(repetitions);
        let share = slice_length.as_nanos() as f64 / ns.max(1.0);
        if share <= 2.0 || repetitions > 1 << 24 {
            return ((f64::from(repetitions) * share) as u32).max(1);
        }
        repetitions *= 2;
    }
}

/// Nanoseconds for one repetition.
fn slice(work: &mut Workload, repetitions: u32) -> f64 {
    let begin = Instant::now();
    for _ in 0..repetitions {
        (work.once)();
    }
    begin.elapsed().as_nanos() as f64 / f64::from(repetitions)
}

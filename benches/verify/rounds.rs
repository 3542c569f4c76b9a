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
    /// Nanoseconds for one repetition, round by round.
    times: Vec<f64>,
}

impl Row {
    pub(crate) fn median_ns(&self) -> f64 {
        quartiles(self.times.clone())[1]
    }

    /// How many times as fast as `other`, taken within each round.
    pub(crate) fn speed_against(&self, other: &Self) -> [f64; 3] {
        quartiles(other.times.iter().zip(&self.times).map(|(other, own)| other / own).collect())
    }
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[(values.len() - 1) * quarter / 4])
}

/// Runs all workloads in every round.
pub(crate) fn run(plan: Plan, workloads: &mut [Workload]) -> Vec<Row> {
    let repetitions: Vec<u32> = workloads.iter_mut().map(|work| calibrate(work, plan.slice)).collect();
    let mut times = vec![Vec::with_capacity(plan.rounds); workloads.len()];
    for _ in 0..plan.rounds {
        for ((work, &repetitions), times) in workloads.iter_mut().zip(&repetitions).zip(&mut times) {
            times.push(slice(work, repetitions));
        }
    }
    workloads.iter().zip(times).map(|(work, times)| Row { name: work.name.clone(), times }).collect()
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

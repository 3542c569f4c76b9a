//! Welch's t of k G for nonces of two kinds, in the manner of dudect. Needs a
//! quiet machine, so it runs only when asked for:
//! `cargo nextest run --release -p yinxin-trust --run-ignored only timing --no-capture`.

use super::Dice;
use crate::sm::core::{
    limbs::Limbs,
    scalar::{N, SecretScalar},
    sign::generator_times,
};
use std::{hint::black_box, time::Instant};

#[test]
#[ignore = "a measurement for a quiet machine"]
fn multiples_take_the_same_time() {
    let kinds: [(&str, Limbs); 3] =
        [("1", [1, 0, 0, 0]), ("2^255", [0, 0, 0, 1 << 63]), ("all digits 16", [0x1084_2108_4210_8421; 4])];
    for (name, fixed) in kinds {
        let t = welch(&fixed, 200_000);
        println!("k = {name} against any k: t = {t:.2}");
        assert!(t.abs() < 10.0, "k = {name}: t = {t:.2}");
    }
}

fn welch(fixed: &Limbs, count: usize) -> f64 {
    let mut dice = Dice(61);
    let mut times: [Vec<f64>; 2] = Default::default();
    for _ in 0..count {
        let any = dice.number(&N);
        let class = dice.below(2);
        let k = SecretScalar::from_limbs(&[*fixed, any][class]);
        let started = Instant::now();
        black_box(generator_times(black_box(&k)));
        times[class].push(started.elapsed().as_nanos() as f64);
    }
    let mut all = times.concat();
    all.sort_by(f64::total_cmp);
    let cut = all[all.len() * 9 / 10];
    let [a, b] = times.map(|times| {
        let times: Vec<f64> = times.into_iter().filter(|time| *time <= cut).collect();
        let count = times.len() as f64;
        let mean = times.iter().sum::<f64>() / count;
        (mean, times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0) / count)
    });
    (a.0 - b.0) / (a.1 + b.1).sqrt()
}

//! How long one licence takes on one core: layout, then everything up to the octets.
//!
//!     cargo bench -p yinxin-face

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program to be run by hand")]

#[path = "../tests/drawing/sample.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod sample;

use sample::Sample;
use std::time::{Duration, Instant};

fn measure(name: &str, mut work: impl FnMut() -> usize) -> f64 {
    let (mut rounds, mut octets) = (0_u32, 0);
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_millis(1500) {
        octets = work();
        rounds += 1;
    }
    let each = begin.elapsed().as_secs_f64() / f64::from(rounds);
    println!("{name:<34} {:>9.3} ms {:>9.0}/s {octets:>8}", each * 1e3, 1.0 / each);
    each
}

fn main() {
    println!("{:<34} {:>12} {:>11} {:>8}", "", "each", "ops", "octets");
    for (name, sample) in
        [("food", Sample::food()), ("business", Sample::business()), ("construction", Sample::construction())]
    {
        let drawing = sample.draw();
        let package = drawing.package().unwrap();
        measure(&format!("{name}: layout and checks"), || sample.draw().pages());
        measure(&format!("{name}: parts (XML, subset, SM3)"), || drawing.package().unwrap().entries().count());
        measure(&format!("{name}: package"), || package.to_bytes().unwrap().len());
        measure(&format!("{name}: all of it"), || sample.draw().package().unwrap().to_bytes().unwrap().len());
    }
    let sample = Sample::food();
    let drawing = sample.draw();
    measure("copy as PDF", || drawing.pdf(&sample.copy()).unwrap().len());
    measure("copy as PNG, 150 dots an inch", || drawing.png(&sample.copy()).unwrap().len());
    let entry = sample::entry(sample::FOOD.1);
    let fonts = std::sync::Arc::new(yinxin_face::Fonts::shipped());
    measure("fonts read", || yinxin_face::Fonts::shipped().names().count());
    measure("face parsed", || {
        yinxin_face::Face::parse(sample::FOOD.0, &entry, &fonts).unwrap();
        0
    });
}

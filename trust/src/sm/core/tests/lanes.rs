//! The eight lanes against the single path.

use super::{Dice, rounds};
use crate::sm::core::{
    cpu,
    lanes::testing,
    point::{Affine, to_affine},
    tables::{self, Shape, Table},
};

fn points(dice: &mut Dice) -> [Affine; 8] {
    let generator = tables::generator();
    core::array::from_fn(|_| to_affine(&[generator.multiply(&dice.any()).to_jacobian()])[0])
}

#[test]
fn operations_agree() {
    if !cpu::has_ifma() {
        return; // nothing to compare on this machine
    }
    let mut dice = Dice(71);
    let p = crate::sm::core::field::P;
    for _ in 0..rounds(3_000, 200_000) {
        let a = core::array::from_fn(|_| dice.edge_below(&p));
        let b = core::array::from_fn(|_| dice.edge_below(&p));
        testing::compare(&a, &b);
    }
}

#[test]
fn tables_agree() {
    if !cpu::has_ifma() {
        return;
    }
    let mut dice = Dice(72);
    for shape in [Shape::SMALL, Shape { width: 5, rows: 52, columns: 1 }, Shape { width: 3, rows: 2, columns: 4 }] {
        let points = points(&mut dice);
        for (table, point) in testing::tables(&points, shape).iter().zip(&points) {
            let expected = Table::build(point, shape);
            assert!(table == expected.points(), "{shape:?}");
        }
    }
}

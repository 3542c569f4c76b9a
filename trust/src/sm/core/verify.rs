//! One verification, GB/T 32918.2 section 7, on public data in variable time.
//!
//! B1 and B2 (r and s in 1..n-1) are checked here once more, though the type
//! `Signature` promises them; B3 and B4 gave e.
//! - B5: t = (r + s) mod n; t = 0 is refused.
//! - B6: (x, y) = s G + t P. t P from the key's table, or without one by the
//!   sparse signed digits of t and eight odd multiples of P; s G from the
//!   generator's table.
//! - B7: (e + x) mod n = r, that is x mod n = (r - e) mod n =: x0. As
//!   x < p and n < p < 2n, x is x0 or, where that is below p, x0 + n.
//!   Both are compared without division: x0 zz = X.

use super::{
    field::P,
    limbs::{self, Limbs},
    point::{Affine, Jacobian},
    recode,
    scalar::{self, SecretScalar},
    tables::{self, Table},
};

/// What is at hand for a key.
#[derive(Clone, Copy)]
pub(crate) enum KeyForm<'a> {
    /// The point alone.
    Point(&'a Affine),
    /// A table of its multiples.
    Table(&'a Table),
}

/// The numbers of one verification.
#[derive(Clone, Copy)]
pub(crate) struct Numbers {
    /// (r - e) mod n.
    pub(crate) x0: Limbs,
    pub(crate) s: Limbs,
    /// (r + s) mod n, not zero.
    pub(crate) t: Limbs,
}

impl Numbers {
    /// B1, B2 and B5; `None` where one of them refuses.
    pub(crate) fn new(e: &[u8; 32], r: &[u8; 32], s: &[u8; 32]) -> Option<Self> {
        let (e, r, s) = (limbs::from_be(e), limbs::from_be(r), limbs::from_be(s));
        let in_range = |v: &Limbs| !limbs::is_zero(v) && limbs::less(v, &scalar::N);
        if !in_range(&r) || !in_range(&s) {
            return None;
        }
        let t = scalar::public_add(&r, &s);
        (!limbs::is_zero(&t)).then(|| Self { x0: scalar::public_sub(&r, &e), s, t })
    }

    /// x0 + n where that is below p: the second x that gives the same r.
    pub(crate) fn second_x(&self) -> Option<Limbs> {
        let (sum, carry) = limbs::add(&self.x0, &scalar::N);
        (carry == 0 && limbs::less(&sum, &P)).then_some(sum)
    }
}

/// Whether (r, s) signs e under the key.
#[cfg(test)]
pub(crate) fn verify(e: &[u8; 32], r: &[u8; 32], s: &[u8; 32], key: KeyForm<'_>) -> bool {
    Numbers::new(e, r, s).is_some_and(|numbers| check(&numbers, key))
}

/// Whether (r, s) is an ECDSA signature of e on this curve (FIPS 186-5, 6.4.2), which is
/// no SM2 signature. There u = e/s, v = r/s and x mod n = r for (x, y) = u G + v P: the
/// same sum and comparison with other numbers.
pub(crate) fn is_ecdsa(e: &[u8; 32], r: &[u8; 32], s: &[u8; 32], point: &Affine) -> bool {
    let (e, r, s) = (limbs::from_be(e), limbs::from_be(r), limbs::from_be(s));
    let in_range = |v: &Limbs| !limbs::is_zero(v) && limbs::less(v, &scalar::N);
    if !in_range(&r) || !in_range(&s) {
        return false;
    }
    // the arithmetic of signing does no harm to public numbers, and this is no path that is hot
    let [e, r_scalar, s] = [e, r, s].map(|limbs| SecretScalar::from_limbs(&limbs));
    let over_s = s.invert_prepared();
    let (u, v) = (e.mul_prepared(&over_s), r_scalar.mul_prepared(&over_s));
    check(&Numbers { x0: r, s: *u.limbs(), t: *v.limbs() }, KeyForm::Point(point))
}

/// B6 and B7.
pub(crate) fn check(numbers: &Numbers, key: KeyForm<'_>) -> bool {
    let generator = tables::generator();
    #[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
    if super::cpu::has_bmi2_adx() {
        #[expect(unsafe_code, reason = "the processor was just asked for both features")]
        return unsafe { check_bmi2(numbers, key, generator) };
    }
    check_anywhere(numbers, key, generator)
}

#[cfg(all(target_arch = "x86_64", not(feature = "portable")))]
#[target_feature(enable = "bmi2,adx")]
fn check_bmi2(numbers: &Numbers, key: KeyForm<'_>, generator: &Table) -> bool {
    check_anywhere(numbers, key, generator)
}

#[inline(always)]
pub(crate) fn check_anywhere(numbers: &Numbers, key: KeyForm<'_>, generator: &Table) -> bool {
    let from_key = match key {
        KeyForm::Point(point) => multiply(point, &numbers.t).into(),
        KeyForm::Table(table) => table.multiply(&numbers.t),
    };
    let sum = generator.add_lowest_row(from_key, &numbers.s);
    // infinity has no x: refused, as the standard's (x, y) does not exist
    !sum.is_infinity() && (sum.has_x(&numbers.x0) || numbers.second_x().is_some_and(|x| sum.has_x(&x)))
}

/// t P for a key seen for the first time.
#[inline(always)]
pub(crate) fn multiply(point: &Affine, t: &Limbs) -> Jacobian {
    let (digits, length) = recode::sparse(t);
    let one = Jacobian::from(*point);
    let two = one.double().prepare();
    let mut odd = [one.prepare(); 8];
    let mut multiple = one;
    for slot in odd.iter_mut().skip(1) {
        multiple = multiple.add_prepared(&two, false);
        *slot = multiple.prepare();
    }
    let mut sum = Jacobian::INFINITY;
    for &digit in digits[..length].iter().rev() {
        sum = sum.double();
        if digit != 0 {
            sum = sum.add_prepared(&odd[digit.unsigned_abs() as usize / 2], digit < 0);
        }
    }
    sum
}

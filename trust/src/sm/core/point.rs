//! Points of sm2p256v1, y^2 = x^3 - 3x + b, for **public** data: the formulas
//! branch on infinity and on equal points.

use super::{field::Fe, limbs};

/// b in Montgomery form, from its octets (GB/T 32918.5 A.1).
fn b() -> Fe {
    const B: limbs::Limbs = limbs::from_be(&[
        0x28, 0xE9, 0xFA, 0x9E, 0x9D, 0x9F, 0x5E, 0x34, 0x4D, 0x5A, 0x9E, 0x4B, 0xCF, 0x65, 0x09, 0xA7, 0xF3, 0x97,
        0x89, 0xF5, 0x15, 0xAB, 0x8F, 0x92, 0xDD, 0xBC, 0xBD, 0x41, 0x4D, 0x94, 0x0E, 0x93,
    ]);
    Fe::from_plain(&B)
}

/// A point other than infinity; 64 octets, one cache line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub(crate) struct Affine {
    pub(crate) x: Fe,
    pub(crate) y: Fe,
}

impl Affine {
    /// Fills places not used yet; not a point of the curve.
    pub(crate) const ANY: Self = Self { x: Fe::ZERO, y: Fe::ZERO };

    /// From x || y, 32 big-endian octets each; `None` unless both are below p
    /// and the point is on the curve. The cofactor is 1: nothing else to check.
    pub(crate) fn from_octets(x: &[u8; 32], y: &[u8; 32]) -> Option<Self> {
        let point = Self { x: Fe::from_octets(x)?, y: Fe::from_octets(y)? };
        let three_x = point.x.double().add(&point.x);
        let right = point.x.square().mul(&point.x).sub(&three_x).add(&b());
        (point.y.square() == right).then_some(point)
    }

    /// The generator G.
    pub(crate) fn generator() -> Self {
        const X: limbs::Limbs = limbs::from_be(&[
            0x32, 0xC4, 0xAE, 0x2C, 0x1F, 0x19, 0x81, 0x19, 0x5F, 0x99, 0x04, 0x46, 0x6A, 0x39, 0xC9, 0x94, 0x8F, 0xE3,
            0x0B, 0xBF, 0xF2, 0x66, 0x0B, 0xE1, 0x71, 0x5A, 0x45, 0x89, 0x33, 0x4C, 0x74, 0xC7,
        ]);
        const Y: limbs::Limbs = limbs::from_be(&[
            0xBC, 0x37, 0x36, 0xA2, 0xF4, 0xF6, 0x77, 0x9C, 0x59, 0xBD, 0xCE, 0xE3, 0x6B, 0x69, 0x21, 0x53, 0xD0, 0xA9,
            0x87, 0x7C, 0xC6, 0x2A, 0x47, 0x40, 0x02, 0xDF, 0x32, 0xE5, 0x21, 0x39, 0xF0, 0xA0,
        ]);
        Self { x: Fe::from_plain(&X), y: Fe::from_plain(&Y) }
    }

    /// x || y, 32 big-endian octets each.
    pub(crate) fn to_octets(self) -> [u8; 64] {
        let mut out = [0; 64];
        out[..32].copy_from_slice(&limbs::to_be(&self.x.to_plain()));
        out[32..].copy_from_slice(&limbs::to_be(&self.y.to_plain()));
        out
    }
}

/// A point as (x / z^2, y / z^3); infinity where z = 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jacobian {
    pub(crate) x: Fe,
    pub(crate) y: Fe,
    pub(crate) z: Fe,
}

/// A point as (x / zz, y / zzz) with zz^3 = zzz^2; infinity where zz = 0. An
/// addition is one product cheaper than in Jacobian form, a doubling dearer:
/// for sums that are not doubled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extended {
    x: Fe,
    y: Fe,
    zz: Fe,
    zzz: Fe,
}

impl From<Jacobian> for Extended {
    #[inline(always)]
    fn from(point: Jacobian) -> Self {
        let zz = point.z.square();
        Self { x: point.x, y: point.y, zz, zzz: zz.mul(&point.z) }
    }
}

impl Extended {
    #[inline(always)]
    pub(crate) fn is_infinity(&self) -> bool {
        self.zz.is_zero()
    }

    /// self + other, or self - other where `negate`: 8 products, 2 squarings.
    #[inline(always)]
    pub(crate) fn add_affine(&self, other: &Affine, negate: bool) -> Self {
        let other_y = other.y.negate_if(negate);
        if self.is_infinity() {
            return Self { x: other.x, y: other_y, zz: Fe::ONE, zzz: Fe::ONE };
        }
        let h = other.x.mul(&self.zz).sub(&self.x);
        let r = other_y.mul(&self.zzz).sub(&self.y);
        if h.is_zero() {
            return self.add_same_x(&r);
        }
        let hh = h.square();
        let hhh = h.mul(&hh);
        let v = self.x.mul(&hh);
        let x = r.square().sub(&hhh).sub(&v.double());
        let y = r.mul(&v.sub(&x)).sub(&self.y.mul(&hhh));
        Self { x, y, zz: self.zz.mul(&hh), zzz: self.zzz.mul(&hhh) }
    }

    /// The sum of two points with equal x: twice the point, or infinity.
    #[cold]
    #[inline(never)]
    fn add_same_x(&self, r: &Fe) -> Self {
        if r.is_zero() { self.to_jacobian().double().into() } else { Jacobian::INFINITY.into() }
    }

    /// The same point with z = zzz: x / zz = x zz^2 / zzz^2, y / zzz = y zzz^2 / zzz^3.
    pub(crate) fn to_jacobian(self) -> Jacobian {
        Jacobian { x: self.x.mul(&self.zz.square()), y: self.y.mul(&self.zzz.square()), z: self.zzz }
    }

    /// Whether the affine x is the plain number `x`, which must be below p.
    /// Compares x * zz with X and so needs no inversion.
    #[inline(always)]
    pub(crate) fn has_x(&self, x: &limbs::Limbs) -> bool {
        Fe::from_plain(x).mul(&self.zz) == self.x
    }
}

/// A Jacobian point that will be added often, with z^2 and z^3.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prepared {
    point: Jacobian,
    zz: Fe,
    zzz: Fe,
}

impl From<Affine> for Jacobian {
    fn from(point: Affine) -> Self {
        Self { x: point.x, y: point.y, z: Fe::ONE }
    }
}

impl Jacobian {
    /// The point at infinity.
    pub(crate) const INFINITY: Self = Self { x: Fe::ONE, y: Fe::ONE, z: Fe::ZERO };

    #[inline(always)]
    pub(crate) fn is_infinity(&self) -> bool {
        self.z.is_zero()
    }

    /// 2 * self: 4 products, 4 squarings (a = -3).
    #[inline(always)]
    pub(crate) fn double(&self) -> Self {
        let y2 = self.y.double();
        let zz = self.z.square();
        let yy4 = y2.square();
        let z = y2.mul(&self.z);
        let m = self.x.add(&zz).mul(&self.x.sub(&zz));
        let m = m.double().add(&m);
        let s = yy4.mul(&self.x);
        let yyyy8 = yy4.square().half();
        let x = m.square().sub(&s.double());
        let y = m.mul(&s.sub(&x)).sub(&yyyy8);
        Self { x, y, z }
    }

    /// self + other, or self - other where `negate`: 8 products, 3 squarings.
    #[inline(always)]
    pub(crate) fn add_affine(&self, other: &Affine, negate: bool) -> Self {
        let other_y = other.y.negate_if(negate);
        if self.is_infinity() {
            return Self { x: other.x, y: other_y, z: Fe::ONE };
        }
        let zz = self.z.square();
        let h = other.x.mul(&zz).sub(&self.x);
        let r = other_y.mul(&self.z.mul(&zz)).sub(&self.y);
        if h.is_zero() {
            return self.add_same_x(&r);
        }
        self.finish_add(&self.x, &self.y, &h, &r, self.z.mul(&h))
    }

    /// self + other, or self - other where `negate`: 11 products, 3 squarings.
    #[inline(always)]
    pub(crate) fn add_prepared(&self, other: &Prepared, negate: bool) -> Self {
        let other_y = other.point.y.negate_if(negate);
        if self.is_infinity() {
            return Self { y: other_y, ..other.point };
        }
        let zz = self.z.square();
        let x1 = self.x.mul(&other.zz);
        let y1 = self.y.mul(&other.zzz);
        let h = other.point.x.mul(&zz).sub(&x1);
        let r = other_y.mul(&self.z.mul(&zz)).sub(&y1);
        if h.is_zero() {
            return self.add_same_x(&r);
        }
        self.finish_add(&x1, &y1, &h, &r, self.z.mul(&other.point.z).mul(&h))
    }

    /// For use with [`Jacobian::add_prepared`]; not for infinity.
    pub(crate) fn prepare(&self) -> Prepared {
        let zz = self.z.square();
        Prepared { point: *self, zz, zzz: zz.mul(&self.z) }
    }

    #[inline(always)]
    fn finish_add(&self, x1: &Fe, y1: &Fe, h: &Fe, r: &Fe, z: Fe) -> Self {
        let hh = h.square();
        let hhh = h.mul(&hh);
        let v = x1.mul(&hh);
        let x = r.square().sub(&hhh).sub(&v.double());
        let y = r.mul(&v.sub(&x)).sub(&y1.mul(&hhh));
        Self { x, y, z }
    }

    /// The sum of two points with equal x: twice the point, or infinity.
    #[cold]
    #[inline(never)]
    fn add_same_x(&self, r: &Fe) -> Self {
        if r.is_zero() { self.double() } else { Self::INFINITY }
    }
}

/// The affine form of points none of which is infinity, with one inversion
/// for all of them.
pub(crate) fn to_affine(points: &[Jacobian]) -> Vec<Affine> {
    let mut running = Fe::ONE;
    let before: Vec<Fe> = points
        .iter()
        .map(|point| {
            let product = running;
            running = running.mul(&point.z);
            product
        })
        .collect();
    let mut inverse = running.invert();
    let mut out: Vec<Affine> = points
        .iter()
        .zip(&before)
        .rev()
        .map(|(point, before)| {
            let z = inverse.mul(before);
            inverse = inverse.mul(&point.z);
            let zz = z.square();
            Affine { x: point.x.mul(&zz), y: point.y.mul(&zz.mul(&z)) }
        })
        .collect();
    out.reverse();
    out
}

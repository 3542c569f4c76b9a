//! RustCrypto's arithmetic, as a second opinion and to make signatures that
//! hold for numbers chosen beforehand.

use crate::sm::core::{
    limbs::{self, Limbs},
    point::Affine,
};
use ::sm2::{
    FieldBytes, ProjectivePoint, PublicKey, Scalar,
    dsa::{self, signature::hazmat::PrehashVerifier as _},
    elliptic_curve::{PrimeField as _, sec1::ToSec1Point as _},
};

/// A claim as the tests make it.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) key: [u8; 65],
    pub(super) e: [u8; 32],
    pub(super) r: [u8; 32],
    pub(super) s: [u8; 32],
}

impl Case {
    pub(super) fn point(&self) -> Affine {
        affine(&self.key)
    }

    pub(super) fn octets(&self) -> &[u8; 64] {
        let [_, octets @ ..] = &self.key;
        octets
    }

    /// What RustCrypto says.
    pub(super) fn holds(&self) -> bool {
        let Ok(key) = dsa::VerifyingKey::from_sec1_bytes("", &self.key) else { return false };
        let Ok(signature) = dsa::Signature::from_scalars(self.r, self.s) else { return false };
        key.verify_prehash(&self.e, &signature).is_ok()
    }
}

pub(super) fn affine(sec1: &[u8; 65]) -> Affine {
    let (mut x, mut y) = ([0; 32], [0; 32]);
    x.copy_from_slice(&sec1[1..33]);
    y.copy_from_slice(&sec1[33..]);
    Affine::from_octets(&x, &y).expect("a point on the curve")
}

pub(super) fn scalar(a: &Limbs) -> Scalar {
    Scalar::from_repr(FieldBytes::from(limbs::to_be(a))).expect("below n")
}

pub(super) fn generator_times(k: &Limbs) -> ProjectivePoint {
    ProjectivePoint::GENERATOR * scalar(k)
}

/// 04 || x || y; `None` for infinity.
pub(super) fn sec1(point: &ProjectivePoint) -> Option<[u8; 65]> {
    point.to_affine().to_sec1_point(false).as_bytes().try_into().ok()
}

pub(super) fn x_of(point: &ProjectivePoint) -> Option<Limbs> {
    let octets = sec1(point)?;
    let x: [u8; 32] = octets[1..33].try_into().expect("32 octets");
    Some(limbs::from_be(&x))
}

/// The point of the curve with this x, if there is one: y = a^((p+1)/4).
pub(super) fn with_x(x: &Limbs) -> Option<ProjectivePoint> {
    let mut compressed = [2; 33];
    compressed[1..].copy_from_slice(&limbs::to_be(x));
    PublicKey::from_sec1_bytes(&compressed).ok().map(|key| key.to_projective())
}

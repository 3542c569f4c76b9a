//! Structures, octet for octet: GM/T 0018, 5.3.
//!
//! They are packed to one octet, as in the standard's header; numbers are of the
//! host, values big-endian and right-aligned with zero octets before them. `L` is
//! `ECCref_MAX_LEN`: 64 in the standard ([`WIDE`]), 32 in headers that some vendors
//! built for curves of 256 bits ([`NARROW`]). Whoever hands over a structure of the wrong width reads
//! zeros or another's memory, so both sides name theirs and test it.

/// `ECCref_MAX_LEN` of the standard: `ECCref_MAX_BITS` is 512.
pub const WIDE: usize = 64;

/// `ECCref_MAX_LEN` where `ECCref_MAX_BITS` is 256.
pub const NARROW: usize = 32;

/// Bits of the curve sm2p256v1.
pub const SM2_BITS: u32 = 256;

/// `ECCrefPublicKey`.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct EccPublicKey<const L: usize> {
    /// Bits of the field: [`SM2_BITS`].
    pub bits: u32,
    /// The first coordinate.
    pub x: [u8; L],
    /// The second coordinate.
    pub y: [u8; L],
}

/// `ECCrefPrivateKey`. Only of functions for testing, never of a key inside a device.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct EccPrivateKey<const L: usize> {
    /// Bits of the field: [`SM2_BITS`].
    pub bits: u32,
    /// The number d.
    pub k: [u8; L],
}

/// `ECCSignature`.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct EccSignature<const L: usize> {
    /// The number r.
    pub r: [u8; L],
    /// The number s.
    pub s: [u8; L],
}

/// `ECCCipher` up to the ciphertext, which follows it with [`EccCipher::l`] octets.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct EccCipher<const L: usize> {
    /// First coordinate of C1.
    pub x: [u8; L],
    /// Second coordinate of C1.
    pub y: [u8; L],
    /// C3, the digest.
    pub m: [u8; 32],
    /// Octets of C2.
    pub l: u32,
}

/// `DEVICEINFO`.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub struct DeviceInfo {
    /// Who made the device.
    pub issuer_name: [u8; 40],
    /// Its model.
    pub device_name: [u8; 16],
    /// Date (8 characters), batch (3) and number (5).
    pub device_serial: [u8; 16],
    /// Version of its inside.
    pub device_version: u32,
    /// Version of the standard that it keeps to.
    pub standard_version: u32,
    /// Algorithms, and the lengths of their keys.
    pub asym_alg_ability: [u32; 2],
    /// Symmetric algorithms.
    pub sym_alg_ability: u32,
    /// Digest algorithms.
    pub hash_alg_ability: u32,
    /// Most octets that one call takes.
    pub buffer_size: u32,
}

impl DeviceInfo {
    /// All zeros, for a device to fill.
    pub const EMPTY: Self = Self {
        issuer_name: [0; 40],
        device_name: [0; 16],
        device_serial: [0; 16],
        device_version: 0,
        standard_version: 0,
        asym_alg_ability: [0; 2],
        sym_alg_ability: 0,
        hash_alg_ability: 0,
        buffer_size: 0,
    };
}

impl<const L: usize> EccPublicKey<L> {
    /// Of a point 04 ‖ x ‖ y.
    pub fn from_sec1(sec1: &[u8; 65]) -> Self {
        let [_, coordinates @ ..] = sec1;
        let (x, y) = halves(coordinates);
        Self { bits: SM2_BITS, x: widen(&x), y: widen(&y) }
    }

    /// As 04 ‖ x ‖ y; `None` where it is no structure of a key of 256 bits. Whether the
    /// point is on the curve is not looked at.
    pub fn to_sec1(self) -> Option<[u8; 65]> {
        if self.bits != SM2_BITS {
            return None;
        }
        let (x, y) = (narrow(self.x)?, narrow(self.y)?);
        let mut sec1 = [4; 65];
        let [_, coordinates @ ..] = &mut sec1;
        for (to, from) in coordinates.iter_mut().zip(x.iter().chain(&y)) {
            *to = *from;
        }
        Some(sec1)
    }
}

impl<const L: usize> EccPrivateKey<L> {
    /// Of d.
    pub fn from_octets(d: &[u8; 32]) -> Self {
        Self { bits: SM2_BITS, k: widen(d) }
    }
}

impl<const L: usize> EccSignature<L> {
    /// Of r and s.
    pub fn from_numbers(r: &[u8; 32], s: &[u8; 32]) -> Self {
        Self { r: widen(r), s: widen(s) }
    }

    /// r and s; `None` where one has more than 256 bits.
    pub fn numbers(self) -> Option<([u8; 32], [u8; 32])> {
        Some((narrow(self.r)?, narrow(self.s)?))
    }
}

/// Right-aligned in a field of `L` octets, at least 32.
pub fn widen<const L: usize>(value: &[u8; 32]) -> [u8; L] {
    let mut field = [0; L];
    for (to, from) in field.iter_mut().rev().zip(value.iter().rev()) {
        *to = *from;
    }
    field
}

/// The value of a field; `None` where it has more than 256 bits.
pub fn narrow<const L: usize>(field: [u8; L]) -> Option<[u8; 32]> {
    let (before, value) = field.split_last_chunk::<32>()?;
    before.iter().all(|octet| *octet == 0).then_some(*value)
}

fn halves(coordinates: &[u8; 64]) -> ([u8; 32], [u8; 32]) {
    let (mut x, mut y) = ([0; 32], [0; 32]);
    for (to, from) in x.iter_mut().chain(&mut y).zip(coordinates) {
        *to = *from;
    }
    (x, y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::mem::{align_of, offset_of, size_of};

    #[test]
    fn layouts_are_those_of_the_standard() {
        assert_eq!(size_of::<EccPublicKey<WIDE>>(), 132);
        assert_eq!((offset_of!(EccPublicKey<WIDE>, x), offset_of!(EccPublicKey<WIDE>, y)), (4, 68));
        assert_eq!(size_of::<EccPrivateKey<WIDE>>(), 68);
        assert_eq!(offset_of!(EccPrivateKey<WIDE>, k), 4);
        assert_eq!(size_of::<EccSignature<WIDE>>(), 128);
        assert_eq!(offset_of!(EccSignature<WIDE>, s), 64);
        assert_eq!(size_of::<EccCipher<WIDE>>(), 164);
        assert_eq!(offset_of!(EccCipher<WIDE>, y), 64);
        assert_eq!(offset_of!(EccCipher<WIDE>, m), 128);
        assert_eq!(offset_of!(EccCipher<WIDE>, l), 160);
        assert_eq!(size_of::<DeviceInfo>(), 100);
        let offsets = [
            offset_of!(DeviceInfo, issuer_name),
            offset_of!(DeviceInfo, device_name),
            offset_of!(DeviceInfo, device_serial),
            offset_of!(DeviceInfo, device_version),
            offset_of!(DeviceInfo, standard_version),
            offset_of!(DeviceInfo, asym_alg_ability),
            offset_of!(DeviceInfo, sym_alg_ability),
            offset_of!(DeviceInfo, hash_alg_ability),
            offset_of!(DeviceInfo, buffer_size),
        ];
        assert_eq!(offsets, [0, 40, 56, 72, 76, 80, 88, 92, 96]);
        assert_eq!(align_of::<DeviceInfo>(), 1);
    }

    #[test]
    fn narrow_layouts_have_half_the_fields() {
        assert_eq!(size_of::<EccPublicKey<NARROW>>(), 68);
        assert_eq!((offset_of!(EccPublicKey<NARROW>, x), offset_of!(EccPublicKey<NARROW>, y)), (4, 36));
        assert_eq!(size_of::<EccPrivateKey<NARROW>>(), 36);
        assert_eq!(size_of::<EccSignature<NARROW>>(), 64);
        assert_eq!(offset_of!(EccSignature<NARROW>, s), 32);
        assert_eq!(size_of::<EccCipher<NARROW>>(), 100);
        assert_eq!(offset_of!(EccCipher<NARROW>, l), 96);
    }

    #[test]
    fn values_are_right_aligned_behind_zeros() {
        let mut sec1 = [4; 65];
        sec1[1] = 0xAB;
        sec1[64] = 0xCD;
        let key = EccPublicKey::<WIDE>::from_sec1(&sec1);
        let (bits, x, y) = (key.bits, key.x, key.y);
        assert_eq!((bits, x[31], x[32], y[63]), (256, 0, 0xAB, 0xCD));
        assert_eq!(key.to_sec1(), Some(sec1));
        assert_eq!(EccPublicKey::<NARROW>::from_sec1(&sec1).to_sec1(), Some(sec1));

        let left = EccPublicKey::<WIDE> { x: [1; WIDE], ..key };
        assert_eq!(left.to_sec1(), None, "a value of 512 bits");
        assert_eq!(EccPublicKey::<WIDE> { bits: 384, ..key }.to_sec1(), None);
        let signature = EccSignature::<WIDE>::from_numbers(&[1; 32], &[2; 32]);
        assert_eq!(signature.numbers(), Some(([1; 32], [2; 32])));
        assert_eq!(EccSignature::<WIDE> { s: [9; WIDE], ..signature }.numbers(), None);
    }
}

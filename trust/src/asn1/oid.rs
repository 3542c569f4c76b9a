//! Object identifiers, compared by their content octets.

use core::fmt;

/// The content octets of an OBJECT IDENTIFIER in shortest form.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Oid<'a>(&'a [u8]);

impl<'a> Oid<'a> {
    /// From content octets; `None` where an arc is cut off or has leading padding.
    pub fn from_content(content: &'a [u8]) -> Option<Self> {
        let last = content.last()?;
        let padded = |i: usize| content[i] == 0x80 && (i == 0 || content[i - 1] & 0x80 == 0);
        let sound = last & 0x80 == 0 && content.len() <= 64 && !(0..content.len()).any(padded);
        sound.then_some(Self(content))
    }

    /// The content octets.
    pub const fn content(self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Display for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        let mut arc: u128 = 0;
        for &octet in self.0 {
            // arcs beyond 121 bits occur in no registry; they are shown cut, never compared
            arc = arc.wrapping_shl(7) | u128::from(octet & 0x7F);
            if octet & 0x80 != 0 {
                continue;
            }
            if first {
                let root = (arc / 40).min(2);
                write!(f, "{root}.{}", arc - root * 40)?;
                first = false;
            } else {
                write!(f, ".{arc}")?;
            }
            arc = 0;
        }
        Ok(())
    }
}

impl fmt::Debug for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The identifiers this crate knows (GB/T 33560-2017, RFC 5280, RFC 5652, RFC 3161).
#[expect(missing_docs, reason = "each name and its dotted form say it")]
pub mod oids {
    use super::Oid;

    // 1.2.156.10197 = 2A 81 1C CF 55
    pub const SM2_CURVE: Oid<'static> = Oid(&[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D]);
    /// 1.2.156.10197.1.301.1
    pub const SM2_SIGN: Oid<'static> = Oid(&[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x82, 0x2D, 0x01]);
    /// 1.2.156.10197.1.401
    pub const SM3: Oid<'static> = Oid(&[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x83, 0x11]);
    /// 1.2.156.10197.1.401.1
    pub const SM3_PLAIN: Oid<'static> = Oid(&[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x83, 0x11, 0x01]);
    /// 1.2.156.10197.1.501
    pub const SM2_SM3: Oid<'static> = Oid(&[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x01, 0x83, 0x75]);
    /// 1.2.156.10197.6.1.4.2.1
    pub const GM_DATA: Oid<'static> = Oid(&[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x06, 0x01, 0x04, 0x02, 0x01]);
    /// 1.2.156.10197.6.1.4.2.2
    pub const GM_SIGNED_DATA: Oid<'static> = Oid(&[0x2A, 0x81, 0x1C, 0xCF, 0x55, 0x06, 0x01, 0x04, 0x02, 0x02]);

    pub const EC_PUBLIC_KEY: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]);
    pub const P256: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]);
    pub const ECDSA_SHA256: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]);
    pub const RSA: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]);
    pub const RSA_SHA256: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]);
    pub const ED25519: Oid<'static> = Oid(&[0x2B, 0x65, 0x70]);
    pub const SHA256: Oid<'static> = Oid(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]);

    pub const DATA: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01]);
    pub const SIGNED_DATA: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02]);
    pub const CONTENT_TYPE: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03]);
    pub const MESSAGE_DIGEST: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04]);
    pub const SIGNING_TIME: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x05]);
    /// id-ct-TSTInfo, 1.2.840.113549.1.9.16.1.4
    pub const TST_INFO: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x04]);
    /// id-kp-timeStamping, 1.3.6.1.5.5.7.3.8
    pub const TIME_STAMPING: Oid<'static> = Oid(&[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_forms() {
        assert_eq!(oids::SM2_SM3.to_string(), "1.2.156.10197.1.501");
        assert_eq!(oids::SM2_CURVE.to_string(), "1.2.156.10197.1.301");
        assert_eq!(oids::GM_SIGNED_DATA.to_string(), "1.2.156.10197.6.1.4.2.2");
        assert_eq!(oids::TST_INFO.to_string(), "1.2.840.113549.1.9.16.1.4");
        assert_eq!(oids::SHA256.to_string(), "2.16.840.1.101.3.4.2.1");
        assert_eq!(Oid::from_content(&[0x2A, 0x80, 0x01]), None);
        assert_eq!(Oid::from_content(&[0x2A, 0x81]), None);
        assert_eq!(Oid::from_content(&[]), None);
    }
}

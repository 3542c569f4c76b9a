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

/// The content octets of a dotted identifier such as `1.2.156.10197.1.501`, for [`Oid::from_content`]; `None` for
/// what is none, or has an arc from 2^64 on.
pub fn content_of_dotted(text: &str) -> Option<Vec<u8>> {
    let arc = |text: &str| {
        let plain =
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
        if plain { text.parse::<u64>().ok() } else { None }
    };
    let (root, rest) = text.split_once('.')?;
    let (second, rest) = rest.split_once('.').map_or((rest, None), |(second, rest)| (second, Some(rest)));
    let (root, second) = (arc(root)?, arc(second)?);
    if root > 2 || (root < 2 && second > 39) {
        return None;
    }
    let mut content = Vec::new();
    let first = second.checked_add(root * 40)?;
    for arc in core::iter::once(Some(first)).chain(rest.iter().flat_map(|rest| rest.split('.')).map(arc)) {
        let mut rest = arc?;
        let mut octets = vec![(rest & 0x7F) as u8];
        while rest > 0x7F {
            rest >>= 7;
            octets.push(0x80 | (rest & 0x7F) as u8);
        }
        content.extend(octets.iter().rev());
    }
    Oid::from_content(&content).is_some().then_some(content)
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
    pub const SHA384: Oid<'static> = Oid(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02]);
    pub const SHA512: Oid<'static> = Oid(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03]);
    /// 1.3.14.3.2.26
    pub const SHA1: Oid<'static> = Oid(&[0x2B, 0x0E, 0x03, 0x02, 0x1A]);

    pub const DATA: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01]);
    pub const SIGNED_DATA: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02]);
    pub const CONTENT_TYPE: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03]);
    pub const MESSAGE_DIGEST: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04]);
    pub const SIGNING_TIME: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x05]);
    /// id-ct-TSTInfo, 1.2.840.113549.1.9.16.1.4
    pub const TST_INFO: Oid<'static> = Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x04]);
    /// id-aa-signingCertificate, 1.2.840.113549.1.9.16.2.12
    pub const SIGNING_CERTIFICATE: Oid<'static> =
        Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x0C]);
    /// id-aa-signingCertificateV2, 1.2.840.113549.1.9.16.2.47
    pub const SIGNING_CERTIFICATE_V2: Oid<'static> =
        Oid(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x02, 0x2F]);
    /// id-kp-OCSPSigning, 1.3.6.1.5.5.7.3.9
    pub const OCSP_SIGNING: Oid<'static> = Oid(&[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09]);
    /// id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1
    pub const OCSP_BASIC: Oid<'static> = Oid(&[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01]);
    /// id-pkix-ocsp-nonce, 1.3.6.1.5.5.7.48.1.2
    pub const OCSP_NONCE: Oid<'static> = Oid(&[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02]);
    /// id-pkix-ocsp-nocheck, 1.3.6.1.5.5.7.48.1.5
    pub const OCSP_NO_CHECK: Oid<'static> = Oid(&[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x05]);
    /// id-kp-clientAuth, 1.3.6.1.5.5.7.3.2
    pub const CLIENT_AUTH: Oid<'static> = Oid(&[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02]);
    /// id-kp-documentSigning (RFC 9336), 1.3.6.1.5.5.7.3.36
    pub const DOCUMENT_SIGNING: Oid<'static> = Oid(&[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x24]);
    /// id-pe-authorityInfoAccess, 1.3.6.1.5.5.7.1.1
    pub const AUTHORITY_INFO_ACCESS: Oid<'static> = Oid(&[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01]);
    /// id-ad-ocsp, 1.3.6.1.5.5.7.48.1
    pub const AD_OCSP: Oid<'static> = Oid(&[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01]);
    /// id-kp-timeStamping, 1.3.6.1.5.5.7.3.8
    pub const TIME_STAMPING: Oid<'static> = Oid(&[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08]);
    /// subjectAltName
    pub const SUBJECT_ALT_NAME: Oid<'static> = Oid(&[0x55, 0x1D, 0x11]);
    /// nameConstraints
    pub const NAME_CONSTRAINTS: Oid<'static> = Oid(&[0x55, 0x1D, 0x1E]);
    /// certificatePolicies
    pub const CERTIFICATE_POLICIES: Oid<'static> = Oid(&[0x55, 0x1D, 0x20]);
    /// anyPolicy
    pub const ANY_POLICY: Oid<'static> = Oid(&[0x55, 0x1D, 0x20, 0x00]);
    /// policyMappings
    pub const POLICY_MAPPINGS: Oid<'static> = Oid(&[0x55, 0x1D, 0x21]);
    /// policyConstraints
    pub const POLICY_CONSTRAINTS: Oid<'static> = Oid(&[0x55, 0x1D, 0x24]);
    /// inhibitAnyPolicy
    pub const INHIBIT_ANY_POLICY: Oid<'static> = Oid(&[0x55, 0x1D, 0x36]);
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
        for oid in [oids::SM2_SM3, oids::TST_INFO, oids::SHA256, oids::OCSP_NONCE] {
            assert_eq!(content_of_dotted(&oid.to_string()).as_deref(), Some(oid.content()));
        }
        assert_eq!(content_of_dotted("2.999.1").as_deref(), Some(&[0x88, 0x37, 1][..]));
        for text in ["", "1", "3.1", "1.40", "1.2.", "1..2", "1.2.03", "1.2.x", "1.2.18446744073709551616"] {
            assert_eq!(content_of_dotted(text), None, "{text}");
        }
        assert_eq!(Oid::from_content(&[0x2A, 0x80, 0x01]), None);
        assert_eq!(Oid::from_content(&[0x2A, 0x81]), None);
        assert_eq!(Oid::from_content(&[]), None);
    }
}

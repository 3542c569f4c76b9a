//! Codes of authenticator apps: TOTP (RFC 6238) over HOTP (RFC 4226), in the one profile that every app reads:
//! HMAC-SHA-1, six digits, steps of thirty seconds counted from 1970. SHA-1 is asked for no collision here:
//! what is known against it does not touch HMAC.

use data_encoding::BASE32_NOPAD;
use yinxin_trust::{
    base::{Moment, Secret},
    suite::hmac_sha1,
};

/// Seconds of a step (X of RFC 6238 4.1).
pub const STEP_SECONDS: i64 = 30;

/// Digits of a code.
pub const DIGITS: u32 = 6;

/// Octets of a secret (RFC 4226 4, R6: 160 bits recommended).
pub(super) const SECRET_OCTETS: usize = 20;

/// Steps before and after the one of now whose code is taken too: clocks of telephones are off, and people are slow
/// (RFC 6238 5.2 recommends one for the way).
const DRIFT: i64 = 1;

/// What app and register have in common.
pub struct TotpSecret(Secret<[u8; SECRET_OCTETS]>);

/// The step of an instant (T of RFC 6238 4.2).
pub fn step_at(at: Moment) -> i64 {
    at.unix_seconds().div_euclid(STEP_SECONDS)
}

impl TotpSecret {
    /// Of random octets.
    pub const fn new(octets: [u8; SECRET_OCTETS]) -> Self {
        Self(Secret::new(octets))
    }

    /// The octets again; `None` for another length.
    pub(super) fn of(octets: &[u8]) -> Option<Self> {
        Some(Self::new(octets.try_into().ok()?))
    }

    /// The octets, to be sealed.
    pub(super) fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// In Base32, as apps take it.
    pub fn text(&self) -> zeroize::Zeroizing<String> {
        zeroize::Zeroizing::new(BASE32_NOPAD.encode(self.0.expose()))
    }

    /// The code of a step.
    pub fn code(&self, step: i64) -> u32 {
        self.truncated(step) % 10_u32.pow(DIGITS)
    }

    /// The step from one before to one after an instant that has this code, the latest of several. Each is computed,
    /// whatever is found.
    pub(super) fn step_of(&self, code: u32, at: Moment) -> Option<i64> {
        let now = step_at(at);
        (-DRIFT..=DRIFT)
            .map(|drift| now.saturating_add(drift))
            .fold(None, |found, step| if self.code(step) == code { Some(step) } else { found })
    }

    /// 31 bits at the place that the last four name (RFC 4226 5.3).
    fn truncated(&self, step: i64) -> u32 {
        let octets = hmac_sha1(self.0.expose(), &step.to_be_bytes());
        let offset = usize::from(octets.last().copied().unwrap_or_default() & 0x0f);
        let four = octets.iter().skip(offset).take(4);
        four.fold(0_u32, |value, octet| (value << 8) | u32::from(*octet)) & 0x7fff_ffff
    }
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment::from_unix_seconds(seconds).unwrap()
    }

    /// RFC 6238, appendix B, the rows of SHA1: eight digits, of which ours are the last six.
    #[test]
    fn the_vectors_of_rfc_6238() {
        let secret = TotpSecret::new(*b"12345678901234567890");
        for (seconds, code) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(secret.truncated(step_at(at(seconds))) % 100_000_000, code, "{seconds}");
            assert_eq!(secret.code(step_at(at(seconds))), code % 1_000_000, "{seconds}");
        }
        assert_eq!((step_at(at(59)), step_at(at(1_111_111_109))), (1, 0x23_523EC));
    }

    /// RFC 4226, appendix D.
    #[test]
    fn the_vectors_of_rfc_4226() {
        let secret = TotpSecret::new(*b"12345678901234567890");
        let codes: Vec<_> = (0..10).map(|count| secret.code(count)).collect();
        let due = [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        assert_eq!(codes, due);
    }

    #[test]
    fn one_step_either_way_and_no_more() {
        let secret = TotpSecret::new(*b"12345678901234567890");
        let now = at(1_111_111_111);
        let step = step_at(now);
        for (drift, due) in [(-2, None), (-1, Some(step - 1)), (0, Some(step)), (1, Some(step + 1)), (2, None)] {
            assert_eq!(secret.step_of(secret.code(step + drift), now), due, "{drift}");
        }
    }

    #[test]
    fn a_secret_shows_itself_to_who_asks_for_it_alone() {
        let secret = TotpSecret::new(*b"12345678901234567890");
        assert_eq!(secret.text().as_str(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(format!("{secret:?}"), "TotpSecret(..)");
        assert!(TotpSecret::of(&[0; 19]).is_none() && TotpSecret::of(&[0; 20]).is_some());
    }
}

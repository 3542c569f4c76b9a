//! SM2 keys that follow from public seeds. **Never for production.**

use crate::der::{BitForm, sequence, tagged};
use sm2::{
    FieldBytes, ProjectivePoint, Scalar,
    elliptic_curve::{Group as _, PrimeField as _, ops::Reduce as _, point::AffineCoordinates as _},
};
use yinxin_trust::{
    asn1::Tag,
    sm::{
        Signature,
        sm2::{DEFAULT_ID, PrivateKey, PublicKey},
        sm3,
    },
};
use zeroize::Zeroizing;

/// Mixed into every derivation, so that no key here can be one of anybody's.
const LABEL: &str = "yinxin test key, never for production: ";

/// A key pair whose private key anybody can compute from its seed.
#[derive(Clone)]
pub struct Key {
    seed: String,
    secret: Scalar,
    private: [u8; 32],
    public: PublicKey,
}

/// How a signature value is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValueForm {
    /// DER `SEQUENCE { r, s }`.
    #[default]
    Der,
    /// 64 octets r || s.
    Raw,
    /// Both INTEGERs with a zero octet too many.
    SuperfluousZero,
    /// Both INTEGERs without the zero octet that keeps them positive.
    MissingZero,
}

impl Key {
    /// The key of a seed.
    ///
    /// # Panics
    /// Never: a seed that gives no key is drawn again.
    pub fn from_seed(seed: &str) -> Self {
        (0_u32..)
            .find_map(|round| {
                let digest = sm3::digest(format!("{LABEL}{seed} {round}").as_bytes());
                let secret = Scalar::reduce(&FieldBytes::from(digest));
                let private: [u8; 32] = secret.to_repr().into();
                let key = PrivateKey::from_octets(&Zeroizing::new(private)).ok()?;
                Some(Self { seed: seed.to_owned(), secret, private, public: key.public_key().clone() })
            })
            .expect("some round gives a key")
    }

    /// The public key.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The private key as the product holds it.
    ///
    /// # Panics
    /// Never: it was in range when the key was made.
    pub fn private(&self) -> PrivateKey {
        PrivateKey::from_octets(&Zeroizing::new(self.private)).expect("checked when made")
    }

    /// d, 32 octets big-endian.
    pub const fn private_octets(&self) -> &[u8; 32] {
        &self.private
    }

    /// Signs under the default distinguishing id; `salt` gives another nonce.
    ///
    /// # Panics
    /// Never: the default id is short.
    pub fn sign(&self, message: &[u8], salt: u32) -> Signature {
        let e = self.public.message_digest(DEFAULT_ID, message).expect("the default id is short");
        self.sign_digest(&e, salt)
    }

    /// Signs without the Z value: e = SM3(M). Every verifier must refuse it.
    pub fn sign_without_z(&self, message: &[u8]) -> Signature {
        self.sign_digest(&sm3::digest(message), 0)
    }

    /// GB/T 32918.2, 6.1, A3 to A7 for e = SM3(ZA || M), with a nonce that
    /// follows from key, e and salt. Variable time.
    ///
    /// # Panics
    /// Never: a nonce that gives no signature is drawn again.
    pub fn sign_digest(&self, e: &sm3::Digest, salt: u32) -> Signature {
        (0_u32..)
            .find_map(|round| {
                let nonce = [&self.private[..], e, &salt.to_be_bytes(), &round.to_be_bytes()].concat();
                let k = Scalar::reduce(&FieldBytes::from(sm3::digest(&nonce)));
                let x = (ProjectivePoint::generator() * k).to_affine().x();
                let r = Scalar::reduce(&FieldBytes::from(*e)) + Scalar::reduce(&x);
                if bool::from((r + k).is_zero()) {
                    return None;
                }
                let inverse = Option::<Scalar>::from((self.secret + Scalar::ONE).invert())?;
                let s = inverse * (k - r * self.secret);
                Signature::from_numbers(r.to_repr().into(), s.to_repr().into()).ok()
            })
            .expect("some nonce gives a signature")
    }

    /// A signature value over `message` in the asked forms: the value's octets
    /// and the BIT STRING that holds them.
    ///
    /// # Panics
    /// When no nonce shows the form within 2^16 tries.
    pub fn value(&self, message: &[u8], form: ValueForm, bits: BitForm) -> (Vec<u8>, Vec<u8>) {
        (0..0x1_0000)
            .map(|salt| self.sign(message, salt))
            .find_map(|signature| {
                let value = form.write(&signature)?;
                bits.shows_on(&value).then(|| (value.clone(), bits.write(&value)))
            })
            .expect("some nonce shows the form")
    }

    /// The seed.
    pub fn seed(&self) -> &str {
        &self.seed
    }
}

impl core::fmt::Debug for Key {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Key(seed {:?})", self.seed)
    }
}

impl ValueForm {
    /// The value in this form; `None` where these numbers cannot show it.
    pub fn write(self, signature: &Signature) -> Option<Vec<u8>> {
        let numbers = [signature.r(), signature.s()];
        let pair = |integers: Vec<Vec<u8>>| sequence(&[&integers[0], &integers[1]]);
        match self {
            Self::Der => Some(signature.to_der()),
            Self::Raw => Some(signature.to_raw().to_vec()),
            Self::SuperfluousZero => {
                let fits = numbers.iter().all(|n| (1..0x80).contains(&n[0]));
                fits.then(|| pair(numbers.map(|n| tagged(Tag::INTEGER, &[&[0], &n[..]].concat())).to_vec()))
            }
            Self::MissingZero => {
                let fits = numbers.iter().all(|n| n[0] & 0x80 != 0);
                fits.then(|| pair(numbers.map(|n| tagged(Tag::INTEGER, &n[..])).to_vec()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinxin_trust::asn1::{Deviation, Deviations};

    #[test]
    fn the_product_accepts_what_the_kit_signs() {
        let key = Key::from_seed("one");
        let signature = key.sign(b"message", 0);
        assert!(key.public().verify(DEFAULT_ID, b"message", &signature));
        assert!(!key.public().verify(DEFAULT_ID, b"messagf", &signature));
        assert!(!key.public().verify(DEFAULT_ID, b"message", &key.sign_without_z(b"message")));
        assert_ne!(signature, key.sign(b"message", 1));
        assert_eq!(signature, Key::from_seed("one").sign(b"message", 0));
    }

    #[test]
    fn forms_are_read_with_their_deviation() {
        let key = Key::from_seed("two");
        for (form, deviation) in [
            (ValueForm::Der, None),
            (ValueForm::Raw, Some(Deviation::RawSignature)),
            (ValueForm::SuperfluousZero, Some(Deviation::IntegerSuperfluousZero)),
            (ValueForm::MissingZero, Some(Deviation::IntegerMissingZero)),
        ] {
            let mut seen = Deviations::default();
            let (value, _) = key.value(b"m", form, BitForm::Whole);
            let (signature, _) = Signature::from_wire(&value, &mut seen).expect("a form that occurs");
            assert_eq!(seen.first(), deviation);
            assert!(key.public().verify(DEFAULT_ID, b"m", &signature));
        }
    }
}

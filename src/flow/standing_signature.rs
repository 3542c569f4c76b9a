//! What a register answers about a licence, signed, so that other localities can tell
//! whose answer it is and keep it.
//!
//! SM2 with SM3 under the default distinguishing id, over the line `yinxin-standing/1`
//! with its line feed and then the octets of the answer; DER in base64, in the header
//! `yinxin-signature`. Only answers about the present are signed. An answer by a printed code is
//! signed behind `yinxin-standing-by-code/1` and a line with the code in capitals: that it is about
//! the code that was asked for, the answer itself does not say.
//!
//! The question is public, and the key may be in a device: a signed answer is given out
//! for ten seconds before another is made, unless something is decided here meanwhile, and no more than `MOST_KEPT` licences are
//! signed for within ten seconds. Beyond that answers go out unsigned, which whoever
//! asks takes for none.

use super::{
    issuer::Issuer,
    standing::{self, StandingError},
};
use crate::flow::issue::IssueError;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    collections::HashMap,
    sync::{Mutex, OnceLock, PoisonError},
};
use yinxin_hsm::{KeyError, KeyReference, KeyStore, Purpose, SignRequest, ToSign};
use yinxin_trust::{
    base::Moment,
    code::{CodeKey, ShortCode},
    evidence::STANDING_DOMAIN,
    licence::identifier::LicenceIdentifier,
    sm::{Signature, sm2},
    suite::PublicKey,
    trust_list::ServiceKey,
};

/// What is signed begins so: the key signs nothing else that could be taken for an answer.
pub(super) const DOMAIN: &[u8] = STANDING_DOMAIN;

/// What is signed of an answer by a printed code begins so.
const BY_CODE: &str = "yinxin-standing-by-code/1";

/// How long a signed answer is given out.
const LIFETIME_MILLISECONDS: i64 = 10_000;

/// Signed answers that are kept at once.
const MOST_KEPT: usize = 256;

/// An answer as it goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingAnswer {
    /// JSON.
    pub octets: Vec<u8>,
    /// The signature over it, where there is one.
    pub signature: Option<String>,
}

/// Answers by identifier, and when they were made; none while a signature is being made.
type Kept = HashMap<Box<str>, (Moment, Option<StandingAnswer>)>;

/// The key that answers are signed with, and the answers of the last seconds.
pub(super) struct StandingSigner {
    key: KeyReference,
    public: OnceLock<CodeKey>,
    kept: Mutex<Kept>,
}

impl StandingSigner {
    pub(super) fn new(key: KeyReference) -> Self {
        Self { key, public: OnceLock::new(), kept: Mutex::default() }
    }

    /// The key in custody.
    pub(super) const fn key(&self) -> &KeyReference {
        &self.key
    }

    /// Its public half, as what it signs is checked by; custody is asked until it has told it once.
    pub(super) fn code_key(&self, keys: &dyn KeyStore) -> Option<&CodeKey> {
        let told = self.told_key(keys);
        told.inspect_err(|error| tracing::warn!(key = %self.key, %error, "no public key")).ok().flatten()
    }

    /// As [`StandingSigner::code_key`]; none for a key of another suite.
    pub(super) fn told_key(&self, keys: &dyn KeyStore) -> Result<Option<&CodeKey>, KeyError> {
        if self.public.get().is_none() {
            let Some(PublicKey::Sm2(public)) = keys.describe(&self.key)?.public_key else { return Ok(None) };
            // from when on, nobody wrote down: it signs for this register alone
            let Ok(always) = Moment::from_unix_seconds(0) else { return Ok(None) };
            let _ = self.public.set(CodeKey::new(public, always, None));
        }
        Ok(self.public.get())
    }

    /// Gives no answer out that was made before.
    pub(super) fn forget(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // the places stay taken
        kept.values_mut().for_each(|(_, answer)| *answer = None);
    }

    fn kept(&self, identifier: &str, now: Moment) -> Option<StandingAnswer> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(identifier).filter(|(made, _)| is_young(*made, now)).and_then(|(_, answer)| answer.clone())
    }

    /// Whether an answer about this licence may be signed now; its place is taken.
    fn admit(&self, identifier: &str, now: Moment) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (made, _)| is_young(*made, now));
        if kept.len() >= MOST_KEPT && !kept.contains_key(identifier) {
            return false;
        }
        kept.entry(identifier.into()).or_insert((now, None));
        true
    }

    /// An answer without a signature is kept too: a key that fails is not asked at once again.
    fn keep(&self, identifier: &str, now: Moment, answer: &StandingAnswer) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = kept.get_mut(identifier) {
            *place = (now, Some(answer.clone()));
        }
    }

    pub(super) fn sign(&self, keys: &dyn KeyStore, domain: &[u8], octets: &[u8], now: Moment) -> Option<String> {
        let message = [domain, octets].concat();
        let request = SignRequest::new(Purpose::Status, ToSign::Message(&message), now);
        match keys.sign(&self.key, &request) {
            Ok(signature) => Some(STANDARD.encode(signature.to_octets())),
            Err(error) => {
                tracing::warn!(key = %self.key, %error, "an answer goes out unsigned");
                None
            }
        }
    }
}

/// A clock that went back makes nothing young.
fn is_young(made: Moment, now: Moment) -> bool {
    (0..LIFETIME_MILLISECONDS).contains(&(now.unix_milliseconds() - made.unix_milliseconds()))
}

/// How a licence stands, as JSON; signed where it speaks for now and a key is configured.
///
/// # Errors
/// [`StandingError`].
pub fn answer(
    issuer: &Issuer,
    identifier: &LicenceIdentifier,
    at: Option<Moment>,
) -> Result<StandingAnswer, StandingError> {
    if at.is_some() {
        return Ok(StandingAnswer { octets: octets_of(issuer, identifier, at)?, signature: None });
    }
    let now = issuer.clock.now().map_err(IssueError::from)?;
    signed(issuer, identifier.as_str(), DOMAIN, now, || octets_of(issuer, identifier, Some(now)))
}

/// As [`answer`], by a printed code, with the fields that everybody may see.
///
/// # Errors
/// [`StandingError`].
pub fn answer_by_code(issuer: &Issuer, code: &str, at: Option<Moment>) -> Result<StandingAnswer, StandingError> {
    let code: ShortCode = code.parse().map_err(|_| StandingError::NotRegistered)?;
    let octets = |at| {
        let found = standing::by_code(issuer, code.as_str(), at)?;
        Ok(serde_json::to_vec(&found).map_err(|error| IssueError::Record(error.to_string()))?)
    };
    if at.is_some() {
        return Ok(StandingAnswer { octets: octets(at)?, signature: None });
    }
    let now = issuer.clock.now().map_err(IssueError::from)?;
    signed(issuer, &format!("code {}", code.as_str()), &domain_of(&code), now, || octets(Some(now)))
}

/// What the signature of an answer by a printed code is over, before the answer.
pub(super) fn domain_of(code: &ShortCode) -> Vec<u8> {
    format!("{BY_CODE}\n{}\n", code.as_str()).into_bytes()
}

/// An answer with the signature over its domain and itself, kept under a name; unsigned where no key is
/// configured or too many are asked for.
///
/// # Errors
/// What making the answer says.
pub(super) fn signed<E>(
    issuer: &Issuer,
    kept_as: &str,
    domain: &[u8],
    now: Moment,
    octets: impl FnOnce() -> Result<Vec<u8>, E>,
) -> Result<StandingAnswer, E> {
    let Some(signer) = &issuer.status else {
        return Ok(StandingAnswer { octets: octets()?, signature: None });
    };
    if let Some(kept) = signer.kept(kept_as, now) {
        return Ok(kept);
    }
    let mut answer = StandingAnswer { octets: octets()?, signature: None };
    if signer.admit(kept_as, now) {
        answer.signature = signer.sign(issuer.keys.as_ref(), domain, &answer.octets, now);
        signer.keep(kept_as, now, &answer);
    }
    Ok(answer)
}

pub(super) fn octets_of(
    issuer: &Issuer,
    identifier: &LicenceIdentifier,
    at: Option<Moment>,
) -> Result<Vec<u8>, StandingError> {
    let found = standing::by_identifier(issuer, identifier, at)?;
    Ok(serde_json::to_vec(&found).map_err(|error| IssueError::Record(error.to_string()))?)
}

/// The signature over an answer behind its domain for a file that is carried elsewhere, DER: each of the register's
/// answers is signed once, whoever asks meanwhile. None where no key is configured, or it does not sign.
pub(super) fn for_file(issuer: &Issuer, domain: &[u8], octets: &[u8], now: Moment) -> Option<Vec<u8>> {
    of_header(&issuer.status.as_ref()?.sign(issuer.keys.as_ref(), domain, octets, now)?)
}

/// Which of the keys signed an answer about a licence. `signature` is DER.
pub(super) fn signer<'a>(
    octets: &[u8],
    signature: &[u8],
    keys: impl IntoIterator<Item = &'a ServiceKey>,
) -> Option<&'a ServiceKey> {
    signer_in(DOMAIN, octets, signature, keys)
}

/// Whether one of the keys signed an answer behind another line.
pub(super) fn is_signed_in<'a>(
    domain: &[u8],
    octets: &[u8],
    signature: &[u8],
    keys: impl IntoIterator<Item = &'a ServiceKey>,
) -> bool {
    signer_in(domain, octets, signature, keys).is_some()
}

fn signer_in<'a>(
    domain: &[u8],
    octets: &[u8],
    signature: &[u8],
    keys: impl IntoIterator<Item = &'a ServiceKey>,
) -> Option<&'a ServiceKey> {
    let signature = Signature::from_der(signature).ok()?;
    let message = [domain, octets].concat();
    keys.into_iter().find(|key| match key.key() {
        PublicKey::Sm2(key) => key.verify(sm2::DEFAULT_ID, &message, &signature),
        // the form of the signature is that of SM2 alone
        PublicKey::P256(_) | PublicKey::Rsa(_) | PublicKey::Ed25519(_) => false,
    })
}

/// The octets of a signature as the header has it.
pub(super) fn of_header(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinxin_testkit::keys::Key;

    fn at(milliseconds: i64) -> Moment {
        Moment::from_unix_milliseconds(1_790_000_000_000 + milliseconds).unwrap()
    }

    #[test]
    fn a_public_question_drives_the_key_no_faster_than_the_map_allows() {
        let signer = StandingSigner::new("soft:0123456789abcdef".parse().unwrap());
        let answer = StandingAnswer { octets: b"{}".to_vec(), signature: Some("x".to_owned()) };
        assert_eq!(signer.kept("one", at(0)), None);
        assert!(signer.admit("one", at(0)));
        assert_eq!(signer.kept("one", at(1)), None, "it is being signed");
        signer.keep("one", at(0), &answer);
        assert_eq!(signer.kept("one", at(9_999)), Some(answer));
        assert_eq!((signer.kept("one", at(10_000)), signer.kept("one", at(-1))), (None, None));
        for n in 1..MOST_KEPT {
            assert!(signer.admit(&n.to_string(), at(0)), "{n}");
        }
        assert!(!signer.admit("one more", at(9_999)) && signer.admit("1", at(9_999)));
        assert!(signer.admit("one more", at(10_000)), "the old ones have made place");
    }

    #[test]
    fn only_the_octets_behind_the_line_under_the_key() {
        let key = Key::from_seed("status");
        let public = sm2::PublicKey::from_sec1(key.public().to_sec1()).unwrap();
        let (ours, theirs) = (ServiceKey::from_sm2(&public), Key::from_seed("another"));
        let theirs = ServiceKey::from_sm2(&sm2::PublicKey::from_sec1(theirs.public().to_sec1()).unwrap());
        let octets = br#"{"state":"in_force"}"#;
        let signed = key.sign(&[DOMAIN, octets].concat(), 0).to_der();
        assert_eq!(signer(octets, &signed, [&theirs, &ours]), Some(&ours));
        assert_eq!((signer(octets, &signed, [&theirs]), signer(octets, &signed, [])), (None, None));
        assert_eq!(signer(br#"{"state":"revoked"}"#, &signed, [&ours]), None);
        assert_eq!(signer(octets, &key.sign(octets, 0).to_der(), [&ours]), None, "without the line");
        assert_eq!(signer(octets, b"", [&ours]), None);
        // an answer by one code is none by another
        let [one, other] = ["A", "B"].map(|letter| domain_of(&letter.repeat(26).parse().unwrap()));
        let signed = key.sign(&[&one, &octets[..]].concat(), 0).to_der();
        assert!(is_signed_in(&one, octets, &signed, [&ours]) && !is_signed_in(&other, octets, &signed, [&ours]));
    }
}

//! Revocation lists, and answers about single certificates (OCSP), as evidence: read once, found by issuer or by
//! serial number, and the signature of each verified once for each key that could have made it.
//!
//! Of both kinds whatever says "revoked" decides; else the freshest that says "not revoked".

mod answers;

use crate::{
    algorithms::{AlgorithmName, Objection, Purpose},
    asn1::pem,
    base::Moment,
    suite::Algorithm,
    x509::{Certificate, Crl, CrlError, Freshness, Revocation, ocsp::OcspResponse},
};
use answers::Answers;
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// Authorities for which one list remembers whether it is theirs. More namesakes
/// than that are verified each time.
const REMEMBERED: usize = 16;

/// Revocation lists of any number of authorities, and answers about single certificates. Cheap to clone; clones
/// share what is known of the signatures.
#[derive(Clone, Debug, Default)]
pub struct RevocationLists {
    by_issuer: Arc<ByIssuer>,
    count: usize,
    answers: Answers,
}

/// Who said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A revocation list.
    List,
    /// An answer about the certificate alone (OCSP).
    Answer,
}

/// A signature behind a list or an answer: that of the list or answer, or of a responder's certificate.
#[derive(Clone, Copy, Debug)]
pub struct Signing {
    /// By which algorithm.
    pub algorithm: Algorithm,
    /// For what.
    pub purpose: Purpose,
    /// Length of the key that signed.
    pub bits: u32,
    /// When, by its own word.
    pub at: Moment,
}

/// Whether a signature that verified counts by the policy of algorithms.
pub type Counts<'a> = &'a dyn Fn(Signing) -> Result<(), Objection>;

/// The lists that name each issuer, by its name in DER.
type ByIssuer = HashMap<Box<[u8]>, Vec<Arc<Listed>>>;

#[derive(Debug)]
struct Listed {
    list: Crl,
    /// For each authority asked about: whether its key signed the list.
    answers: RwLock<Vec<(Certificate, bool)>>,
}

/// Why octets hold no revocation lists. One bad block refuses the file: an
/// operator who configured a list must learn that it is not in use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum RevocationListsError {
    #[error("no revocation list in the file")]
    Empty,
    #[error("PEM block {number} is damaged")]
    Pem { number: usize },
    #[error("PEM block {number} is no revocation list but {label:?}")]
    Label { number: usize, label: String },
    #[error("PEM block {number}: {error}")]
    List { number: usize, error: CrlError },
    #[error(transparent)]
    Der(#[from] CrlError),
}

/// What the lists say of one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Not listed in a list made then.
    Good {
        /// thisUpdate of the list or the answer.
        as_of: Moment,
        /// nextUpdate is over, but not by more than the grace.
        in_grace: bool,
        /// Which of both.
        source: Source,
    },
    /// Listed.
    Revoked {
        /// Since when and why.
        revocation: Revocation,
        /// thisUpdate of the list or the answer.
        as_of: Moment,
        /// Which of both.
        source: Source,
    },
    /// Nothing usable, and why not.
    None(Lack),
}

/// Why the lists say nothing of a certificate, the nearest miss last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// No list names its issuer.
    NoList,
    /// A list names its issuer, but is not by its key, may not be, says not how long
    /// it holds, or is signed with a weak algorithm.
    Unusable,
    /// An answer about it is by nobody who may give one.
    AnswerUnusable,
    /// Made after the time that is asked for.
    MadeLater,
    /// Of an answer.
    AnswerMadeLater,
    /// Its nextUpdate is over.
    Outdated,
    /// Of an answer.
    AnswerOutdated,
    /// Who was asked about it does not know it.
    StatusUnknown,
    /// Everything fits but the algorithm by which it was signed, which does not count.
    Algorithm(AlgorithmName, Objection),
}

impl RevocationLists {
    /// One list in DER.
    ///
    /// # Errors
    /// [`RevocationListsError::Der`]; deltas, indirect lists and lists of a part
    /// of the certificates are refused by name.
    pub fn from_der(der: &[u8]) -> Result<Self, RevocationListsError> {
        Ok(Self::of([Crl::from_der(der)?]))
    }

    /// The `X509 CRL` blocks of a PEM file, at least one; no other block may be in it.
    ///
    /// # Errors
    /// [`RevocationListsError`].
    pub fn from_pem(text: &[u8]) -> Result<Self, RevocationListsError> {
        let lists = Self::blocks(text, true)?;
        if lists.is_empty() { Err(RevocationListsError::Empty) } else { Ok(Self::of(lists)) }
    }

    /// PEM where a PEM block begins, DER otherwise.
    ///
    /// # Errors
    /// [`RevocationListsError`].
    pub fn read(octets: &[u8]) -> Result<Self, RevocationListsError> {
        if pem::is_in(octets) { Self::from_pem(octets) } else { Self::from_der(octets) }
    }

    /// The `X509 CRL` blocks of a bundle of anchors; there may be none.
    ///
    /// # Errors
    /// [`RevocationListsError`].
    pub fn beside_anchors(bundle: &[u8]) -> Result<Self, RevocationListsError> {
        Ok(Self::of(Self::blocks(bundle, false)?))
    }

    fn blocks(text: &[u8], lists_only: bool) -> Result<Vec<Crl>, RevocationListsError> {
        let mut lists = Vec::new();
        for (index, block) in pem::blocks(text).into_iter().enumerate() {
            let number = index + 1;
            let block = block.ok_or(RevocationListsError::Pem { number })?;
            if block.label == pem::LIST {
                let list = Crl::from_der(&block.octets);
                lists.push(list.map_err(|error| RevocationListsError::List { number, error })?);
            } else if lists_only {
                return Err(RevocationListsError::Label { number, label: block.label });
            }
        }
        Ok(lists)
    }

    /// These lists.
    pub fn of(lists: impl IntoIterator<Item = Crl>) -> Self {
        let mut by_issuer = ByIssuer::new();
        let mut count = 0;
        for list in lists {
            count += 1;
            let listed = Listed { answers: RwLock::default(), list };
            by_issuer.entry(listed.list.issuer_der().into()).or_default().push(Arc::new(listed));
        }
        Self { by_issuer: Arc::new(by_issuer), count, answers: Answers::default() }
    }

    /// And these answers.
    #[must_use]
    pub fn with_answers(self, answers: impl IntoIterator<Item = OcspResponse>) -> Self {
        Self { answers: self.answers.and(&Answers::of(answers)), ..self }
    }

    /// The answers about single certificates, in no order.
    pub fn answers(&self) -> impl Iterator<Item = &OcspResponse> {
        self.answers.iter()
    }

    /// These and the others.
    #[must_use]
    pub fn and(&self, others: &Self) -> Self {
        if others.by_issuer.is_empty() {
            return Self { answers: self.answers.and(&others.answers), ..self.clone() };
        }
        let mut by_issuer = ByIssuer::clone(&self.by_issuer);
        for (issuer, lists) in others.by_issuer.iter() {
            by_issuer.entry(issuer.clone()).or_default().extend(lists.iter().cloned());
        }
        let answers = self.answers.and(&others.answers);
        Self { by_issuer: Arc::new(by_issuer), count: self.count + others.count, answers }
    }

    /// Whether it is the very same value or a clone of it, told without looking at a list.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.by_issuer, &other.by_issuer) && self.answers.is_same(&other.answers)
    }

    /// The lists, in no order between issuers.
    pub fn iter(&self) -> impl Iterator<Item = &Crl> {
        self.by_issuer.values().flatten().map(|listed| &listed.list)
    }

    /// How many lists there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none, nor answers.
    pub fn is_empty(&self) -> bool {
        self.count == 0 && self.answers.is_empty()
    }

    /// What is known at `at` of a certificate that `issuer` issued. Of several
    /// usable lists of the issuer the latest one answers. Lists and answers are used up to
    /// `grace_seconds` after their nextUpdate, and only where `counts` has nothing against the algorithms by which
    /// they were signed. Whatever says "revoked" decides, else the freshest that says "good".
    pub fn find(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        at: Moment,
        grace_seconds: u64,
        counts: Counts<'_>,
    ) -> Answer {
        let listed = self.find_listed(certificate, issuer, (at, grace_seconds), counts);
        match (listed, self.answers.find(certificate, issuer, (at, grace_seconds), counts)) {
            (listed, None) => listed,
            (Answer::Revoked { revocation: one, .. }, Some(answer @ Answer::Revoked { revocation: other, .. })) => {
                if other.works_from() < one.works_from() {
                    answer
                } else {
                    listed
                }
            }
            (Answer::Revoked { .. }, _) => listed,
            (_, Some(answer @ Answer::Revoked { .. })) => answer,
            (Answer::Good { as_of: one, .. }, Some(answer @ Answer::Good { as_of: other, .. })) => {
                if other > one {
                    answer
                } else {
                    listed
                }
            }
            (Answer::Good { .. }, Some(Answer::None(_))) => listed,
            (Answer::None(_), Some(answer @ Answer::Good { .. })) => answer,
            (Answer::None(one), Some(Answer::None(other))) => Answer::None(one.max(other)),
        }
    }

    fn find_listed(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        (at, grace_seconds): (Moment, u64),
        counts: Counts<'_>,
    ) -> Answer {
        let mut lack = Lack::NoList;
        let mut latest: Option<(&Crl, bool)> = None;
        let named = self.by_issuer.get(certificate.issuer_der()).map_or(&[][..], Vec::as_slice);
        for listed in named {
            let list = &listed.list;
            let in_grace = match list.freshness(at) {
                Freshness::Fresh => false,
                Freshness::Outdated if is_within(list, at, grace_seconds) => true,
                Freshness::Outdated => {
                    lack = lack.max(if listed.is_by(issuer) { Lack::Outdated } else { Lack::Unusable });
                    continue;
                }
                Freshness::NotYet => {
                    lack = lack.max(if listed.is_by(issuer) { Lack::MadeLater } else { Lack::Unusable });
                    continue;
                }
                Freshness::NoEnd => {
                    lack = lack.max(Lack::Unusable);
                    continue;
                }
            };
            if latest.is_some_and(|(known, _)| known.this_update() >= list.this_update()) {
                continue;
            }
            match listed.counts(issuer, counts) {
                _ if !listed.is_by(issuer) => lack = lack.max(Lack::Unusable),
                Ok(()) => latest = Some((list, in_grace)),
                Err(why) => lack = lack.max(why),
            }
        }
        let Some((list, in_grace)) = latest else { return Answer::None(lack) };
        let (as_of, source) = (list.this_update(), Source::List);
        match list.find(certificate.serial()) {
            Some(revocation) => Answer::Revoked { revocation, as_of, source },
            None => Answer::Good { as_of, in_grace, source },
        }
    }
}

/// What is to be said against one signature.
fn objection(signing: Signing, counts: Counts<'_>) -> Result<(), Lack> {
    counts(signing).map_err(|objection| Lack::Algorithm(signing.algorithm.into(), objection))
}

impl Listed {
    fn counts(&self, issuer: &Certificate, counts: Counts<'_>) -> Result<(), Lack> {
        let signed = self.list.signature_algorithm().zip(issuer.key());
        let (algorithm, key) = signed.ok_or(Lack::Unusable)?;
        let at = self.list.this_update();
        objection(Signing { algorithm, purpose: Purpose::Revocation, bits: key.bits(), at }, counts)
    }

    /// Whether the authority's key signed the list and may do so: computed once.
    fn is_by(&self, authority: &Certificate) -> bool {
        let known = |answers: &[(Certificate, bool)]| {
            answers.iter().find(|(known, _)| known == authority).map(|(_, answer)| *answer)
        };
        if let Some(answer) = known(&self.answers.read().unwrap_or_else(PoisonError::into_inner)) {
            return answer;
        }
        let answer = self.list.verify_signature(authority).is_ok();
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        if answers.len() < REMEMBERED && known(&answers).is_none() {
            answers.push((authority.clone(), answer));
        }
        answer
    }
}

fn is_within(list: &Crl, at: Moment, grace_seconds: u64) -> bool {
    let grace = i64::try_from(grace_seconds).unwrap_or(i64::MAX);
    list.next_update().is_some_and(|next| next.unix_seconds().saturating_add(grace) >= at.unix_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::RevocationReason;
    use yinxin_testkit::{
        crl::{Entry, List},
        moment as in_kit,
        pki::{Period, Pki},
    };

    /// The kit is built against this crate's product, so only octets cross over.
    fn moment(text: &str) -> Moment {
        Moment::parse(text).unwrap()
    }

    fn pki() -> Pki {
        Pki::new("lists", "某局", Period::years(2024, 2035))
    }

    fn read(der: &[u8]) -> Certificate {
        Certificate::from_der(der).unwrap()
    }

    fn list(pki: &Pki) -> List {
        List::of(&pki.stamper_authority, in_kit("2026-06-01T00:00:00Z"), in_kit("2026-06-08T00:00:00Z"))
    }

    fn ask(lists: &RevocationLists, pki: &Pki, at: &str, grace: u64) -> Answer {
        lists.find(&read(&pki.stamper.der), &read(&pki.stamper_authority.der), moment(at), grace, &|_| Ok(()))
    }

    #[test]
    fn a_list_answers_for_its_issuer_while_it_is_fresh() {
        let pki = pki();
        let lists = RevocationLists::from_der(&list(&pki).to_der()).unwrap();
        let as_of = moment("2026-06-01T00:00:00Z");
        assert_eq!(
            ask(&lists, &pki, "2026-06-08T00:00:00Z", 0),
            Answer::Good { as_of, in_grace: false, source: Source::List }
        );
        assert_eq!(ask(&lists, &pki, "2026-06-08T00:00:01Z", 0), Answer::None(Lack::Outdated));
        assert_eq!(
            ask(&lists, &pki, "2026-06-08T00:00:01Z", 1),
            Answer::Good { as_of, in_grace: true, source: Source::List }
        );
        assert_eq!(ask(&lists, &pki, "2026-05-31T23:59:59Z", 9), Answer::None(Lack::MadeLater));
        let (maker, authority) = (read(&pki.maker.der), read(&pki.maker_authority.der));
        assert_eq!(lists.find(&maker, &authority, as_of, 0, &|_| Ok(())), Answer::None(Lack::NoList));
    }

    #[test]
    fn the_latest_list_answers() {
        let pki = pki();
        let entry = Entry::new(&pki.stamper.serial, in_kit("2026-06-02T00:00:00Z")).because(1);
        let later = List { number: 2, this_update: in_kit("2026-06-03T00:00:00Z"), ..list(&pki) };
        let later = List { entries: vec![entry], ..later };
        let one = RevocationLists::from_der(&list(&pki).to_der()).unwrap();
        let both = one.and(&RevocationLists::from_pem(later.to_pem().as_bytes()).unwrap());
        assert_eq!((one.len(), both.len()), (1, 2));
        let Answer::Revoked { revocation, as_of, .. } = ask(&both, &pki, "2026-06-04T00:00:00Z", 0) else {
            panic!("not revoked")
        };
        assert_eq!((revocation.reason, as_of), (Some(RevocationReason::KeyCompromise), moment("2026-06-03T00:00:00Z")));
        assert!(matches!(ask(&both, &pki, "2026-06-02T12:00:00Z", 0), Answer::Good { .. }));
    }

    #[test]
    fn lists_that_are_not_the_issuers_are_unusable() {
        let pki = pki();
        let namesake = Pki::new("a forger's kitchen", "某局", Period::years(2024, 2035));
        let at = "2026-06-04T00:00:00Z";
        let forged = RevocationLists::from_der(&list(&namesake).to_der()).unwrap();
        assert_eq!(ask(&forged, &pki, at, 0), Answer::None(Lack::Unusable));
        let endless = List { next_update: None, ..list(&pki) };
        let endless = RevocationLists::from_der(&endless.to_der()).unwrap();
        assert_eq!(ask(&endless, &pki, at, 0), Answer::None(Lack::Unusable));
        // a genuine one beside the forged one is found
        let both = forged.and(&RevocationLists::from_der(&list(&pki).to_der()).unwrap());
        assert!(matches!(ask(&both, &pki, at, 0), Answer::Good { .. }));
    }

    #[test]
    fn incomplete_lists_and_bad_files_are_refused_by_name() {
        let pki = pki();
        for extension in ["2.5.29.27", "2.5.29.28", "1.2.3.4"] {
            let narrowed = List { critical: Some(extension), ..list(&pki) };
            let error = RevocationLists::from_der(&narrowed.to_der()).unwrap_err();
            assert_eq!(error, CrlError::NotComplete(extension.to_owned()).into());
        }
        let pem = list(&pki).to_pem();
        let mixed = format!("{pem}{}", pki.root.to_pem());
        assert!(matches!(RevocationLists::read(mixed.as_bytes()), Err(RevocationListsError::Label { number: 2, .. })));
        assert_eq!(RevocationLists::beside_anchors(mixed.as_bytes()).unwrap().len(), 1);
        assert_eq!(RevocationLists::from_pem(b"nothing").unwrap_err(), RevocationListsError::Empty);
        assert!(matches!(RevocationLists::read(b"nothing"), Err(RevocationListsError::Der(_))));
        let cut = pem.replacen("MII", "M*I", 1);
        assert_eq!(RevocationLists::read(cut.as_bytes()).unwrap_err(), RevocationListsError::Pem { number: 1 });
    }

    #[test]
    fn a_long_list_is_verified_once() {
        let pki = pki();
        let entries = (0..LONG).map(|n: u64| Entry::new(&(n + 1).to_be_bytes(), in_kit("2026-05-01T00:00:00Z")));
        let long = List { entries: entries.collect(), ..list(&pki) }.to_der();
        let lists = RevocationLists::from_der(&long).unwrap();
        let listed = &lists.by_issuer.values().next().unwrap()[0];
        assert_eq!(listed.list.len() as u64, LONG);
        for _ in 0..1000 {
            assert!(matches!(ask(&lists.clone(), &pki, "2026-06-04T00:00:00Z", 0), Answer::Good { .. }));
        }
        // one answer is remembered, and a clone asked the same list
        assert_eq!(listed.answers.read().unwrap().len(), 1);
        let authority = read(&pki.stamper_authority.der);
        listed.answers.write().unwrap()[0] = (authority, false);
        assert_eq!(ask(&lists, &pki, "2026-06-04T00:00:00Z", 0), Answer::None(Lack::Unusable));
    }

    const LONG: u64 = 20_000;
}

use super::*;
use crate::{
    anchor::{Answer, Lack, RevocationLists, Source},
    asn1::oids,
    base::Moment,
    sm::Signature,
    x509::{Certificate, Revocation, RevocationReason},
};
use yinxin_testkit::{
    crl::{Entry, List},
    keys::Key,
    moment as in_kit,
    pki::{self, Draft, Period, Pki},
};

fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn read(der: &[u8]) -> Certificate {
    Certificate::from_der(der).unwrap()
}

struct Kit {
    pki: Pki,
    stamper: Certificate,
    issuer: Certificate,
}

const MADE: &str = "2026-06-01T00:00:00Z";
const ENDS: &str = "2026-06-08T00:00:00Z";

impl Kit {
    fn new() -> Self {
        let pki = Pki::new("ocsp", "某局", Period::years(2024, 2035));
        let (stamper, issuer) = (read(&pki.stamper.der), read(&pki.stamper_authority.der));
        Self { pki, stamper, issuer }
    }

    fn id(&self, digest: IdDigest) -> CertificateId {
        CertificateId::of(digest, &self.stamper, &self.issuer)
    }

    fn single(&self, status: CertificateStatus, made: &str, ends: &str) -> SingleAnswer {
        let (this_update, next_update) = (moment(made), moment(ends));
        SingleAnswer { id: self.id(IdDigest::Sm3), status, this_update, next_update }
    }

    /// By the issuer itself.
    fn answer(&self, status: CertificateStatus, made: &str) -> OcspResponse {
        self.by(&self.pki.stamper_authority, &[self.single(status, made, ENDS)], None)
    }

    fn by(&self, responder: &pki::Certificate, singles: &[SingleAnswer], nonce: Option<&[u8]>) -> OcspResponse {
        let plan = OcspResponsePlan::new(&read(&responder.der), singles, nonce, moment(MADE)).unwrap();
        let signature = responder.key.sign(plan.to_be_signed(), 0);
        plan.embed(Signature::from_der(&signature.to_der()).unwrap()).unwrap()
    }

    fn delegated(&self, purposes: Vec<&'static str>, period: Period, issuer: &pki::Certificate) -> pki::Certificate {
        let mut draft = Draft::signer(pki::name("某局", "应答者"), "ocsp/responder", period);
        draft.extended_key_usage = purposes;
        draft.issued_by(issuer)
    }

    fn ask(&self, lists: &RevocationLists, at: &str, grace: u64) -> Answer {
        lists.find(&self.stamper, &self.issuer, moment(at), grace, &|_| Ok(()))
    }
}

fn revoked(at: &str) -> CertificateStatus {
    let reason = Some(RevocationReason::KeyCompromise);
    CertificateStatus::Revoked(Revocation { at: moment(at), reason, invalid_since: None })
}

const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";

#[test]
fn requests_are_written_and_read_strictly() {
    let kit = Kit::new();
    for digest in [IdDigest::Sha1, IdDigest::Sha256, IdDigest::Sm3] {
        let request = OcspRequest::new(vec![kit.id(digest)], Some(&[7; 32]));
        let again = OcspRequest::from_der(&request.to_der()).unwrap();
        assert_eq!(again, request);
        let id = &again.ids()[0];
        assert!(id.is_of_issuer(&kit.issuer) && !id.is_of_issuer(&read(&kit.pki.root.der)));
        assert_eq!((id.serial(), again.nonce()), (kit.stamper.serial(), Some(&[7; 32][..])));
    }
    let fault = |der: &[u8]| OcspRequest::from_der(der).unwrap_err();
    let many = OcspRequest::new(vec![kit.id(IdDigest::Sm3); MOST_ASKED + 1], None).to_der();
    assert_eq!(fault(&many), OcspRequestFault::TooMany);
    assert_eq!(fault(&OcspRequest::new(Vec::new(), None).to_der()), OcspRequestFault::Empty);
    let nonce = |octets: &[u8]| OcspRequest::new(vec![kit.id(IdDigest::Sm3)], Some(octets)).to_der();
    assert_eq!(fault(&nonce(&[])), OcspRequestFault::Nonce);
    assert_eq!(fault(&nonce(&[1; NONCE_OCTETS + 1])), OcspRequestFault::Nonce);
    assert_eq!(fault(&vec![0x30; REQUEST_OCTETS + 1]), OcspRequestFault::Size);
    assert!(matches!(fault(&[&nonce(&[1])[..], &[0]].concat()), OcspRequestFault::Der(_)));
}

#[test]
fn who_may_answer() {
    let kit = Kit::new();
    let good = [kit.single(CertificateStatus::Good, MADE, ENDS)];
    let (ca, root, years) = (&kit.pki.stamper_authority, &kit.pki.root, Period::years(2024, 2035));
    let verified = |responder: &pki::Certificate| kit.by(responder, &good, None).verify_signature(&kit.issuer);
    assert_eq!(verified(ca), Ok(()));
    assert_eq!(verified(&kit.delegated(vec![OCSP_SIGNING], years, ca)), Ok(()));
    // another authority's, and one out of its period when the answer was made
    assert_eq!(verified(&kit.delegated(vec![OCSP_SIGNING], years, root)), Err(OcspSignatureFault::Responder));
    assert_eq!(verified(root), Err(OcspSignatureFault::Responder));
    let late = kit.delegated(vec![OCSP_SIGNING], Period::years(2027, 2028), ca);
    assert_eq!(OcspResponsePlan::new(&read(&late.der), &good, None, moment(MADE)).unwrap_err(), OcspPlanFault::Period);
    // without the purpose nothing is made
    let plain = read(&kit.pki.stamper.der);
    assert_eq!(OcspResponsePlan::new(&plain, &good, None, moment(MADE)).unwrap_err(), OcspPlanFault::Purpose);
    // a certificate of the issuer's name by another key
    let forged =
        Draft { extended_key_usage: vec![OCSP_SIGNING], ..Draft::signer(pki::name("某局", "应答者"), "x", years) };
    let forged = forged.forged_as(ca, &Key::from_seed("somebody"));
    assert_eq!(verified(&forged), Err(OcspSignatureFault::Responder));
    // a value of another key
    let response = kit.by(ca, &good, None);
    let mut bent = response.der().to_vec();
    let last = bent.len() - 1;
    bent[last] ^= 1;
    let bent = OcspResponse::from_der(&bent).unwrap();
    assert!(matches!(bent.verify_signature(&kit.issuer), Err(OcspSignatureFault::Value(_))));
    assert_eq!(kit.by(ca, &good, Some(&[3; 32])).nonce(), Some(&[3; 32][..]));
}

#[test]
fn an_answer_is_evidence_while_it_is_fresh() {
    let kit = Kit::new();
    let lists = RevocationLists::default().with_answers([kit.answer(CertificateStatus::Good, MADE)]);
    let (as_of, source) = (moment(MADE), Source::Answer);
    assert_eq!(kit.ask(&lists, ENDS, 0), Answer::Good { as_of, in_grace: false, source });
    assert_eq!(kit.ask(&lists, "2026-06-08T00:00:01Z", 0), Answer::None(Lack::AnswerOutdated));
    assert_eq!(kit.ask(&lists, "2026-06-08T00:00:01Z", 1), Answer::Good { as_of, in_grace: true, source });
    // clocks differ by a minute at most
    assert_eq!(kit.ask(&lists, "2026-05-31T23:59:00Z", 0), Answer::Good { as_of, in_grace: false, source });
    assert_eq!(kit.ask(&lists, "2026-05-31T23:58:59Z", 9), Answer::None(Lack::AnswerMadeLater));
    // about another certificate nothing is said
    let (maker, authority) = (read(&kit.pki.maker.der), read(&kit.pki.maker_authority.der));
    assert_eq!(lists.find(&maker, &authority, as_of, 0, &|_| Ok(())), Answer::None(Lack::NoList));
    let unknown = RevocationLists::default().with_answers([kit.answer(CertificateStatus::Unknown, MADE)]);
    assert_eq!(kit.ask(&unknown, ENDS, 0), Answer::None(Lack::StatusUnknown));
    let namesake = Kit { pki: Pki::new("a forger's kitchen", "某局", Period::years(2024, 2035)), ..Kit::new() };
    let by_forger =
        namesake.by(&namesake.pki.stamper_authority, &[kit.single(CertificateStatus::Good, MADE, ENDS)], None);
    let forged = RevocationLists::default().with_answers([by_forger]);
    assert_eq!(kit.ask(&forged, ENDS, 0), Answer::None(Lack::AnswerUnusable));
}

#[test]
fn revoked_in_either_is_revoked_and_else_the_freshest_decides() {
    let kit = Kit::new();
    let at = "2026-06-05T00:00:00Z";
    let list = |made: &str, entries| {
        let list = List { entries, ..List::of(&kit.pki.stamper_authority, in_kit(made), in_kit(ENDS)) };
        RevocationLists::from_der(&list.to_der()).unwrap()
    };
    let entry = |when: &str| vec![Entry::new(&kit.pki.stamper.serial, in_kit(when)).because(4)];
    let good = || kit.answer(CertificateStatus::Good, "2026-06-03T00:00:00Z");
    let source_of = |lists: RevocationLists| match kit.ask(&lists, at, 0) {
        Answer::Good { source, .. } => (false, source),
        Answer::Revoked { source, .. } => (true, source),
        Answer::None(lack) => panic!("{lack:?}"),
    };
    assert_eq!(source_of(list("2026-06-01T00:00:00Z", vec![]).with_answers([good()])), (false, Source::Answer));
    assert_eq!(source_of(list("2026-06-04T00:00:00Z", vec![]).with_answers([good()])), (false, Source::List));
    let both =
        list("2026-06-04T00:00:00Z", vec![]).with_answers([kit.answer(revoked("2026-05-01T00:00:00Z"), MADE), good()]);
    assert_eq!(source_of(both), (true, Source::Answer));
    let listed = list("2026-06-01T00:00:00Z", entry("2026-05-20T00:00:00Z")).with_answers([good()]);
    assert_eq!(source_of(listed), (true, Source::List));
    // of two revocations the earlier one works
    let both =
        list(MADE, entry("2026-05-20T00:00:00Z")).with_answers([kit.answer(revoked("2026-05-01T00:00:00Z"), MADE)]);
    let Answer::Revoked { revocation, .. } = kit.ask(&both, at, 0) else { panic!("not revoked") };
    assert_eq!(revocation.works_from(), moment("2026-05-01T00:00:00Z"));
    // who does not know it takes nothing from a list that does
    let unknown = list(MADE, vec![]).with_answers([kit.answer(CertificateStatus::Unknown, "2026-06-04T00:00:00Z")]);
    assert_eq!(source_of(unknown), (false, Source::List));
}

#[test]
fn what_is_no_answer_has_its_name() {
    let kit = Kit::new();
    let sound = kit.answer(CertificateStatus::Good, MADE).der().to_vec();
    let fault = |der: &[u8]| OcspResponse::from_der(der).unwrap_err();
    for status in [1, 2, 3, 5, 6] {
        assert_eq!(fault(&refusal(status)), OcspResponseFault::Refused(status));
    }
    assert_eq!(fault(&vec![0x30; 70_000]), OcspResponseFault::Size);
    assert!(matches!(fault(&[&sound[..], &[0]].concat()), OcspResponseFault::Der(_)));
    assert!(matches!(fault(b"<html>"), OcspResponseFault::Der(_)));
    // an OID of another type, and cut at each octet
    let place = sound.windows(9).position(|found| found == oids::OCSP_BASIC.content()).unwrap();
    let mut other = sound.clone();
    other[place + 8] = 9;
    assert_eq!(fault(&other), OcspResponseFault::Type("1.3.6.1.5.5.7.48.1.9".to_owned()));
    for length in 0..sound.len() {
        assert!(OcspResponse::from_der(&sound[..length]).is_err());
    }
    let inverted =
        OcspResponsePlan::new(&kit.issuer, &[kit.single(CertificateStatus::Good, ENDS, MADE)], None, moment(MADE));
    assert_eq!(inverted.unwrap_err(), OcspPlanFault::Inverted);
}

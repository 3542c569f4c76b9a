//! Evidence that is kept, and receipts: both give the same verdict again, octet for
//! octet, and whatever was altered is refused by name.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use yinxin_testkit::{
    crl::List,
    keys::Key,
    moment,
    ofd::{Document, Plan},
    pki::{Period, Pki},
    seal::{Seal, Stamp, Version},
    shared, shipped,
};
use yinxin_trust::{
    algorithms::AlgorithmPolicy,
    anchor::{Anchors, RevocationLists},
    asn1::pem,
    base::{Day, Limits, Moment},
    evidence::{EvidenceFault, EvidenceLimits, EvidenceSet, Piece, PieceKind, SignedOctets},
    licence::{Expiry, state::State},
    receipt::{
        AskedBy, Brought, Change, Occasion, Receipt, ReceiptFault, ReceiptPlan, ReplayFault, SignedReceipt, Window,
        changes, replay, report_octets, sm3_of,
    },
    seal::life::{self, StateFrom},
    sm::{Signature, sm2, sm3},
    trust_list::{ServiceKey, canonical::Offence, canonical::TypedFault},
    verify::{
        CheckId, Evidence, Outcome, Policy, RegisterAnswer, Registered, Report, SealAnswer, SealSaid, SealStates,
        StandingState, Verdict, check, licence_identifier, stamped_seals,
    },
    x509::{
        self,
        ocsp::{CertificateId, CertificateStatus, IdDigest, OcspResponse, OcspResponsePlan, SingleAnswer},
    },
};

const NOW: &str = "2026-11-21T00:00:00Z";

/// A document, and all that a verdict on it is made of.
struct Judged {
    octets: Vec<u8>,
    report: Report,
    set: EvidenceSet,
}

fn key(seed: &str) -> (Key, ServiceKey) {
    let key = Key::from_seed(seed);
    let public = sm2::PublicKey::from_sec1(key.public().to_sec1()).unwrap();
    (key, ServiceKey::from_sm2(&public))
}

fn answer(octets: &[u8], state: State) -> RegisterAnswer {
    let identifier = licence_identifier(&octets, &Limits::default()).unwrap();
    let (register, public) = key("register");
    let said = br#"{"state":"in_force"}"#.to_vec();
    let signature = register.sign(&[b"yinxin-standing/1\n", &said[..]].concat(), 0).to_der();
    RegisterAnswer::Known(Box::new(Registered {
        version: identifier.version(),
        identifier,
        state,
        since: Day::new(2026, 6, 1).unwrap(),
        until: Expiry::After(Day::new(2031, 5, 31).unwrap()),
        document_sm3: None,
        as_of: moment("2026-11-20T23:59:00.250Z"),
        source: "演示市证照登记库".to_owned(),
        signed: Some(SignedOctets { octets: said, signature, key: public }),
    }))
}

fn answered(pki: &Pki) -> OcspResponse {
    let read = |one: &yinxin_testkit::pki::Certificate| x509::Certificate::from_der(&one.der).unwrap();
    let (certificate, authority) = (read(&pki.stamper), read(&pki.stamper_authority));
    let (this_update, next_update) = (moment("2026-11-20T12:00:00Z"), moment("2026-11-27T00:00:00Z"));
    let id = CertificateId::of(IdDigest::Sm3, &certificate, &authority);
    let single = SingleAnswer { id, status: CertificateStatus::Good, this_update, next_update };
    let plan = OcspResponsePlan::new(&authority, &[single], None, this_update).unwrap();
    let signature = pki.stamper_authority.key.sign(plan.to_be_signed(), 0);
    plan.embed(Signature::from_der(&signature.to_der()).unwrap()).unwrap()
}

fn judged(state: State) -> Judged {
    let pki = shipped::pki();
    let at = moment("2026-06-01T02:00:00Z");
    let mut package = shipped::licence_document().package();
    package.stamp(&Plan::at(at), &Stamp::new(Version::V4, Seal::of(Version::V4, &pki).make(), &pki.stamper, at));
    let octets = package.to_bytes();
    let bundle = shipped::anchors_pem(&pki);
    let anchors = Anchors::from_pem(bundle.as_bytes()).unwrap();
    // of the stamper both a list and an answer, of the seal what its register says
    let revocation = RevocationLists::beside_anchors(bundle.as_bytes()).unwrap().with_answers([answered(&pki)]);
    let said = || {
        let states = vec![StateFrom { state: life::State::InUse, from: moment("2026-01-01T00:00:00Z") }];
        SealSaid::Known(SealStates { states, as_of: moment(NOW), source: "演示市印章登记库".to_owned() })
    };
    let seals = stamped_seals(&octets, &Limits::default()).into_iter();
    let seals: Vec<_> = seals.map(|seal| SealAnswer { said: said(), seal }).collect();
    assert_eq!(seals.len(), 1);
    let evidence = Evidence { revocation, standing: Some(answer(&octets, state)), seals };
    let policy = Policy { crl_grace_seconds: 3600, ..Policy::default() };
    let report = check(&octets, &anchors, &evidence, &policy, moment(NOW)).unwrap();
    assert_eq!(report.verdict, Verdict::Valid);
    let checks = &report.signatures[0].checks;
    let outcome = |id| checks.iter().find(|check| check.id == id).map(|check| check.outcome);
    assert_eq!(outcome(CheckId::SealStatus), Some(Outcome::Passed));
    let revoked = checks.iter().find(|check| check.id == CheckId::SignerRevocation).unwrap();
    assert!(revoked.sentence.zh.contains("证书状态应答"), "{revoked:?}");
    let set = EvidenceSet::gather(&anchors, &evidence, &policy, moment(NOW)).unwrap();
    Judged { octets, report, set }
}

fn occasion(octets: &[u8]) -> Occasion {
    Occasion {
        number: "0123456789abcdef".to_owned(),
        made_at: moment(NOW),
        brought: Brought::File,
        document_sm3: sm3_of(&octets).unwrap(),
        shown: "VALID".to_owned(),
        program: "yinxin 0.1.0".to_owned(),
        purpose: "食品经营许可延续".to_owned(),
        asked_by: AskedBy {
            kind: "person".to_owned(),
            id: "p".to_owned(),
            name: "刘静".to_owned(),
            body_id: "b".to_owned(),
            body: "演示市市场监督管理局".to_owned(),
        },
        window: None,
    }
}

fn signed(judged: &Judged) -> SignedReceipt {
    signed_of(judged, occasion(&judged.octets))
}

fn signed_of(judged: &Judged, occasion: Occasion) -> SignedReceipt {
    let receipt = Receipt::new(&judged.report, &judged.set, occasion);
    let plan = ReceiptPlan::new(receipt).unwrap();
    // kept between the two steps
    let plan = ReceiptPlan::from_octets(plan.octets()).unwrap();
    let (private, public) = key("receipts");
    let signature = Signature::from_der(&private.sign(&plan.to_be_signed(), 0).to_der()).unwrap();
    plan.embed(&public, &signature).unwrap()
}

fn file(set: &EvidenceSet) -> EvidenceSet {
    EvidenceSet::from_file(&set.to_file().unwrap(), &EvidenceLimits::default()).unwrap()
}

#[test]
fn the_report_comes_again_octet_for_octet_from_document_and_file_alone() {
    let judged = judged(State::InForce);
    let set = file(&judged.set);
    assert_eq!(set, judged.set);
    let mut kinds: Vec<_> = set.pieces().iter().map(Piece::kind).collect();
    kinds.dedup();
    use PieceKind as K;
    assert_eq!(
        kinds,
        [K::Rules, K::Anchors, K::RevocationList, K::OcspResponse, K::Standing, K::SignedStanding, K::Seals]
    );
    let case = set.restore().unwrap();
    assert_eq!(report_octets(&case.check(&judged.octets).unwrap()), report_octets(&judged.report));
    let receipt = signed(&judged);
    let octets = replay(receipt.receipt(), &judged.octets, &set).unwrap();
    assert_eq!(octets, serde_json::to_vec(&judged.report).unwrap());
    assert_eq!(hex::encode(sm3::digest(&octets)), receipt.receipt().report.sm3);
    // more than the receipt names, in another order, gathered for another moment
    let mut pieces = set.pieces().to_vec();
    pieces.reverse();
    pieces.push(Piece::new(K::RevocationList, vec![1]));
    let other = EvidenceSet::of(moment("2031-01-01T00:00:00Z"), pieces);
    assert_eq!(replay(receipt.receipt(), &judged.octets, &other).unwrap(), octets);
}

#[test]
fn whoever_is_trusted_and_by_which_rules_comes_again() {
    let pki = shipped::pki();
    let bundle = shipped::anchors_pem(&pki).replace(
        "-----BEGIN CERTIFICATE-----",
        "use: time-stamp, signer, seal-maker\nsuite: cross-border\n-----BEGIN CERTIFICATE-----",
    );
    let algorithms = br#"{"format":"yinxin-algorithms/1","dated":"2026-01-01","algorithms":[
        {"algorithm":"sm2-sm3","for":["stamp","seal","certificate"]},{"algorithm":"sm3","for":["digest"]}]}"#;
    let algorithms = AlgorithmPolicy::from_json(algorithms).unwrap();
    let policy = Policy { strict_encoding: true, strict_time: true, algorithms, ..Policy::default() };
    let octets = judged(State::InForce).octets;
    for anchors in [Anchors::from_pem(bundle.as_bytes()).unwrap(), Anchors::not_configured(), Anchors::not_asked()] {
        let evidence = Evidence::default();
        let report = check(&octets, &anchors, &evidence, &policy, moment(NOW)).unwrap();
        let set = EvidenceSet::gather(&anchors, &evidence, &policy, moment(NOW)).unwrap();
        let case = file(&set).restore().unwrap();
        assert_eq!(case.anchors.digest(), anchors.digest());
        assert_eq!(case.check(&octets).unwrap(), report);
        assert!(report.trust.algorithms.is_some());
    }
    // every answer of a register, and its lack
    for standing in [
        None,
        Some(RegisterAnswer::NotRegistered { as_of: moment(NOW), source: "a".to_owned() }),
        Some(RegisterAnswer::Unreachable { source: "b".to_owned() }),
        Some(RegisterAnswer::TooOld { as_of: moment(NOW), source: "c".to_owned() }),
        Some(RegisterAnswer::NotCompetent { source: String::new() }),
        Some(answer(&octets, State::Suspended)),
    ] {
        let set = EvidenceSet::with_answers(
            &yinxin_trust::evidence::fixed(&Anchors::not_asked(), &RevocationLists::default(), &policy).unwrap(),
            standing.as_ref(),
            &[],
            moment(NOW),
        );
        assert_eq!(file(&set.unwrap()).restore().unwrap().evidence.standing, standing);
    }
}

/// The stamp of 2020 on a real invoice is judged as of its time, when its certificates, which ended since, held.
#[test]
fn a_real_stamp_of_2020_as_of_its_time_from_document_and_evidence_alone() {
    let Some(shared) = shared() else { return };
    let octets = std::fs::read(shared.join("corpus/real/invoice-jiangsu-2020.ofd")).unwrap();
    let now = moment(NOW);
    let bare = check(&octets, &Anchors::not_asked(), &Evidence::default(), &Policy::default(), now).unwrap();
    let stamped = bare.signatures[0].stamped_at.clone().unwrap().time;
    let ended = bare.signatures[0].signer.clone().unwrap().not_after;
    assert!(stamped.to_string().starts_with("2020-") && ended < now, "{stamped} {ended}");
    // the anchors are the certificates that the file itself carries: no issuer of it is published
    let anchors = carried(&octets);
    let evidence = Evidence::default();
    let set = EvidenceSet::gather(&anchors, &evidence, &Policy::default(), stamped).unwrap();
    let kept = file(&set);
    drop((anchors, set));
    let case = kept.restore().unwrap();
    assert_eq!(case.at, stamped);
    let report = case.check(&octets).unwrap();
    let of = |id: CheckId| report.signatures[0].checks.iter().find(|check| check.id == id).unwrap().outcome;
    for id in [
        CheckId::SignatureReferences,
        CheckId::SignatureDataHash,
        CheckId::SignatureValue,
        CheckId::SealValue,
        CheckId::SignerPath,
        CheckId::SignerPeriod,
        CheckId::SealMakerPath,
        CheckId::SealPeriod,
    ] {
        assert_eq!(of(id), Outcome::Passed, "{id}");
    }
    assert_eq!((report.verdict, report.checked_at), (Verdict::Valid, stamped));
}

/// Every certificate within the signature files, as an anchor.
fn carried(octets: &[u8]) -> Anchors {
    use yinxin_trust::{ofd::Package, x509::Certificate};
    let package = Package::open(&octets, &Limits::default()).unwrap();
    let mut bundle = String::new();
    for entry in package.names().filter(|name| name.ends_with(".dat") || name.ends_with(".esl")).collect::<Vec<_>>() {
        let value = package.read(entry).unwrap();
        for at in 0..value.len() {
            let Some([0x30, 0x82, high, low]) = value.get(at..at + 4) else { continue };
            let end = at + 4 + usize::from(u16::from_be_bytes([*high, *low]));
            let Some(der) = value.get(at..end) else { continue };
            if Certificate::from_der(der).is_ok_and(|found| found.key().is_some()) {
                bundle.push_str(&pem::write(pem::CERTIFICATE, der));
            }
        }
    }
    Anchors::from_pem(bundle.as_bytes()).unwrap()
}

/// The same with everything that was published then: valid as of its time, for ever.
#[test]
fn certificates_that_ended_in_2023_with_the_lists_of_2020() {
    let pki = Pki::new("of 2020", "某市市场监督管理局", Period::years(2019, 2023));
    let at = moment("2020-10-04T07:28:55Z");
    let seal = Seal {
        created: moment("2019-06-01T00:00:00Z"),
        valid_from: moment("2019-06-01T00:00:00Z"),
        valid_to: moment("2023-06-01T00:00:00Z"),
        ..Seal::of(Version::V4, &pki)
    };
    let stamp = Stamp::new(Version::V4, seal.make(), &pki.stamper, at);
    let mut package = Document::titled("2020 年的文件").package();
    package.stamp(&Plan::at(at), &stamp);
    let octets = package.to_bytes();
    let lists: String = [&pki.stamper_authority, &pki.maker_authority]
        .map(|issuer| List::of(issuer, moment("2020-10-04T00:00:00Z"), moment("2020-10-11T00:00:00Z")).to_pem())
        .concat();
    let anchors = Anchors::from_pem(pki.anchors_pem().as_bytes()).unwrap();
    let revocation = RevocationLists::from_pem(lists.as_bytes()).unwrap();
    let evidence = Evidence { revocation, ..Evidence::default() };
    let kept = EvidenceSet::gather(&anchors, &evidence, &Policy::default(), at).unwrap().to_file().unwrap();
    let today = check(&octets, &anchors, &evidence, &Policy::default(), moment(NOW)).unwrap();
    assert_ne!(today.verdict, Verdict::Valid, "the certificates ended");
    drop((pki, anchors, evidence));
    let case = EvidenceSet::from_file(&kept, &EvidenceLimits::default()).unwrap().restore().unwrap();
    let report = case.check(&octets).unwrap();
    assert_eq!((report.verdict, report.checked_at), (Verdict::Valid, at));
}

#[test]
fn altered_and_foreign_evidence_is_refused_by_name() {
    let judged = judged(State::InForce);
    let receipt = signed(&judged);
    let receipt = receipt.receipt();
    let text = String::from_utf8(judged.set.to_file().unwrap()).unwrap();
    let read = |text: &str| EvidenceSet::from_file(text.as_bytes(), &EvidenceLimits::default());
    let swapped = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        read(&text.replacen(from, to, 1)).unwrap_err()
    };
    assert!(matches!(swapped("yinxin-evidence/1", "yinxin-evidence/2"), EvidenceFault::Format));
    let unknown = swapped("\"rules\"", "\"oracle\"");
    assert!(matches!(&unknown, EvidenceFault::UnknownKind { word } if word == "oracle"), "{unknown}");
    assert!(
        matches!(swapped("{\"format\"", "{ \"format\""), EvidenceFault::Form(fault) if fault.offence == Offence::Space)
    );
    assert!(matches!(swapped("\"kind\":\"anchors\"", "\"kind\":\"anchors\",\"more\":1"), EvidenceFault::Typed(_)));
    let digest = hex::encode(judged.set.pieces()[1].sm3());
    assert!(matches!(
        swapped(&digest, &"0".repeat(64)),
        EvidenceFault::Altered { number: 2, kind: PieceKind::Anchors }
    ));
    assert!(matches!(swapped("\"octets\":\"", "\"octets\":\"*"), EvidenceFault::Base64 { number: 1 }));
    let few = EvidenceLimits { pieces: 2, ..EvidenceLimits::default() };
    assert!(matches!(
        EvidenceSet::from_file(text.as_bytes(), &few),
        Err(EvidenceFault::TooManyPieces { .. } | EvidenceFault::Form(_))
    ));
    assert!(EvidenceSet::from_file(b"", &few).is_err() && EvidenceSet::from_file(b"\x00\xff", &few).is_err());

    let without = |kind: PieceKind| {
        let left = judged.set.pieces().iter().filter(|piece| piece.kind() != kind).cloned().collect();
        EvidenceSet::of(judged.set.at, left)
    };
    for kind in [PieceKind::Rules, PieceKind::Anchors, PieceKind::RevocationList, PieceKind::Standing] {
        let fault = replay(receipt, &judged.octets, &without(kind)).unwrap_err();
        assert!(matches!(fault, ReplayFault::MissingEvidence { kind: missing, .. } if missing == kind), "{fault}");
    }
    // altered together with the sm3 beside it: not the piece that the receipt names
    let altered = judged.set.pieces().iter().map(|piece| {
        let mut octets = piece.octets().to_vec();
        octets[0] ^= 1;
        Piece::new(piece.kind(), octets)
    });
    let altered = EvidenceSet::of(judged.set.at, altered.collect());
    assert!(matches!(replay(receipt, &judged.octets, &altered), Err(ReplayFault::MissingEvidence { .. })));
    assert!(matches!(without(PieceKind::Rules).restore(), Err(EvidenceFault::Missing(PieceKind::Rules))));
    assert!(matches!(without(PieceKind::Standing).restore(), Err(EvidenceFault::Missing(PieceKind::Standing))));
    let twice = judged.set.pieces().iter().chain(judged.set.pieces()).cloned().collect();
    assert!(matches!(EvidenceSet::of(judged.set.at, twice).restore(), Err(EvidenceFault::Twice(PieceKind::Rules))));

    let with = |kind: PieceKind, alter: &dyn Fn(String) -> String| {
        let pieces = judged.set.pieces().iter().map(|piece| match piece.kind() == kind {
            false => piece.clone(),
            true => Piece::new(kind, alter(String::from_utf8(piece.octets().to_vec()).unwrap()).into_bytes()),
        });
        EvidenceSet::of(judged.set.at, pieces.collect()).restore()
    };
    let greedy = with(PieceKind::Rules, &|text| text.replace("\"signatures\":1000", "\"signatures\":1000000"));
    assert!(matches!(greedy, Err(EvidenceFault::Limit { name: "signatures" })));
    let later = with(PieceKind::Rules, &|text| text.replace("yinxin-rules/1", "yinxin-rules/2"));
    assert!(matches!(later, Err(EvidenceFault::PieceFormat { kind: PieceKind::Rules })));
    let forged = with(PieceKind::SignedStanding, &|text| text.replace("in_force", "on_force"));
    assert!(matches!(forged, Err(EvidenceFault::SignedStanding)));
    assert!(matches!(with(PieceKind::SignedStanding, &|text| text[1..].to_owned()), Err(EvidenceFault::Signed(_))));
    assert!(matches!(with(PieceKind::Anchors, &|text| text.replace("BEGIN", "BEGUN")), Err(EvidenceFault::Anchors(_))));
    let mixed = with(PieceKind::Standing, &|text| text.replace("\"known\"", "\"unreachable\""));
    assert!(matches!(mixed, Err(EvidenceFault::Standing(_))));
}

#[test]
fn a_receipt_says_what_came_out_and_nothing_of_the_document() {
    let judged = judged(State::Suspended);
    let signed = signed(&judged);
    let text = core::str::from_utf8(signed.octets()).unwrap();
    assert!(!text.contains("小满面馆") && !text.contains("JY2"), "hashes only: {text}");
    let receipt = signed.receipt();
    assert_eq!((receipt.verdict, receipt.standing.state), (Verdict::Valid, StandingState::Suspended));
    assert_eq!(receipt.evidence.len(), judged.set.pieces().len());
    assert_eq!(receipt.document.sm3, hex::encode(sm3::digest(&judged.octets)));
    let again = SignedReceipt::read(signed.octets()).unwrap();
    assert_eq!(again, signed);
    assert_eq!(again.is_by([&key("receipts").1]), Ok(()));
    assert_eq!(again.is_by([&key("another").1]), Err(ReceiptFault::OtherKey));
    assert_eq!(again.is_by([]), Err(ReceiptFault::OtherKey));
}

#[test]
fn altered_receipts_and_other_documents_are_refused_by_name() {
    let judged = judged(State::InForce);
    let signed = signed(&judged);
    let text = core::str::from_utf8(signed.octets()).unwrap();
    let swapped = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        SignedReceipt::read(text.replacen(from, to, 1).as_bytes()).unwrap_err()
    };
    for (from, to) in [
        ("\"valid\"", "\"invalid\""),
        ("in_force", "suspended"),
        ("食品经营许可延续", "食品经营许可变更"),
        (NOW, "2026-11-22T00:00:00Z"),
        ("刘静", "刘敬"),
    ] {
        assert_eq!(swapped(from, to), ReceiptFault::WrongSignature, "{from}");
    }
    // the same instant in other words is not what was signed
    assert_eq!(swapped(NOW, "2026-11-21T00:00:00.000Z"), ReceiptFault::WrongSignature);
    assert_eq!(swapped("receipt/1", "receipt/2"), ReceiptFault::UnknownVersion("yinxin-receipt/2".to_owned()));
    let later = text.replacen("receipt/1", "receipt/9", 1).replacen("\"purpose\"", "\"purposes\"", 1);
    let later = SignedReceipt::read(later.as_bytes()).unwrap_err();
    assert_eq!(later, ReceiptFault::UnknownVersion("yinxin-receipt/9".to_owned()));
    assert!(matches!(swapped("\"number\"", "\"numbers\""), ReceiptFault::Form(TypedFault::Members(_))));
    assert!(matches!(swapped("{\"key\"", " {\"key\""), ReceiptFault::Form(TypedFault::Form(_))));
    assert_eq!(swapped("\"key\":\"", "\"key\":\"*"), ReceiptFault::Base64("key"));
    // another key, with its own signature or the old one
    let (other, public) = key("another");
    let plan = ReceiptPlan::new(signed.receipt().clone()).unwrap();
    let by_other = Signature::from_der(&other.sign(&plan.to_be_signed(), 0).to_der()).unwrap();
    assert_eq!(plan.clone().embed(signed.key(), &by_other), Err(ReceiptFault::WrongSignature));
    let forged = plan.embed(&public, &by_other).unwrap();
    assert_eq!(forged.is_by([signed.key()]), Err(ReceiptFault::OtherKey));
    // signed without the line before it: of another kind of message
    let plan = ReceiptPlan::new(signed.receipt().clone()).unwrap();
    let bare = Signature::from_der(&key("receipts").0.sign(plan.octets(), 0).to_der()).unwrap();
    assert_eq!(plan.embed(signed.key(), &bare), Err(ReceiptFault::WrongSignature));

    let mut altered = judged.octets.clone();
    *altered.last_mut().unwrap() ^= 1;
    let fault = replay(signed.receipt(), &altered, &judged.set).unwrap_err();
    assert!(matches!(fault, ReplayFault::OtherDocument { .. }), "{fault}");
    let mut receipt = signed.receipt().clone();
    receipt.report.version += 1;
    assert!(matches!(replay(&receipt, &judged.octets, &judged.set), Err(ReplayFault::ReportVersion { due: 2 })));
    let mut receipt = signed.receipt().clone();
    receipt.report.sm3 = "0".repeat(64);
    let fault = replay(&receipt, &judged.octets, &judged.set).unwrap_err();
    assert!(matches!(&fault, ReplayFault::OtherReport { program, .. } if program == "yinxin 0.1.0"), "{fault}");
}

#[test]
fn what_changed_since() {
    let judged = judged(State::InForce);
    let receipt = signed(&judged);
    let receipt = receipt.receipt();
    assert_eq!(changes(receipt, &judged.report, "VALID"), []);
    let mut later = judged.report.clone();
    later.standing.as_of = Some(moment("2026-12-01T00:00:00Z"));
    let found = changes(receipt, &later, "VALID");
    assert!(matches!(found[..], [Change::StandingAge { was: Some(_), now: Some(_) }]) && !found[0].is_of_substance());
    later.standing.state = StandingState::Revoked;
    later.verdict = Verdict::Invalid;
    later.reason = Some(CheckId::SealStatus);
    later.trust.revocation_as_of = None;
    let found = changes(receipt, &later, "REVOKED");
    assert_eq!(found.len(), 5, "{found:?}");
    assert_eq!(found.iter().filter(|change| change.is_of_substance()).count(), 3);
    let was = Moment::parse(NOW).unwrap();
    assert_ne!(receipt.revocation_as_of, Some(was));
}

/// Whatever single octet is another, there is no receipt of the key that made it.
#[test]
fn no_octet_of_a_receipt_can_be_another() {
    let signed = signed(&judged(State::InForce));
    let keys = [key("receipts").1];
    for at in (0..signed.octets().len()).step_by(11) {
        for by in [1, 0x20, 0x80] {
            let mut octets = signed.octets().to_vec();
            octets[at] ^= by;
            let read = SignedReceipt::read(&octets).and_then(|read| read.is_by(&keys));
            assert!(read.is_err(), "octet {at} by {by:#x}");
        }
        assert!(SignedReceipt::read(&signed.octets()[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn a_window_is_a_member_of_its_own_and_may_be_absent() {
    let judged = judged(State::InForce);
    let without = signed(&judged);
    let text = String::from_utf8(without.octets().to_vec()).unwrap();
    assert!(!text.contains("window"), "as before there were any: {text}");
    assert_eq!(SignedReceipt::read(without.octets()).unwrap().receipt().window, None);
    let window = Window { device: "d1".to_owned(), name: "3 号窗口".to_owned() };
    let with = signed_of(&judged, Occasion { window: Some(window.clone()), ..occasion(&judged.octets) });
    let read = SignedReceipt::read(with.octets()).unwrap();
    assert_eq!((read.receipt().window.as_ref(), &read.receipt().format), (Some(&window), &without.receipt().format));
    let report = replay(read.receipt(), &judged.octets, &file(&judged.set)).unwrap();
    assert_eq!(report, replay(without.receipt(), &judged.octets, &file(&judged.set)).unwrap());
    // it stands under the signature: another one, none, and one that was put in
    let text = String::from_utf8(with.octets().to_vec()).unwrap();
    let member = r#","window":{"device":"d1","name":"3 号窗口"}"#;
    for altered in [text.replace("3 号窗口", "4 号窗口"), text.replace(member, "")] {
        assert_ne!(altered, text);
        assert_eq!(SignedReceipt::read(altered.as_bytes()), Err(ReceiptFault::WrongSignature));
    }
    let more = text.replace(r#""name":"3 号窗口""#, r#""floor":"1","name":"3 号窗口""#);
    assert!(matches!(SignedReceipt::read(more.as_bytes()), Err(ReceiptFault::Form(_))), "{more}");
}

//! Kept evidence, renewed by time stamps: what ended since counts where it is proven that document and evidence
//! were there before, and each way in which that is not proven has its name.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use yinxin_testkit::{
    crl::{Entry, List},
    moment,
    ofd::Plan,
    pki::{Certificate, Draft, Period, Pki, name},
    seal::{Seal, Stamp, Stamping, Version},
    shipped,
    tsp::Token,
};
use yinxin_trust::{
    algorithms::AlgorithmPolicy,
    anchor::{Anchors, RevocationLists},
    evidence::{
        EvidenceFault, EvidenceLimits, EvidenceSet, Piece, PieceKind,
        renewal::{DigestKind, Renewal, Tree, stamped_octets},
    },
    verify::{
        CheckId, Evidence, Existed, Kept, Outcome, Policy, RenewalFault, RenewalJudge, Report, Subindication, Verdict,
        existed,
    },
};

/// When the licence was stamped and the evidence collected.
const STAMPED: &str = "2026-06-01T02:00:00Z";
const COLLECTED: &str = "2026-06-01T03:00:00Z";
/// The first time stamp authority ends with 2030, the second with 2040, the algorithm with 2032.
const FIRST: &str = "2026-06-02T00:00:00Z";
const SECOND: &str = "2030-06-01T00:00:00Z";
const THIRD: &str = "2039-06-01T00:00:00Z";
const LATER: &str = "2035-01-01T00:00:00Z";

/// A licence with the evidence of its day, and who stamps times.
struct Archive {
    document: Vec<u8>,
    set: EvidenceSet,
    authorities: [Certificate; 3],
    pki: Pki,
}

fn time_authority(pki: &Pki, seed: &str, until: i32) -> Certificate {
    let subject = name("演示信任服务机构（测试专用）", &format!("演示时间戳服务 {seed}"));
    Draft::time_authority(subject, seed, Period::years(2024, until)).issued_by(&pki.root)
}

fn archive(proven_within: bool) -> Archive {
    let pki = Pki::new("of the archive", "演示市市场监督管理局", Period::years(2024, 2060));
    let authorities =
        [("first", 2030), ("second", 2040), ("third", 2050)].map(|(seed, year)| time_authority(&pki, seed, year));
    let stamp = Stamp::new(Version::V4, Seal::of(Version::V4, &pki).make(), &pki.stamper, moment(STAMPED));
    let token = proven_within.then(|| Stamping::with(Token::new(&authorities[0], moment(STAMPED))));
    let mut package = shipped::licence_document().package();
    package.stamp(&Plan::at(moment(STAMPED)), &Stamp { time_stamp: token, ..stamp });
    let anchors = Anchors::from_pem(pki.anchors_pem().as_bytes()).unwrap();
    let revocation = RevocationLists::from_pem(pki.lists_pem().as_bytes()).unwrap();
    let evidence = Evidence { revocation, ..Evidence::default() };
    let set = EvidenceSet::gather(&anchors, &evidence, &Policy::default(), moment(COLLECTED)).unwrap();
    Archive { document: package.to_bytes(), set, authorities, pki }
}

/// SM2 counts until that day for everything but what has to last, and then only with proof.
fn ending(purposes: &[&str], until: &str) -> AlgorithmPolicy {
    let known = ["stamp", "seal", "certificate", "revocation", "time-stamp"];
    let mut entries: Vec<String> = known
        .iter()
        .map(|purpose| {
            let end = if purposes.contains(purpose) { format!(r#","until":"{until}""#) } else { String::new() };
            format!(r#"{{"algorithm":"sm2-sm3","for":["{purpose}"]{end}}}"#)
        })
        .collect();
    for (word, algorithm, digest) in
        [("digest", "sm3", "digest"), ("sm3", "sm3", "time-stamp"), ("sha256", "sha256", "time-stamp")]
    {
        let end = if purposes.contains(&word) { format!(r#","until":"{until}""#) } else { String::new() };
        entries.push(format!(r#"{{"algorithm":"{algorithm}","for":["{digest}"]{end}}}"#));
    }
    let text =
        format!(r#"{{"format":"yinxin-algorithms/1","dated":"2026-11-01","algorithms":[{}]}}"#, entries.join(","));
    AlgorithmPolicy::from_json(text.as_bytes()).unwrap()
}

impl Archive {
    /// A further time stamp over everything there is, as one of three documents.
    fn renewed(&self, set: &EvidenceSet, digest: DigestKind, authority: &Certificate, at: &str) -> EvidenceSet {
        let statement = set.next_statement(digest, &digest.of(&self.document)).unwrap();
        let leaves = [b"another".to_vec(), statement, b"a third".to_vec()].map(|one| Tree::leaf(digest, &one));
        let tree = Tree::of(digest, leaves.to_vec());
        let stamped = stamped_octets(digest, tree.size(), &tree.root());
        let mut token = Token::new(authority, moment(at));
        token.digest_sha256 = digest == DigestKind::Sha256;
        let renewal = Renewal {
            number: set.renewals().len() + 1,
            digest,
            index: 1,
            size: 3,
            path: tree.path(1).unwrap(),
            token: token.make(&stamped),
            pieces: vec![Piece::new(PieceKind::Anchors, self.pki.anchors_pem().into_bytes())],
        };
        set.clone().with_renewals([set.renewals(), &[renewal]].concat())
    }

    /// By each authority while it lasted.
    fn chain(&self, renewals: usize) -> EvidenceSet {
        let times = [FIRST, SECOND, THIRD];
        (0..renewals)
            .fold(self.set.clone(), |set, n| self.renewed(&set, DigestKind::Sm3, &self.authorities[n], times[n]))
    }

    fn judged(
        &self,
        set: &EvidenceSet,
        algorithms: &AlgorithmPolicy,
        today: &str,
    ) -> (Report, Result<Option<Existed>, RenewalFault>) {
        // as somebody does who has document and file and nothing else
        let set = EvidenceSet::from_file(&set.to_file().unwrap(), &EvidenceLimits::default()).unwrap();
        let mut case = set.restore().unwrap();
        case.policy.algorithms = algorithms.clone();
        let judge = RenewalJudge {
            anchors: &case.anchors,
            revocation: &case.evidence.revocation,
            policy: &case.policy,
            today: moment(today),
        };
        let document = |digest: DigestKind| digest.of(&self.document);
        let kept = Kept { today: moment(today), renewed: existed(&set, &document, &judge) };
        let report = case.check_later(&self.document, &kept).unwrap();
        (report, kept.renewed)
    }
}

fn renewal_of(report: &Report) -> (Outcome, String) {
    let check = report.checks.iter().find(|check| check.id == CheckId::EvidenceRenewal).unwrap();
    (check.outcome, check.code.clone())
}

/// The first authority has ended and an algorithm too: without renewal undecided, with renewal valid.
#[test]
fn what_ended_since_counts_where_renewals_prove_that_it_was_there_before() {
    for proven_within in [false, true] {
        let archive = archive(proven_within);
        let over = ending(&["stamp", "seal", "certificate", "revocation"], "2032-12-31");
        let verdict = |set: &EvidenceSet, today: &str| archive.judged(set, &over, today).0;
        // as long as everything counts nothing is asked
        let report = verdict(&archive.set, "2026-07-01T00:00:00Z");
        assert_eq!((report.verdict, renewal_of(&report)), (Verdict::Valid, (Outcome::Skipped, "absent".to_owned())));
        let report = verdict(&archive.set, LATER);
        assert_eq!((report.verdict, report.reason), (Verdict::Indeterminate, Some(CheckId::SignatureValue)));
        assert_eq!(report.subindication, Some(Subindication::CryptoConstraintsFailure));
        // one time stamp whose authority has ended proves nothing today, and is no offence
        let (report, found) = archive.judged(&archive.chain(1), &over, LATER);
        assert!(matches!(&found, Err(RenewalFault::Lapsed { number: 1, .. })), "{found:?}");
        assert_eq!(
            (report.verdict, renewal_of(&report)),
            (Verdict::Indeterminate, (Outcome::Skipped, "lapsed".to_owned()))
        );
        let lapsed = archive.judged(&archive.chain(1), &AlgorithmPolicy::default(), LATER).0;
        assert_eq!(lapsed.verdict, Verdict::Valid, "as without any: what counts still counts");
        // certificates of time stamps end with 2032 too, but the second was there by then, and lasts
        let over = ending(&["stamp", "seal", "revocation"], "2032-12-31");
        let (report, found) = archive.judged(&archive.chain(2), &over, LATER);
        let existed = found.unwrap().unwrap();
        assert_eq!((existed.by, existed.renewals), (moment(FIRST), 2));
        assert_eq!(existed.holds_until, Some(moment("2040-12-31T23:59:59Z")));
        assert_eq!((report.verdict, renewal_of(&report)), (Verdict::Valid, (Outcome::Passed, "ok".to_owned())));
        let kept = report.kept.unwrap();
        assert_eq!((kept.judged_on, kept.existed_by), (moment(LATER), Some(moment(FIRST))));
        assert_eq!(report.checked_at, moment(COLLECTED));
        // until the second one ends
        let (report, found) = archive.judged(&archive.chain(2), &over, "2041-01-01T00:00:00Z");
        assert!(matches!(found, Err(RenewalFault::Lapsed { number: 2, .. })));
        assert_eq!(report.verdict, Verdict::Indeterminate);
        assert_eq!(archive.judged(&archive.chain(3), &over, "2041-01-01T00:00:00Z").0.verdict, Verdict::Valid);
    }
}

#[test]
fn a_time_stamp_within_the_stamp_proves_nothing_once_its_authority_has_ended() {
    let archive = archive(true);
    let policy = AlgorithmPolicy::default();
    let of = |set: &EvidenceSet| {
        let report = archive.judged(set, &policy, LATER).0;
        let check = report.signatures[0].checks.iter().find(|check| check.id == CheckId::Timestamp).unwrap();
        (check.outcome, check.code.clone())
    };
    assert_eq!(of(&archive.set), (Outcome::Indeterminate, "authority_ended".to_owned()));
    assert_eq!(of(&archive.chain(1)), (Outcome::Indeterminate, "authority_ended".to_owned()));
    assert_eq!(of(&archive.chain(2)), (Outcome::Passed, "ok".to_owned()));
}

#[test]
fn altered_missing_late_and_out_of_order_are_named() {
    let archive = archive(false);
    let policy = AlgorithmPolicy::default();
    let whole = archive.chain(3);
    let judged = |set: &EvidenceSet| {
        let (report, found) = archive.judged(set, &policy, LATER);
        let fault = found.unwrap_err();
        assert_eq!(
            (report.verdict, report.reason),
            (Verdict::Indeterminate, Some(CheckId::EvidenceRenewal)),
            "{fault}"
        );
        assert_eq!(renewal_of(&report), (Outcome::Indeterminate, fault.code().to_owned()));
        fault
    };
    let with = |renewals: Vec<Renewal>| archive.set.clone().with_renewals(renewals);
    let all = whole.renewals();
    let numbered = |renewals: &[&Renewal]| {
        let again = (1..).zip(renewals).map(|(number, renewal)| Renewal { number, ..(*renewal).clone() });
        with(again.collect())
    };
    // a link is missing, or two changed places: told by the file, and by the time stamps where the numbers were changed too
    for (renewals, due, found) in [([&all[0], &all[2]], 2, 3), ([&all[1], &all[0]], 1, 2)] {
        let file = with(renewals.map(Renewal::clone).to_vec()).to_file().unwrap();
        let fault = EvidenceSet::from_file(&file, &EvidenceLimits::default()).unwrap_err();
        let is_due =
            matches!(fault, EvidenceFault::RenewalOrder { due: one, found: other } if (one, other) == (due, found));
        assert!(is_due, "{fault}");
        assert!(matches!(judged(&numbered(&renewals)), RenewalFault::Altered { .. }));
    }
    assert!(matches!(judged(&numbered(&[&all[1]])), RenewalFault::Altered { number: 1 }));
    // a piece of evidence: every renewal is over something else
    let other = EvidenceSet::of(archive.set.at, archive.set.pieces()[..1].to_vec()).with_renewals(all.to_vec());
    let document = |digest: DigestKind| digest.of(&archive.document);
    let case = archive.set.restore().unwrap();
    let judge = RenewalJudge {
        anchors: &case.anchors,
        revocation: &case.evidence.revocation,
        policy: &case.policy,
        today: moment(LATER),
    };
    assert!(matches!(existed(&other, &document, &judge), Err(RenewalFault::Altered { number: 1 })));
    let moved = EvidenceSet::of(moment(STAMPED), archive.set.pieces().to_vec()).with_renewals(all.to_vec());
    assert!(matches!(existed(&moved, &document, &judge), Err(RenewalFault::Altered { number: 1 })));
    let foreign = |digest: DigestKind| digest.of(b"another document");
    assert!(matches!(existed(&whole, &foreign, &judge), Err(RenewalFault::Altered { number: 1 })));
    // what an earlier one holds is covered by the next
    let mut altered = all.to_vec();
    altered[0].pieces.clear();
    assert!(matches!(judged(&with(altered)), RenewalFault::Altered { number: 2 }));
    let mut altered = all.to_vec();
    altered[1].path[0][0] ^= 1;
    assert!(matches!(judged(&with(altered)), RenewalFault::Altered { number: 2 }));
    let mut altered = all.to_vec();
    (altered[2].index, altered[2].size) = (3, 3);
    assert!(matches!(judged(&with(altered)), RenewalFault::Altered { number: 3 }));
    let mut altered = all.to_vec();
    let last = altered[2].token.len() - 1;
    altered[2].token[last] ^= 1;
    assert!(matches!(judged(&with(altered)), RenewalFault::Offence { number: 3, .. } | RenewalFault::Token { .. }));

    // too late: the authority of the first had ended
    let late = archive.renewed(&archive.chain(1), DigestKind::Sm3, &archive.authorities[1], "2031-06-01T00:00:00Z");
    let fault = judged(&late);
    assert!(matches!(&fault, RenewalFault::TooLate { number: 2, .. }), "{fault}");
    assert!(fault.to_string().contains("演示时间戳服务 first ended at 2030-12-31T23:59:59Z"), "{fault}");
    // or its algorithm
    let (_, found) = archive.judged(&archive.chain(2), &ending(&["time-stamp"], "2030-05-31"), LATER);
    let fault = found.unwrap_err();
    assert!(matches!(&fault, RenewalFault::TooLate { number: 2, .. }), "{fault}");
    // by then it was not to be used at all
    let (_, found) = archive.judged(&archive.chain(2), &ending(&["time-stamp"], "2026-05-31"), LATER);
    assert!(matches!(found, Err(RenewalFault::Offence { .. } | RenewalFault::Algorithm { .. })));
    // earlier than the one that it covers
    let early = archive.renewed(&archive.chain(1), DigestKind::Sm3, &archive.authorities[1], "2026-06-01T12:00:00Z");
    assert!(matches!(judged(&early), RenewalFault::OutOfOrder { number: 2, .. }));
    // of an authority that nobody trusts
    let stranger = Pki::new("a stranger", "某局", Period::years(2024, 2060));
    let foreign = archive.renewed(&archive.chain(1), DigestKind::Sm3, &stranger.time_authority, SECOND);
    assert_eq!(judged(&foreign).code(), "untrusted");
}

/// A digest ends too: the next renewal digests everything anew.
#[test]
fn a_renewal_by_another_digest_covers_what_was_there() {
    let archive = archive(false);
    let chain = archive.renewed(&archive.chain(1), DigestKind::Sha256, &archive.authorities[1], SECOND);
    let over = ending(&["stamp", "sm3", "digest"], "2032-12-31");
    let (report, found) = archive.judged(&chain, &over, LATER);
    assert_eq!(found.unwrap().unwrap().by, moment(FIRST));
    assert_eq!(report.verdict, Verdict::Valid);
    // by the old digest alone nothing is proven any more
    let (report, found) = archive.judged(&archive.chain(2), &over, LATER);
    assert!(matches!(&found, Err(RenewalFault::Lapsed { number: 2, .. })), "{found:?}");
    assert_eq!(report.verdict, Verdict::Indeterminate);
    // made after it had ended
    let late = archive.renewed(&archive.chain(2), DigestKind::Sha256, &archive.authorities[1], "2033-06-01T00:00:00Z");
    let (_, found) = archive.judged(&late, &over, LATER);
    assert!(matches!(found, Err(RenewalFault::TooLate { number: 3, .. })), "{found:?}");
    // a token over the other digest
    let mut mixed = chain.renewals().to_vec();
    mixed[1].digest = DigestKind::Sm3;
    let mixed = archive.set.clone().with_renewals(mixed);
    assert!(matches!(archive.judged(&mixed, &over, LATER).1, Err(RenewalFault::Digest { number: 2 })));
}

#[test]
fn an_authority_that_was_revoked_proves_nothing_from_then_on() {
    let archive = archive(false);
    let entry = Entry::new(&archive.authorities[0].serial, moment("2028-01-01T00:00:00Z")).because(1);
    let list =
        List::of(&archive.pki.root, moment("2029-01-01T00:00:00Z"), moment("2036-01-01T00:00:00Z")).with(vec![entry]);
    let piece = Piece::new(PieceKind::RevocationList, list.to_der());
    let mut renewals = archive.chain(1).renewals().to_vec();
    renewals[0].pieces.push(piece);
    let first = archive.set.clone().with_renewals(renewals);
    let chain = archive.renewed(&first, DigestKind::Sm3, &archive.authorities[1], SECOND);
    let (_, found) = archive.judged(&chain, &AlgorithmPolicy::default(), LATER);
    let fault = found.unwrap_err();
    assert!(
        matches!(&fault, RenewalFault::TooLate { number: 2, .. }) && fault.to_string().contains("revoked"),
        "{fault}"
    );
}

/// Whatever single octet of a file with renewals is another, it proves nothing.
#[test]
fn no_octet_of_a_renewed_file_can_be_another() {
    let archive = archive(false);
    let file = archive.chain(2).to_file().unwrap();
    let document = |digest: DigestKind| digest.of(&archive.document);
    let case = archive.set.restore().unwrap();
    let judge = RenewalJudge {
        anchors: &case.anchors,
        revocation: &case.evidence.revocation,
        policy: &case.policy,
        today: moment(LATER),
    };
    let proves = |octets: &[u8]| {
        let set = EvidenceSet::from_file(octets, &EvidenceLimits::default());
        set.is_ok_and(|set| {
            existed(&set, &document, &judge).is_ok_and(|found| found.is_some_and(|one| one.renewals == 2))
        })
    };
    assert!(proves(&file));
    // the last token is covered by nothing but its own signature
    let covered = file.windows(9).rposition(|part| part == b"\"token\":\"").unwrap();
    for at in (0..covered).step_by(61) {
        let mut octets = file.clone();
        octets[at] ^= 1;
        assert!(!proves(&octets), "octet {at}");
    }
}

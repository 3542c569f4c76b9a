//! Time stamps over kept evidence: what the register keeps, and what other people's verifiers say of them.

use super::{Stamping, opened};
use crate::support::{
    Folder,
    database::Database,
    desk::Desk,
    house::{House, begin, food, verifier_of},
    repository,
};
use std::{fs, path::Path, process::Command, sync::Arc};
use yinxin::{
    clock::Clock as _,
    flow::{
        authority::Named,
        document::{Form, document},
        issue::{Issued, issue},
        renewals::{self, KeptRules, RenewError, Renewed, renew_kept},
        time_stamps::{Obtained, TimeSource, TimeStamperSettings, WhenMissing},
    },
    store::renewals as stored,
};
use yinxin_testkit::pki::pem;
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    base::Moment,
    evidence::{
        EvidenceLimits, EvidenceSet,
        renewal::{DigestKind, Renewal, stamped_octets},
    },
    suite::Suite,
    verify::{Existed, Policy, RenewalFault, RenewalJudge},
};

on_both!(what_is_kept_is_time_stamped_and_renewed_before_it_grows_old, two_at_once_cannot_both_be_right);

const RULES: KeptRules = KeptRules { days_before: 180 };

fn own(stamping: Stamping) -> House {
    stamping.issuing(|issuer, authority| {
        issuer.with_time_stamps(Obtained::new(TimeSource::Own(authority), WhenMissing::Refuse))
    })
}

fn issued(house: &House, n: u32) -> Issued {
    issue(&house.issuer, &house.may_issue(), &[food(n)]).pop().unwrap().unwrap()
}

fn read(house: &House, issued: &Issued, form: Form) -> Vec<u8> {
    document(&house.issuer, &house.may_read(), &issued.identifier.parse().unwrap(), form).unwrap()
}

fn evidence(house: &House, issued: &Issued) -> EvidenceSet {
    EvidenceSet::from_file(&read(house, issued, Form::Evidence), &EvidenceLimits::default()).unwrap()
}

/// From document and file alone.
fn proven(house: &House, issued: &Issued, today: Moment) -> Result<Option<Existed>, RenewalFault> {
    let set = evidence(house, issued);
    let case = set.restore().unwrap();
    let anchors = set.with_anchors_of_renewals(&case.anchors).unwrap();
    let judge = RenewalJudge { anchors: &anchors, revocation: &case.evidence.revocation, policy: &case.policy, today };
    renewals::judged(&read(house, issued, Form::Ofd), &set, &judge).unwrap().renewed
}

/// The same house years later, with an authority whose certificate was made then.
fn years_later(house: House, folder: &Folder, at: Moment) -> House {
    let now = house.clock.now().unwrap();
    house.clock.advance_seconds(at.unix_seconds() - now.unix_seconds());
    let named = Named { organisation: "演示市数据局", name: "演示时间戳服务（第二代）" };
    let certificate = house.authority.certify_time_stamper(house.keys.as_ref(), named, at).unwrap();
    let root = pem(house.authority.root.der());
    let chain = folder.path().join("second.chain");
    fs::write(&chain, pem(certificate.der()) + &root).unwrap();
    let settings = TimeStamperSettings { chain, policy: "2.999.1".to_owned(), accuracy_seconds: 60 };
    let authority = opened(&settings, &house);
    let anchors = format!("{}\n# use: time-stamp\n{root}", house.authority.anchors_pem());
    let verifier = verifier_of(&anchors, &house.authority, house.keys.as_ref(), Arc::clone(&house.clock));
    let obtained = Obtained::new(TimeSource::Own(authority), WhenMissing::Refuse);
    house.issuing(verifier, |issuer| issuer.with_time_stamps(obtained))
}

fn what_is_kept_is_time_stamped_and_renewed_before_it_grows_old(database: &Database) {
    let folder = Folder::new();
    let house = own(Stamping::new(database, Suite::Sm2));
    let licences = [1, 2, 3].map(|n| issued(&house, n));
    assert_eq!(proven(&house, &licences[0], begin()).unwrap(), None);
    assert_eq!(renew_kept(&house.issuer, RULES).unwrap(), Renewed { first: 3, again: 0, lost: 0 });
    assert_eq!(renew_kept(&house.issuer, RULES).unwrap(), Renewed::default(), "nothing grows old yet");
    let mut until = None;
    for licence in &licences {
        let existed = proven(&house, licence, begin()).unwrap().unwrap();
        assert_eq!((existed.by, existed.renewals), (begin(), 1));
        until = existed.holds_until;
    }
    let until = until.unwrap();
    let days = |days: i64| Moment::from_unix_seconds(until.unix_seconds() - days * 86_400).unwrap();
    // one of a later day joins with a time stamp of its own
    let late = issued(&house, 4);
    assert_eq!(renew_kept(&house.issuer, RULES).unwrap(), Renewed { first: 1, again: 0, lost: 0 });

    let house = years_later(house, &folder, days(181));
    assert_eq!(renew_kept(&house.issuer, RULES).unwrap(), Renewed::default());
    let house = years_later(house, &folder, days(179));
    assert_eq!(renew_kept(&house.issuer, RULES).unwrap(), Renewed { first: 0, again: 4, lost: 0 });
    assert_eq!(renew_kept(&house.issuer, RULES).unwrap(), Renewed::default());
    // after the first authority has ended the second time stamp proves what the first one did
    let after = days(-1);
    for licence in licences.iter().chain([&late]) {
        let existed = proven(&house, licence, after).unwrap().unwrap();
        assert_eq!((existed.by, existed.renewals), (begin(), 2));
    }
    // nobody renewed the second in time: that is told, and not made good
    let existed = proven(&house, &late, after).unwrap().unwrap();
    let ended = Moment::from_unix_seconds(existed.holds_until.unwrap().unix_seconds() + 1).unwrap();
    assert!(matches!(proven(&house, &late, ended), Err(RenewalFault::Lapsed { number: 2, .. })));
    house.clock.advance_seconds(ended.unix_seconds() - house.clock.now().unwrap().unix_seconds());
    assert_eq!(renew_kept(&house.issuer, RULES).unwrap(), Renewed { first: 0, again: 0, lost: 4 });
}

fn two_at_once_cannot_both_be_right(database: &Database) {
    let house = own(Stamping::new(database, Suite::Sm2));
    issued(&house, 1);
    renew_kept(&house.issuer, RULES).unwrap();
    let store = &house.issuer.store;
    let (batch, members) = store
        .read(|conn| {
            let batch = stored::open_batches(conn)?.remove(0);
            let members = stored::members(conn, batch.id)?;
            Ok::<_, yinxin::store::StoreError>((batch, members))
        })
        .unwrap();
    // another process, which looked before the first one wrote
    let second = stored::Batch { id: batch.id + 1, ..batch };
    let members: Vec<_> = members.into_iter().map(|member| stored::Member { batch_id: second.id, ..member }).collect();
    let refused = store.write(move |conn| stored::insert(conn, &second, &members, None));
    assert!(matches!(refused, Err(yinxin::store::StoreError::Conflict { .. })), "{refused:?}");
    assert_eq!(store.read(stored::open_batches).unwrap().len(), 1);
}

#[test]
fn without_an_authority_nothing_is_renewed() {
    let database = Database::sqlite();
    let house = House::new(&database);
    assert!(matches!(renew_kept(&house.issuer, RULES), Err(RenewError::NoAuthority)));
}

/// A time stamp that ends with the one before renews nothing.
#[test]
fn a_time_stamp_that_ends_no_later_is_refused() {
    let database = Database::sqlite();
    let house = own(Stamping::new(&database, Suite::Sm2));
    let licence = issued(&house, 1);
    let (octets, set) = (read(&house, &licence, Form::Ofd), evidence(&house, &licence));
    let renewed = renew(&house, &octets, &set, DigestKind::Sm3).unwrap();
    let refused = renew(&house, &octets, &renewed, DigestKind::Sm3).unwrap_err();
    assert!(matches!(refused, RenewError::NoLonger { given, last } if given == last), "{refused}");
    // of what was altered nothing is renewed
    let mut altered = octets.clone();
    *altered.last_mut().unwrap() ^= 1;
    let refused = renew(&house, &altered, &renewed, DigestKind::Sm3).unwrap_err();
    assert!(matches!(refused, RenewError::Chain(RenewalFault::Altered { number: 1 })), "{refused}");
}

fn renew(house: &House, octets: &[u8], set: &EvidenceSet, digest: DigestKind) -> Result<EvidenceSet, RenewError> {
    let root = pem(house.authority.root.der());
    let anchors = Anchors::from_pem(format!("# use: time-stamp\n{root}").as_bytes()).unwrap();
    let (revocation, policy) = (RevocationLists::default(), Policy::default());
    let today = house.clock.now().unwrap();
    let judge = RenewalJudge { anchors: &anchors, revocation: &revocation, policy: &policy, today };
    renewals::renew(&octets, set, digest, house.issuer.obtained().unwrap(), &judge).map(|(set, _)| set)
}

fn said(program: &str, arguments: &[&str], folder: &Path) -> (bool, String) {
    let output = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// What the token of a renewal is over, and the token.
fn files(folder: &Folder, set: &EvidenceSet, document: &[u8]) -> Renewal {
    let renewal = set.renewals()[0].clone();
    let bare = EvidenceSet::of(set.at, set.pieces().to_vec());
    let statement = bare.next_statement(renewal.digest, &renewal.digest.of(document)).unwrap();
    folder.file("token", &renewal.token);
    folder.file("stamped", renewal.stamped(&statement).unwrap());
    folder.file("another", stamped_octets(renewal.digest, 1, &[0; 32]));
    renewal
}

#[test]
fn openssl_and_bouncy_castle_say_the_same() {
    let database = Database::sqlite();
    let stamping = Stamping::new(&database, Suite::P256);
    let folder = Folder::new();
    fs::copy(stamping.root(), folder.path().join("root.pem")).unwrap();
    let house = own(stamping);
    let licence = issued(&house, 1);
    let (octets, set) = (read(&house, &licence, Form::Ofd), evidence(&house, &licence));
    for digest in DigestKind::ALL {
        files(&folder, &renew(&house, &octets, &set, digest).unwrap(), &octets);
        let verify = |data: &str| {
            let at = (begin().unix_seconds() + 60).to_string();
            let fixed = ["ts", "-verify", "-token_in", "-in", "token", "-CAfile", "root.pem", "-attime", &at];
            said("openssl", &[&fixed[..], &["-data", data]].concat(), folder.path())
        };
        let (good, words) = verify("stamped");
        assert!(good && words.contains("Verification: OK"), "{digest:?}: {words}");
        assert!(!verify("another").0, "over something else");
    }

    let database = Database::sqlite();
    let house = own(Stamping::new(&database, Suite::Sm2));
    let licence = issued(&house, 1);
    let (octets, set) = (read(&house, &licence, Form::Ofd), evidence(&house, &licence));
    files(&folder, &renew(&house, &octets, &set, DigestKind::Sm3).unwrap(), &octets);
    folder.file("root.der", house.authority.root.der());
    let judge = repository("tests/judges/Judge.java").display().to_string();
    let jars = ["bcprov", "bcpkix", "bcutil"].map(|name| format!("/usr/share/java/{name}.jar")).join(":");
    let seconds = begin().unix_seconds().to_string();
    let over =
        |data: &str| said("java", &["-cp", &jars, &judge, "over", "root.der", "token", data, &seconds], folder.path());
    let (good, words) = over("stamped");
    assert!(good && words.starts_with("ok"), "{words}");
    let (good, words) = over("another");
    assert!(!good && words.contains("imprint"), "{words}");
}

/// What somebody downloads beside the licence says so too.
#[test]
fn what_is_downloaded_carries_the_renewals() {
    use yinxin::flow::access::Scope;
    let database = Database::sqlite();
    let desk = Desk::open(own(Stamping::new(&database, Suite::Sm2)), "");
    let token = desk.token(&desk.house.body, &[Scope::Issue, Scope::Read]);
    let issued = desk.issue(&token, &food(1));
    renew_kept(&desk.house.issuer, RULES).unwrap();
    let at = format!("/api/v1/licences/{}/document?as=evidence", issued["identifier"].as_str().unwrap());
    let set = EvidenceSet::from_file(&desk.get(&at, &token).octets, &EvidenceLimits::default()).unwrap();
    assert_eq!(set.renewals().len(), 1);
}

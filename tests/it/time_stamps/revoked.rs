//! What becomes of licences whose time stamp authority was revoked.

use super::Stamping;
use crate::support::{
    database::Database,
    house::{House, begin, food},
};
use yinxin::{
    flow::{
        authority::{IssuedBy, Lists, Revoked},
        document::{Form, document},
        issue::{IssueError, Issued, issue},
        kind::HasKind as _,
        time_stamps::{Obtained, TimeSource, WhenMissing},
    },
    store::seals,
};
use yinxin_trust::{
    anchor::RevocationLists,
    base::Moment,
    suite::Suite,
    verify::{CheckId, Report, TimeSource as Proven, Verdict},
    x509::{Certificate, Chain, RevocationReason},
};

on_both!(a_revoked_authority_stamps_no_licence, what_it_stamped_before_depends_on_the_reason);

struct Scene {
    house: House,
    stamper: Certificate,
    time_stamper: Certificate,
}

impl Scene {
    fn new(database: &Database) -> Self {
        let stamping = Stamping::new(database, Suite::Sm2);
        let chain = std::fs::read(&stamping.settings.chain).unwrap();
        let time_stamper = Chain::from_pem(&chain, begin()).unwrap().certificate().clone();
        let own = |authority| Obtained::new(TimeSource::Own(authority), WhenMissing::Refuse);
        let house = stamping.issuing(|issuer, authority| issuer.with_time_stamps(own(authority)));
        let seal = house.issuer.store.read(|conn| seals::list(conn, &house.body, "", 1)).unwrap().remove(0);
        let stamper = Certificate::from_der(&seal.stamper_certificate).unwrap();
        Self { house, stamper, time_stamper }
    }

    /// What the authority's lists say from now on, some seconds after the beginning.
    fn publish(&self, revoked: &[(IssuedBy, &Certificate, i64, RevocationReason)]) {
        let entry = |(by, certificate, seconds, reason): &(IssuedBy, &Certificate, i64, RevocationReason)| Revoked {
            by: *by,
            serial: certificate.serial().to_vec(),
            at: Moment::from_unix_seconds(begin().unix_seconds() + seconds).unwrap(),
            reason: *reason,
        };
        let revoked: Vec<_> = revoked.iter().map(entry).collect();
        let House { authority, keys, issuer, .. } = &self.house;
        let now = issuer.clock.now().unwrap();
        let lists = Lists::publish(authority, keys.as_ref(), &revoked, now).unwrap();
        issuer.verifier.replace_revocation(RevocationLists::of(lists.named().map(|(_, list)| list.clone())));
    }

    fn one(&self, n: u32) -> Result<Issued, IssueError> {
        issue(&self.house.issuer, &self.house.may_issue(), &[food(n)]).pop().unwrap()
    }

    fn report(&self, issued: &Issued) -> Report {
        let identifier = issued.identifier.parse().unwrap();
        let octets = document(&self.house.issuer, &self.house.may_read(), &identifier, Form::Ofd).unwrap();
        self.house.issuer.verify_document(&octets).unwrap()
    }
}

fn a_revoked_authority_stamps_no_licence(database: &Database) {
    let scene = Scene::new(database);
    let before = scene.one(1).unwrap();
    for (n, reason) in [(2, RevocationReason::KeyCompromise), (3, RevocationReason::Superseded)] {
        scene.publish(&[(IssuedBy::Root, &scene.time_stamper, 0, reason)]);
        let refused = scene.one(n).unwrap_err();
        assert_eq!(refused.code(), "time_stamp_unavailable");
        assert!(refused.to_string().contains("was revoked from"), "{refused}");
        // of what was issued its time is a claim again; nothing else depends on it
        let report = scene.report(&before);
        assert_eq!(report.verdict, Verdict::Valid);
        assert_eq!(report.signatures[0].stamped_at.as_ref().unwrap().source, Proven::TimeInfo);
        assert!(report.warnings.iter().any(|warning| warning.code == "timestamp.revoked"));
    }
    // on the list of another issuer the same serial number says nothing of it
    scene.publish(&[(IssuedBy::StamperAuthority, &scene.time_stamper, 0, RevocationReason::KeyCompromise)]);
    assert_eq!(scene.report(&before).signatures[0].stamped_at.as_ref().unwrap().source, Proven::TimeStamp);
}

/// The stamper's key was stolen a minute after the licence was issued: only a time stamp tells it from a forgery.
fn what_it_stamped_before_depends_on_the_reason(database: &Database) {
    let scene = Scene::new(database);
    let issued = scene.one(1).unwrap();
    scene.house.clock.advance_seconds(600);
    let stolen = (IssuedBy::StamperAuthority, &scene.stamper, 60, RevocationReason::KeyCompromise);
    let retired = |reason| (IssuedBy::Root, &scene.time_stamper, 120, reason);
    for (entries, due) in [
        (vec![stolen], (Verdict::Valid, None)),
        (vec![stolen, retired(RevocationReason::Superseded)], (Verdict::Valid, None)),
        (vec![stolen, retired(RevocationReason::CessationOfOperation)], (Verdict::Valid, None)),
        (vec![stolen, retired(RevocationReason::KeyCompromise)], (Verdict::Invalid, Some(CheckId::SignerRevocation))),
        (
            vec![stolen, retired(RevocationReason::PrivilegeWithdrawn)],
            (Verdict::Invalid, Some(CheckId::SignerRevocation)),
        ),
    ] {
        scene.publish(&entries);
        let report = scene.report(&issued);
        assert_eq!((report.verdict, report.reason), due, "{:?}", entries.last().map(|last| last.3));
    }
}

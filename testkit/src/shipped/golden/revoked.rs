//! Certificates that stand on a revocation list.

use super::{Set, Stage, VALID, indeterminate, invalid, scene, stamped_at};
use crate::{
    crl::Entry,
    moment,
    pki::{Certificate, Draft, Period, name},
    png,
    seal::{Seal, Stamp, Stamping, Version},
    tsp::Token,
};

const BEFORE: &str = "2026-05-01T00:00:00Z";
const AFTER: &str = "2026-09-01T00:00:00Z";
/// keyCompromise, superseded.
const COMPROMISE: u8 = 1;
const SUPERSEDED: u8 = 4;

fn stamper(stage: &Stage, number: u8) -> Certificate {
    stage.pki.stamper_named(&format!("演示市撤并机关{number}"))
}

fn maker(stage: &Stage) -> Certificate {
    let subject = name("演示制章单位", "演示已停用制章系统");
    let draft = Draft::signer(subject, "golden/maker/revoked", Period::years(2024, 2035));
    draft.issued_by(&stage.pki.maker_authority)
}

/// The anchors of the golden files, with those on the lists who stand there.
pub(super) fn anchors_pem(stage: &Stage) -> String {
    let entry = |number, at, reason| Entry::new(&stamper(stage, number).serial, moment(at)).because(reason);
    let stampers = vec![
        entry(1, BEFORE, COMPROMISE),
        entry(2, AFTER, COMPROMISE),
        entry(3, AFTER, SUPERSEDED),
        entry(4, AFTER, COMPROMISE).invalid_since(moment(BEFORE)),
    ];
    let makers = vec![Entry::new(&maker(stage).serial, moment(BEFORE))];
    scene::anchors_with(&stage.pki, moment("2026-10-01T00:00:00Z"), stampers, makers)
}

pub(super) fn add(stage: &Stage, set: &mut Set) {
    let stamp = |number, proven: bool| {
        let stamper = stamper(stage, number);
        let seal = stage.seal_for(&stamper).make();
        let token = Token::new(&stage.pki.time_authority, moment("2026-06-01T02:00:05Z"));
        let time_stamp = proven.then(|| Stamping::with(token));
        Stamp { time_stamp, ..Stamp::new(Version::V4, seal, &stamper, stamped_at()) }
    };
    let failed = || invalid("signer.revocation");
    for (name, what, due, number, proven) in [
        ("signer-revoked.ofd", "revoked before it signed", failed(), 1, false),
        ("signer-revoked-time-stamp.ofd", "the same under a time stamp", failed(), 1, true),
        ("signer-compromised-later.ofd", "key compromised later, time only claimed", failed(), 2, false),
        ("signer-compromised-later-time-stamp.ofd", "key compromised later, time proven", VALID, 2, true),
        ("signer-invalid-since.ofd", "key invalid since before the proven time", failed(), 4, true),
        ("signer-superseded.ofd", "superseded later, time only claimed", indeterminate("signer.revocation"), 3, false),
        ("signer-superseded-time-stamp.ofd", "superseded later, time proven", VALID, 3, true),
    ] {
        set.put(name, what, due, stage.stamped(&stamp(number, proven)).to_bytes());
    }
    let mut pki = stage.pki.clone();
    pki.maker = maker(stage);
    let seal = Seal { picture: png::square(), ..Seal::of(Version::V4, &pki) }.make();
    let stamp = Stamp { seal: seal.clone(), ..stage.stamp(Version::V4) };
    let due = invalid("seal.maker.revocation");
    set.put("maker-revoked.ofd", "the maker of the seal was revoked before", due, stage.stamped(&stamp).to_bytes());
    set.put("seal-maker-revoked.esl", "the same, the seal alone", due, seal);
}

//! Copies at the window and by themselves: for their use, for another, ended, of a licence that was revoked, edited.

use super::*;
use yinxin::flow::{
    holders::holdings,
    shown::{self, Shown},
};
use yinxin_testkit::zip::Archive;
use yinxin_trust::verify::{CheckId, CopyRefusal, CopyUse, Outcome, StandingState, Verdict};

on_both!(
    the_window_takes_it_for_its_use_alone,
    the_holder_is_told_who_was_shown_it,
    an_edited_copy_is_tampered_with,
    who_says_no_use_gets_no_green,
);

fn the_window_takes_it_for_its_use_alone(database: &Database) {
    let room = Room::open(database);
    let made = room.make(&order("2026-12-01"), "k").unwrap();
    let file = room.file(&made, Form::Ofd).unwrap();
    let right = room.bring(&file, PURPOSE);
    assert_eq!((right.shown, right.copy_refusal), (Shown::Valid, None));
    assert_eq!(right.copy().unwrap().number.as_deref(), Some(made.number.as_str()));
    assert_eq!(right.identifier(), Some(room.identifier.as_str()));
    // width and spaces are the keyboard's
    assert_eq!(room.bring(&file, "参加 校园配餐项目投标").shown, Shown::Valid);
    let other = room.bring(&file, "食品经营许可变更");
    assert_eq!((other.shown, other.copy_refusal), (Shown::CopyForOtherPurpose, Some(CopyRefusal::OtherPurpose)));
    let report = other.report.as_ref().unwrap();
    assert_eq!(report.verdict, Verdict::Valid, "it is genuine all the same");
    let elsewhere = CopyOrder { recipient: "别的单位".to_owned(), ..order("2026-12-01") };
    let not_ours = room.file(&room.make(&elsewhere, "k2").unwrap(), Form::Ofd).unwrap();
    let seen = room.bring(&not_ours, PURPOSE);
    assert_eq!((seen.shown, seen.copy_refusal), (Shown::CopyForOtherPurpose, Some(CopyRefusal::OtherRecipient)));
    let by_code = CopyOrder { recipient: crate::support::house::BODY_CODE.to_owned(), ..order("2026-12-01") };
    let by_code = room.file(&room.make(&by_code, "k3").unwrap(), Form::Ofd).unwrap();
    assert_eq!(room.bring(&by_code, PURPOSE).shown, Shown::Valid);
    // the last second of its last day, and the one after
    let left = made.expires_at.unix_seconds() - room.house().clock.now().unwrap().unix_seconds();
    room.later(left);
    assert_eq!(room.bring(&file, PURPOSE).shown, Shown::Valid);
    room.later(1);
    let ended = room.bring(&file, PURPOSE);
    assert_eq!((ended.shown, ended.copy_refusal), (Shown::CopyForOtherPurpose, Some(CopyRefusal::Ended)));
    let check = ended.report.unwrap().checks.into_iter().find(|check| check.id == CheckId::LicenceCopy).unwrap();
    assert_eq!((check.outcome, check.code.as_str()), (Outcome::Failed, "ended"));
}

fn the_holder_is_told_who_was_shown_it(database: &Database) {
    let room = Room::open(database);
    let made = room.make(&order("2026-12-01"), "k").unwrap();
    let file = room.file(&made, Form::Ofd).unwrap();
    room.bring(&file, PURPOSE);
    room.later(5);
    room.bring(&file, "食品经营许可变更");
    let (cards, _) = copies::of(&room.house().issuer, &room.holder).unwrap();
    let seen: Vec<_> = cards[0].uses.iter().map(|one| (one.purpose.as_str(), one.shown)).collect();
    assert_eq!(seen, [("食品经营许可变更", Some(Shown::CopyForOtherPurpose)), (PURPOSE, Some(Shown::Valid))]);
    assert_eq!(cards[0].uses[0].body, RECIPIENT);
    let told = holdings::of(&room.house().issuer, &room.holder).unwrap().notices;
    let acts: Vec<_> = told.iter().map(|notice| notice.act.as_str()).collect();
    assert_eq!(acts[..1], ["copy_refused"]);
    assert!(acts.contains(&"copy") && acts.contains(&"copy_used"), "{acts:?}");
    // a licence that is revoked later: so is its copy
    room.act("revoke");
    let revoked = room.bring(&file, PURPOSE);
    assert_eq!(revoked.shown, Shown::NotInForce(StandingState::Revoked));
    assert_eq!(revoked.copy_refusal, None);
}

fn an_edited_copy_is_tampered_with(database: &Database) {
    let room = Room::open(database);
    let file = room.file(&room.make(&order("2026-12-01"), "k").unwrap(), Form::Ofd).unwrap();
    for (name, from, to) in [
        ("OFD.xml", "20261201235959", "20271201235959"),
        ("Doc_0/Pages/Page_0/Content.xml", "参加校园", "参加其他"),
        ("OFD.xml", "JZJZZSY", "JZJZZSX"),
    ] {
        let edited = edited(&file, name, from, to);
        let seen = room.bring(&edited, PURPOSE);
        assert_eq!(seen.shown, Shown::Tampered, "{name} {from}");
        assert!(seen.copy().is_none() && seen.own.is_none());
    }
}

/// The file with another text in an entry.
fn edited(file: &[u8], name: &str, from: &str, to: &str) -> Vec<u8> {
    use yinxin_trust::{base::Limits, ofd::Package};
    let package = Package::open(&file, &Limits::default()).unwrap();
    let files: Vec<(String, Vec<u8>)> = package
        .names()
        .map(|entry| {
            let octets = package.read(entry).unwrap().to_vec();
            if entry != name {
                return (entry.to_owned(), octets);
            }
            let text = String::from_utf8(octets).unwrap();
            assert!(text.contains(from), "{from} is not in {name}");
            (entry.to_owned(), text.replace(from, to).into_bytes())
        })
        .collect();
    Archive::of(&files).to_bytes()
}

fn who_says_no_use_gets_no_green(database: &Database) {
    let room = Room::open(database);
    let file = room.file(&room.make(&order("2026-12-01"), "k").unwrap(), Form::Ofd).unwrap();
    let report = room.verifier().verify(&file, Some(room.house().clock.now().unwrap())).unwrap();
    assert_eq!((report.verdict, report.standing.state), (Verdict::Valid, StandingState::InForce));
    assert_eq!(shown::state(&report), Shown::AnnotatedCopy);
    let of = |purpose, names| shown::for_use(&report, &CopyUse { purpose, names });
    assert_eq!(of(PURPOSE, &[RECIPIENT]), (Shown::Valid, None));
    assert_eq!(of(PURPOSE, &[]), (Shown::CopyForOtherPurpose, Some(CopyRefusal::OtherRecipient)));
    // nothing is said of use for an original
    let original = issue_of(&room);
    let report = room.verifier().verify(&original, Some(room.house().clock.now().unwrap())).unwrap();
    assert_eq!(shown::for_use(&report, &CopyUse { purpose: "别的", names: &[] }), (Shown::Valid, None));
    assert!(report.checks.iter().all(|check| check.id != CheckId::LicenceCopy));
}

fn issue_of(room: &Room) -> Vec<u8> {
    use yinxin::flow::document;
    let house = room.house();
    document::document(&house.issuer, &house.may_read(), &room.identifier.parse().unwrap(), Form::Ofd).unwrap()
}

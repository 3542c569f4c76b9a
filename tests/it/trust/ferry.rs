//! Ouhai has no line to Fuyang, only files.

use super::places::{FUYANG, Fuyang, MAX_AGE_MINUTES, Ouhai, Wanted, outcome};
use crate::support::{Folder, database::Database, house::food};
use std::{
    fs,
    path::{Path, PathBuf},
};
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Permit, may},
        ferry::{self, Exported, FerryError, Folders, Imported},
        issue,
        trust::{self, NewOperator, Offered},
    },
    store::{StoreError, ferry as rows},
};
use yinxin_trust::{
    ferry::{Kind, OutOfOrder},
    sm::sm3,
    trust_list::AcceptancePolicy,
    verify::{CheckId, Outcome, StandingState, Verdict},
};

on_both!(
    standings_come_by_files_with_their_age,
    a_file_is_taken_after_the_one_before,
    what_is_no_file_of_ours_is_refused_by_name,
    half_a_file_leaves_nothing,
);

struct Carried<'a> {
    fuyang: &'a Fuyang,
    ouhai: &'a Ouhai,
    folder: Folder,
}

impl<'a> Carried<'a> {
    fn new(fuyang: &'a Fuyang, ouhai: &'a Ouhai) -> Self {
        Self { fuyang, ouhai, folder: Folder::new() }
    }

    fn try_export(&self, of: &Fuyang) -> Result<Exported, FerryError> {
        let (list, pki) = (of.folder.path().join("trust"), of.folder.path().join("keys.pki"));
        let folders = Folders { list: &list, authority: Some(&pki) };
        let permit: Permit<may::ManageKeys> = Permit::of_operator("");
        ferry::export(&of.house.issuer, &permit, folders, &self.folder.path().join("out"), None)
    }

    fn export(&self) -> Exported {
        self.try_export(self.fuyang).unwrap()
    }

    fn take(&self, path: &Path, may_begin: bool) -> Result<Imported, FerryError> {
        let permit: Permit<may::ManageTrust> = Permit::of_operator("");
        let now = self.ouhai.clock.now().unwrap();
        ferry::import(&self.ouhai.store, &permit, path, &AcceptancePolicy::default(), may_begin, now)
    }

    fn taken(&self, path: &Path) {
        let taken = self.take(path, false);
        assert!(matches!(taken, Ok(Imported::Taken { .. })), "{taken:?}");
    }

    fn word(&self, path: &Path) -> &'static str {
        let error = self.take(path, false).unwrap_err();
        error.word().unwrap_or_else(|| panic!("{error}"))
    }

    fn last(&self) -> i64 {
        ferry::states(&self.ouhai.store).unwrap().first().map_or(0, |state| state.last.sequence)
    }

    /// A file with something of it replaced.
    fn altered(&self, path: &Path, change: impl FnOnce(String) -> String) -> PathBuf {
        self.folder.file("altered", change(fs::read_to_string(path).unwrap()))
    }
}

fn without_a_line(fuyang: &Fuyang) -> NewOperator {
    NewOperator { list_address: None, status_address: None, revocation_address: None, ..fuyang.operator() }
}

fn standings_come_by_files_with_their_age(database: &Database) {
    let mut fuyang = Fuyang::new();
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    let (issued, document) = fuyang.issue();
    fuyang.make(&Wanted::sound());
    let operator = without_a_line(&fuyang);
    fuyang.stop();
    ouhai.add(operator);
    let carried = Carried::new(&fuyang, &ouhai);
    let first = carried.export();
    assert_eq!(first.path.file_name().unwrap(), "000001.ferry");
    assert_eq!(Kind::ALL.map(|kind| first.counts.of(kind)), [1, 3, 1, 1, 1]);
    let taken = carried.take(&first.path, false).unwrap();
    let Imported::Taken { list: Some(Ok(Offered::Proposed { .. })), revocation: 2, .. } = taken else {
        panic!("{taken:?}")
    };
    // a list in a file is proposed as any other; nothing counts before two people accept it
    assert_eq!(outcome(&ouhai.verify(&document)), (Verdict::Indeterminate, "unknown_issuer".to_owned()));
    let sm3 = ouhai.waits();
    ouhai.accept("zhang.san", &sm3).unwrap();
    ouhai.accept("li.si", &sm3).unwrap();
    assert!(ouhai.look());
    let report = ouhai.verify(&document);
    assert_eq!(outcome(&report), (Verdict::Valid, "ok".to_owned()), "{report:#?}");
    let standing = &report.standing;
    assert_eq!((standing.state, standing.as_of), (StandingState::InForce, Some(first.header.made)));
    assert!(standing.source.as_ref().unwrap().contains("留存"), "{standing:?}");
    let seal = report.signatures[0].checks.iter().find(|check| check.id == CheckId::SealStatus).unwrap();
    assert_eq!((seal.outcome, seal.code.as_str()), (Outcome::Passed, "ok"), "{seal:?}");

    // what is decided there is known here with the next file, and not before
    fuyang.act(&issued, "suspend");
    fuyang.house.clock.advance_seconds(60);
    assert_eq!(ouhai.verify(&document).standing.state, StandingState::InForce);
    let second = carried.export();
    carried.taken(&second.path);
    let report = ouhai.verify(&document);
    assert_eq!((report.standing.state, report.standing.as_of), (StandingState::Suspended, Some(second.header.made)));
    // and called old once it is
    fuyang.house.clock.advance_seconds(i64::from(MAX_AGE_MINUTES) * 60 + 1);
    for _ in 0..2 {
        let report = ouhai.verify(&document);
        assert_eq!(report.standing.state, StandingState::Unknown);
        let old = report.checks.iter().find(|check| check.code == "answer_too_old").unwrap();
        assert!(old.sentence.zh.contains("过旧") && old.sentence.zh.contains("2026-11-22 10:01"), "{old:?}");
        // nor is it cleared at once
        ouhai.refresh();
    }
    let found = ferry::find(&ouhai.store, &issued.number).unwrap();
    let [(operator, row)] = &found[..] else { panic!("{found:?}") };
    assert_eq!((operator.as_str(), row.identifier.as_str(), row.sequence), (FUYANG, &*issued.identifier, 2));
    assert_eq!(row.document_sm3, sm3::digest(&document));
    assert_eq!(ferry::find(&ouhai.store, "none").unwrap(), vec![]);
}

fn a_file_is_taken_after_the_one_before(database: &Database) {
    let fuyang = Fuyang::new();
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    fuyang.make(&Wanted::sound());
    ouhai.add(without_a_line(&fuyang));
    let carried = Carried::new(&fuyang, &ouhai);
    fuyang.issue();
    let files: Vec<Exported> = (0..3)
        .map(|n| {
            issue::issue(&fuyang.house.issuer, &fuyang.house.may_issue(), &[food(n + 10)]).remove(0).unwrap();
            fuyang.house.clock.advance_seconds(5);
            carried.export()
        })
        .collect();
    let [one, two, three] = &files[..] else { panic!("three files") };
    assert_eq!((two.header.previous, three.header.previous), (one.sm3, two.sm3));
    let missing = |first, offered| OutOfOrder::Missing { first, offered };
    let why = |file: &Exported| match carried.take(&file.path, false) {
        Err(FerryError::OutOfOrder(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(why(two), missing(1, 2));
    carried.taken(&one.path);
    let rows_of = |operator: &str| ouhai.store.read(|conn| rows::count_registrations(conn, operator)).unwrap();
    let operator = trust::show(&ouhai.store, FUYANG).unwrap().operator.id;
    assert_eq!(rows_of(&operator), 2);
    assert_eq!(why(three), missing(2, 3));
    // again, any number of times
    for _ in 0..2 {
        assert!(matches!(carried.take(&one.path, false), Ok(Imported::Before { .. })));
    }
    let told = |action: &str| {
        let all = ouhai.store.read(|conn| yinxin::store::audit::list_all(conn, 0, 1000)).unwrap();
        all.iter().filter(|row| row.action == action).count()
    };
    assert_eq!((carried.last(), told("ferry.taken"), rows_of(&operator)), (1, 1, 2));
    carried.taken(&two.path);
    carried.taken(&three.path);
    assert_eq!((carried.last(), rows_of(&operator)), (3, 4));
    assert!(matches!(carried.take(&two.path, false), Ok(Imported::Before { .. })), "an older one that was taken");

    // another file of a number that was taken: a register that was set back, or somebody with the key
    let forked = Carried::new(&fuyang, &ouhai);
    let key = one.header.key_sm3;
    fuyang.house.issuer.store.write(move |conn| forget(conn, &key, 2)).unwrap();
    let other = forked.export();
    assert_eq!((other.header.sequence, other.header.previous), (2, one.sm3));
    assert_eq!(carried.word(&other.path), "rolled_back");
    forked.export();
    let after = forked.export();
    assert_eq!(after.header.sequence, 4);
    assert_eq!(carried.word(&after.path), "other_predecessor");
    // who joins late says so
    let empty = Database::sqlite();
    let later = Ouhai::new(&empty, &fuyang.house.clock);
    later.add(without_a_line(&fuyang));
    let joined = Carried::new(&fuyang, &later);
    assert!(matches!(joined.take(&after.path, false), Err(FerryError::OutOfOrder(why)) if why == missing(1, 4)));
    assert!(matches!(joined.take(&after.path, true), Ok(Imported::Taken { .. })));
}

/// The sending register loses what it knew of the files from a number on.
fn forget(conn: &mut yinxin::store::Conn, key: &[u8], from: i64) -> Result<(), StoreError> {
    rows::delete_sent_from(conn, key, from).map(drop)
}

fn what_is_no_file_of_ours_is_refused_by_name(database: &Database) {
    let (fuyang, stranger) = (Fuyang::new(), Fuyang::new());
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    fuyang.make(&Wanted::sound());
    stranger.make(&Wanted::sound());
    ouhai.add(without_a_line(&fuyang));
    let carried = Carried::new(&fuyang, &ouhai);
    fuyang.issue();
    let file = carried.export();
    let word = |change: &dyn Fn(String) -> String| carried.word(&carried.altered(&file.path, change));
    // an octet of what is signed; a signature of something else; a forged number
    assert_eq!(word(&|text| text.replace("\"valid_from\":\"202", "\"valid_from\":\"201")), "wrong_signature");
    assert_eq!(word(&|text| text.replace("\"sequence\":1", "\"sequence\":2")), "wrong_signature");
    assert_eq!(word(&|text| text.replace(&text[text.len() - 20..text.len() - 12], "AAAAAAAA")), "wrong_signature");
    assert_eq!(word(&|text| text.lines().take(4).collect::<Vec<_>>().join("\n")), "no_ferry_file");
    assert_eq!(word(&|_| "no file at all".to_owned()), "no_ferry_file");
    assert_eq!(word(&|_| String::new()), "no_ferry_file");
    assert_eq!(word(&|text| text.trim_end().to_owned()), "no_ferry_file");
    // of somebody whose key is not pinned here, under whichever name
    let strange = Carried::new(&stranger, &ouhai);
    let other = strange.export();
    assert_eq!(carried.word(&other.path), "foreign");
    // their file with our key's digest in it is not signed by it
    let (theirs, ours) = (hex::encode(other.header.key_sm3), hex::encode(file.header.key_sm3));
    let claimed = carried.altered(&other.path, |text| text.replace(&theirs, &ours));
    assert_eq!(carried.word(&claimed), "wrong_signature");
    // a clock that is ahead
    fuyang.house.clock.advance_seconds(3600);
    let ahead = carried.export();
    fuyang.house.clock.advance_seconds(-3600);
    assert_eq!(carried.word(&ahead.path), "made_in_future");
    assert_eq!((carried.last(), ferry::states(&ouhai.store).unwrap()), (0, vec![]));
    carried.taken(&file.path);
}

fn half_a_file_leaves_nothing(database: &Database) {
    let fuyang = Fuyang::new();
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    fuyang.make(&Wanted::sound());
    ouhai.add(without_a_line(&fuyang));
    let carried = Carried::new(&fuyang, &ouhai);
    fuyang.issue();
    let file = carried.export();
    let octets = fs::read(&file.path).unwrap();
    // cut at every line, and in the middle of each
    let mut cuts: Vec<usize> =
        octets.iter().enumerate().filter(|(_, octet)| **octet == b'\n').map(|(at, _)| at).collect();
    cuts.extend(cuts.clone().windows(2).map(|pair| pair[0].midpoint(pair[1])));
    for cut in cuts {
        let half = carried.folder.file("half", &octets[..cut]);
        assert_eq!(carried.word(&half), "no_ferry_file", "{cut}");
    }
    assert_eq!(carried.last(), 0);
    // an export that stopped: the half file counts for nothing
    let out = carried.folder.path().join("out");
    fs::write(out.join("000002.ferry.part"), &octets[..100]).unwrap();
    let second = carried.export();
    assert_eq!((second.header.sequence, second.header.previous), (2, file.sm3));
    // stopped once the register knew of it: the next export gives it its name
    fs::rename(&second.path, out.join("000002.ferry.part")).unwrap();
    let third = carried.export();
    assert!(second.path.exists() && third.header.previous == second.sm3);
    for one in [&file, &second, &third] {
        carried.taken(&one.path);
    }
    // a name that is taken is not written over
    fs::write(out.join("000004.ferry"), "of somebody").unwrap();
    assert!(matches!(carried.try_export(&fuyang), Err(FerryError::InTheWay { sequence: 4, .. })));
}

use super::*;
use std::{
    env, fs, process,
    sync::atomic::{AtomicU32, Ordering},
};

struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("yinxin-hsmd-audit-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn audit(&self) -> PathBuf {
        self.0.join("audit")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn at() -> Moment {
    Moment::from_unix_seconds(1_795_000_000).unwrap()
}

fn record(number: u32) -> Record {
    Record {
        key: "soft:0123456789abcdef".into(),
        input: [1; 32],
        value: [2; 32],
        mandate: [3; 32],
        document: [4; 32],
        ..Record::new(Event::Signed, at(), number, 7, "stamper")
    }
}

fn open(path: &Path) -> Result<(Audit, Vec<Record>), AuditFault> {
    let mut all = Vec::new();
    let audit = Audit::open(path, at(), |_, record| all.push(record.clone()))?;
    Ok((audit, all))
}

fn read_all(octets: &[u8], known: Option<AuditHead>) -> Result<(End, Vec<Record>), ChainFault> {
    let mut all = Vec::new();
    let end = read(&mut &*octets, known, |_, record| all.push(record.clone()))?;
    Ok((end, all))
}

#[test]
fn records_outlive_the_daemon() {
    let scratch = Scratch::new();
    let (audit, before) = open(&scratch.audit()).unwrap();
    assert!(before.is_empty());
    for number in 0..5 {
        assert_eq!(audit.append(&record(number)).unwrap().sequence, u64::from(number) + 2);
    }
    let head = audit.append_durable(&record(5)).unwrap();
    assert_eq!(audit.head(), head);
    let (end, all) = read_all(&fs::read(scratch.audit()).unwrap(), Some(head)).unwrap();
    assert_eq!((end.head, end.torn.len(), all.len()), (head, 0, 7));
    assert!(matches!(open(&scratch.audit()), Err(AuditFault::Open { action: "lock", .. })), "one daemon at a time");
    drop(audit);
    let (audit, before) = open(&scratch.audit()).unwrap();
    assert_eq!(before, all);
    assert_eq!(before[1..], (0..6).map(record).collect::<Vec<_>>());
    assert_eq!(audit.head().sequence, head.sequence + 1);
}

#[test]
fn every_alteration_shows() {
    let scratch = Scratch::new();
    let (audit, _) = open(&scratch.audit()).unwrap();
    for number in 0..3 {
        audit.append(&record(number)).unwrap();
    }
    let head = audit.head();
    drop(audit);
    let sound = fs::read(scratch.audit()).unwrap();
    for place in 0..sound.len() {
        let mut octets = sound.clone();
        octets[place] ^= 0x20;
        match read_all(&octets, Some(head)) {
            Err(ChainFault::NotAnAudit) => assert!(place < 18, "octet {place}"),
            Err(ChainFault::Broken { .. }) => {}
            // a length that became longer than the file reads as a torn end, which the head gives away
            Err(ChainFault::CutOff { .. }) => {}
            other => panic!("octet {place}: {other:?}"),
        }
    }
    // the last record replaced by another that hangs together: written anew
    let (end, _) = read_all(&sound, None).unwrap();
    let other = AuditHead { digest: [9; 32], ..end.head };
    assert!(matches!(read_all(&sound, Some(other)), Err(ChainFault::Other { sequence: 4 })));
    // a record taken out
    let one = (sound.len() - 18 - started_length(&sound)) / 3;
    let cut = [&sound[..sound.len() - 2 * one], &sound[sound.len() - one..]].concat();
    assert!(matches!(read_all(&cut, None), Err(ChainFault::Broken { sequence: 3, .. })));
    // records cut off at the end, whole
    assert!(read_all(&sound[..sound.len() - one], None).is_ok());
    let fault = read_all(&sound[..sound.len() - one], Some(head)).unwrap_err();
    assert!(matches!(fault, ChainFault::CutOff { found: 3, known: 4 }), "{fault}");
}

fn started_length(sound: &[u8]) -> usize {
    2 + usize::from(u16::from_be_bytes([sound[18], sound[19]])) + 32
}

#[test]
fn a_torn_tail_is_named_and_cut() {
    let scratch = Scratch::new();
    let (audit, _) = open(&scratch.audit()).unwrap();
    audit.append(&record(1)).unwrap();
    drop(audit);
    let sound = fs::read(scratch.audit()).unwrap();
    let begins = 18 + started_length(&sound);
    for length in begins + 1..sound.len() {
        let (end, all) = read_all(&sound[..length], None).unwrap();
        assert_eq!((end.length as usize, end.torn.len(), all.len()), (begins, length - begins, 1), "{length}");
    }
    // the length was kept, the octets were not
    let zeros = [&sound[..begins], &vec![0; 500]].concat();
    assert_eq!(read_all(&zeros, None).unwrap().0.torn.len(), 500);
    let mut not_zeros = zeros.clone();
    not_zeros[begins + 400] = 1;
    assert!(matches!(read_all(&not_zeros, None), Err(ChainFault::Broken { sequence: 2, .. })));
    // and a header that was not written whole
    assert_eq!(read_all(&sound[..7], None).unwrap().0.torn.len(), 7);

    fs::write(scratch.audit(), &sound[..sound.len() - 3]).unwrap();
    let (audit, before) = open(&scratch.audit()).unwrap();
    assert_eq!(before.len(), 1);
    drop(audit);
    let (end, all) = read_all(&fs::read(scratch.audit()).unwrap(), None).unwrap();
    assert!(end.torn.is_empty());
    assert_eq!(
        all.iter().map(|record| record.event).collect::<Vec<_>>(),
        [Event::Started, Event::TornTail, Event::Started]
    );
    assert!(all[1].text.starts_with(&format!("{} octets were cut off", sound.len() - 3 - begins)), "{}", all[1].text);
}

#[test]
fn a_full_disk_stops_everything() {
    let file = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let audit = Audit::over(file, AuditHead { sequence: 0, digest: [0; 32] }).unwrap();
    assert!(audit.check().is_ok());
    assert!(matches!(audit.append(&record(1)), Err(AuditFault::Write(_))));
    assert!(matches!(audit.check(), Err(AuditFault::Write(_))));
    assert!(matches!(audit.append_durable(&record(1)), Err(AuditFault::Write(_))));
}

#[test]
fn groups_reach_the_disk_in_time() {
    let scratch = Scratch::new();
    let (audit, _) = open(&scratch.audit()).unwrap();
    let head = audit.append(&record(1)).unwrap();
    let begun = Instant::now();
    while audit.shared.locked().on_disk < head.sequence {
        assert!(begun.elapsed() < Duration::from_secs(10), "never synced");
        thread::sleep(Duration::from_millis(1));
    }
    // and those who wait share one sync
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..20).for_each(|number| assert!(audit.append_durable(&record(number)).is_ok())));
        }
    });
    let on_disk = audit.shared.locked().on_disk;
    assert_eq!(on_disk, audit.head().sequence);
}

#[test]
fn long_texts_are_cut_between_characters() {
    let long = Record::new(Event::Refused, at(), 1, 1, &"印".repeat(1000));
    assert_eq!(long.text.chars().count(), 341);
    assert_eq!(Record::take(&long.put().unwrap()), Ok(long));
}

/// What was written before there was a second door is read as before, octet by octet.
#[test]
fn a_client_with_a_certificate_adds_to_its_own_records_only() {
    let (old, client) = (record(990), Certified { name: "far".into(), sha256: [9; 32] });
    let octets = old.put().unwrap();
    // event, moment, uid, pid, key, four digests, text
    assert_eq!(octets.len(), 1 + 8 + 4 + 4 + (2 + 21) + 4 * 32 + (2 + 7));
    assert_eq!(Record::take(&octets).unwrap(), old);
    let new = Record { uid: BY_CERTIFICATE, pid: 0, certified: Some(client.clone()), ..old.clone() };
    let more = new.put().unwrap();
    assert_eq!(more.len(), octets.len() + 2 + 3 + 32);
    assert_eq!(Record::take(&more).unwrap(), new);
    assert!(Record::take(&more[..octets.len()]).is_err());
    assert!(Record { uid: 990, ..new }.put().is_err());
    assert!(Record { uid: BY_CERTIFICATE, ..old }.put().is_err());
    assert_eq!(Record::certified(Event::Refused, at(), client, "x").uid, BY_CERTIFICATE);
}

use super::*;
use crate::{
    clock::SystemClock,
    flow::{access::Permit, authority::Revocable, issue::IssueSettings},
};
use std::{collections::BTreeMap, os::unix::fs::PermissionsExt as _, sync::Arc};
use yinxin_hsm::{KeyReference, configured::CustodyConfig};
use yinxin_trust::suite::Suite;

/// Witnesses who say yes, until one does not.
#[derive(Default)]
struct Told {
    declines_at: Option<usize>,
    asked: Vec<String>,
    shares: BTreeMap<String, String>,
}

impl Hall for Told {
    fn confirm(&mut self, witnesses: &[String], step: &str) -> Result<Vec<String>, Declined> {
        self.asked.push(step.to_owned());
        if self.declines_at == Some(self.asked.len()) {
            return Err(Declined { witness: witnesses.last().cloned().unwrap_or_default() });
        }
        Ok(witnesses.to_vec())
    }

    fn is_ready(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn hand_over(&mut self, holder: &str, share: &Share) -> io::Result<()> {
        self.shares.insert(holder.to_owned(), share.to_text().as_str().to_owned());
        Ok(())
    }
}

fn places(folder: &Path, keys: &str) -> Places {
    let passphrase = folder.join("passphrase");
    fs::write(&passphrase, "a passphrase of the tests").unwrap();
    fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o600)).unwrap();
    let keys: CustodyConfig =
        toml::from_str(&format!("folder = \"{keys}\"\npassphrase_file = \"passphrase\"")).unwrap();
    Places {
        keys: keys.rooted_at(folder),
        authority: Some(folder.join("pki")),
        suite: Suite::Sm2,
        public_address: None,
        anchors: None,
        revocation_lists: Vec::new(),
        policy: Default::default(),
        issue: IssueSettings {
            code_site: "a".parse().unwrap(),
            intent_lifetime_seconds: 120,
            threads: 1,
            signing_threads: 1,
        },
        status_key: None,
        time_stamper: None,
        time_stamps: None,
        receipt_key: None,
        fonts: Vec::new(),
        platforms: Vec::new(),
    }
}

fn held(
    folder: &Path,
    text: &str,
    hall: &mut Told,
    name: &str,
) -> (Result<sm3::Digest, CeremonyFault>, Arc<dyn KeyStore>) {
    let places = places(folder, "keys");
    let custody = places.keys.create().unwrap().keys();
    let plan = Plan::parse(text).unwrap();
    let ceremony = Ceremony {
        plan: &plan,
        places: &places,
        custody: custody.as_ref(),
        keys: Keys::new(custody.as_ref(), None, Permit::of_operator("")),
        clock: &SystemClock,
        folder,
    };
    let mut transcript = Transcript::begin(&folder.join(name)).unwrap();
    (ceremony.hold(hall, &mut transcript), custody)
}

const FOUND: &str = include_str!("../../../certs/ceremony/found-authority.toml");

#[test]
fn an_authority_is_founded_backed_up_and_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut hall = Told::default();
    let (digest, custody) = held(folder.path(), FOUND, &mut hall, "transcript");
    let digest = digest.unwrap();
    let checked = check(&folder.path().join("transcript"), Some(&digest)).unwrap();
    let events: Vec<_> = checked.entries.iter().map(|entry| entry.event.as_str()).collect();
    assert_eq!(events, ["opened", "done", "done", "closed"]);
    assert_eq!(checked.entries[1].detail["confirmed_by"], json!(["密钥管理员甲", "密钥管理员乙"]));
    let certificates = checked.entries[1].detail["done"]["certificates"].as_array().unwrap();
    // root, three authorities, seal maker
    assert_eq!(certificates.len(), 5);
    assert_eq!(custody.list().unwrap().len(), 5);
    // no share, and no private key, is in the transcript
    let text = fs::read_to_string(folder.path().join("transcript")).unwrap();
    assert!(hall.shares.len() == 3 && hall.shares.values().all(|share| !text.contains(share.as_str())));
    // two of three bring the keys back elsewhere
    let elsewhere = places(folder.path(), "elsewhere").keys.create().unwrap().keys();
    let backup = fs::read(folder.path().join("keys.backup")).unwrap();
    let shares: Vec<_> =
        hall.shares.values().take(2).enumerate().map(|(place, text)| Share::read(text, place + 1).unwrap()).collect();
    let keys = Keys::new(elsewhere.as_ref(), None, Permit::of_operator(""));
    assert!(keys.restore(&backup, &shares[..1], SystemClock.now().unwrap()).is_err());
    let restored = keys.restore(&backup, &shares, SystemClock.now().unwrap()).unwrap();
    let references = |keys: &[KeyDescription]| keys.iter().map(|key| key.reference.clone()).collect::<Vec<_>>();
    assert_eq!(references(&restored), references(&custody.list().unwrap()));
    // a second founding in the same place is refused, and the transcript says so
    drop(custody);
    let (refused, _) = held(folder.path(), FOUND, &mut Told::default(), "second");
    assert!(matches!(refused, Err(CeremonyFault::Installation(InstallationFault::FoundedAlready(_)))));
    let entries = check(&folder.path().join("second"), None).unwrap().entries;
    assert_eq!(entries.last().unwrap().event, "ended_early");
}

#[test]
fn what_was_revoked_stays_so_when_a_ceremony_publishes_lists() {
    let folder = tempfile::tempdir().unwrap();
    held(folder.path(), FOUND, &mut Told::default(), "founding").0.unwrap();
    let place = AuthorityFolder::at(&folder.path().join("pki"));
    let authority = place.read().unwrap();
    let now = SystemClock.now().unwrap();
    let maker = authority.seal_maker.clone();
    let reason = yinxin_trust::x509::RevocationReason::KeyCompromise;
    place.revoke(&authority, Revocable::Certificate(&maker), reason, now).unwrap();
    let publish = include_str!("../../../certs/ceremony/rotate-lists.toml");
    held(folder.path(), publish, &mut Told::default(), "publishing").0.unwrap();
    let list = fs::read(folder.path().join("pki/seal-maker-ca.crl")).unwrap();
    assert!(yinxin_trust::x509::Crl::from_der(&list).unwrap().find(maker.serial()).is_some());
}

#[test]
fn who_declines_ends_it_before_anything_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let text = "title = \"t\"\nwitnesses = [\"a\", \"b\"]\n\
                [[step]]\naction = \"generate\"\npurpose = \"stamper\"\nmost_uses = 7\n\
                [[step]]\naction = \"generate\"\npurpose = \"ca\"\n";
    let mut hall = Told { declines_at: Some(2), ..Told::default() };
    let (declined, custody) = held(folder.path(), text, &mut hall, "transcript");
    assert!(matches!(declined, Err(CeremonyFault::Declined(Declined { witness })) if witness == "b"));
    let keys = custody.list().unwrap();
    assert!(matches!(keys.as_slice(), [one] if one.limits.most_uses == Some(7)), "{keys:?}");
    let entries = check(&folder.path().join("transcript"), None).unwrap().entries;
    let key: KeyReference = entries[1].detail["done"]["key"].as_str().unwrap().parse().unwrap();
    assert_eq!(key, keys[0].reference);
    assert_eq!(entries.last().unwrap().event, "ended_early");
}

#[test]
fn a_transcript_that_was_touched_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("transcript");
    let mut transcript = Transcript::begin(&path).unwrap();
    assert!(Transcript::begin(&path).is_err(), "one that is there is left alone");
    let at = SystemClock.now().unwrap();
    let mut last = [0; 32];
    for word in ["one", "two", "three"] {
        last = transcript.write(at, "done", &json!({ "word": word })).unwrap();
    }
    assert_eq!(check(&path, Some(&last)).unwrap().entries.len(), 3);
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    let written = |text: String| {
        fs::write(&path, text).unwrap();
        check(&path, Some(&last)).unwrap_err().to_string()
    };
    assert!(written(text.replace("two", "too")).contains("line 3: does not follow"));
    assert!(written([lines[0], lines[2]].concat()).contains("line 2: does not follow"));
    assert!(written([lines[0], lines[1]].concat()).contains("its last line is another"));
    assert!(written(text.replace("three", "there")).contains("its last line is another"));
    assert!(written(text.trim_end().to_owned()).contains("line 3: is no line"));
    assert!(written(String::new()).contains("no line in it"));
}

#[test]
fn plans_that_do_not_hold_are_named() {
    let plan = |witnesses: &str, step: &str| {
        Plan::parse(&format!("title = \"t\"\nwitnesses = [{witnesses}]\n[[step]]\n{step}")).map(drop)
    };
    let lists = "action = \"publish-lists\"\n";
    assert_eq!(plan("\"a\", \"b\"", lists), Ok(()));
    for (witnesses, step, words) in [
        ("\"a\"", lists, "two witnesses"),
        ("\"a\", \"a\"", lists, "two witnesses"),
        ("\"a\", \" \"", lists, "two witnesses"),
        ("\"a\", \"a \"", lists, "two witnesses"),
        ("\"a\", \"b\\u001b[2J\"", lists, "two witnesses"),
        ("\"a\", \"b\"", "action = \"backup\"\nneeded = 2\nholders = [\"x\", \"x\"]\nfile = \"b\"\n", "another name"),
        ("\"a\", \"b\"", "action = \"dance\"\n", "dance"),
        ("\"a\", \"b\"", "action = \"publish-lists\"\nnow = true\n", "now"),
        ("\"a\", \"b\"", "action = \"generate\"\npurpose = \"stamp\"\n", "step 1: no such key purpose"),
        ("\"a\", \"b\"", "action = \"destroy\"\nkey = \"soft:1\"\n", "step 1"),
        (
            "\"a\", \"b\"",
            "action = \"backup\"\nneeded = 1\nholders = [\"x\", \"y\"]\nfile = \"b\"\n",
            "cannot split 1 of 2",
        ),
        (
            "\"a\", \"b\"",
            "action = \"backup\"\nneeded = 2\nholders = [\"x\", \"y\"]\nfile = \"../b\"\n",
            "without folders",
        ),
    ] {
        let fault = plan(witnesses, step).unwrap_err().to_string();
        assert!(fault.contains(words), "{step}: {fault}");
    }
    assert!(matches!(Plan::parse("title = \"t\"\nwitnesses = [\"a\", \"b\"]\nstep = []"), Err(PlanFault::Steps)));
}

//! The daemon through its doors: what a client may do, and what one that was taken over may not.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

mod tls;

use std::{
    env, fs,
    io::BufReader,
    path::PathBuf,
    process,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};
use yinxin_hsm::{
    ErrorClass, KeyAlgorithm, KeyError, KeyOrder, KeyReference, KeyState, KeyStore, MandateClaim, PathStep, Purpose,
    SignRequest, ToSign, Use, WrapRequest,
    mandate::{self, Keeper, Mandate, Proof, Scope, Standing},
    passphrase::Passphrase,
    remote::{
        RemoteStore,
        wire::{self, AuditHead},
    },
    soft::SoftStore,
};
use yinxin_hsmd::{
    audit::{self, Event, Record},
    clock::Clock,
    desk::{Desk, DeskFault},
    policy::{Client, Policy, Rule, SoleControl, Who},
    server::{Server, ServerFault},
};
use yinxin_testkit::{
    pki::{Period, Pki},
    seal::{Seal, Version},
};
use yinxin_trust::{
    asn1::Deviations,
    base::Moment,
    seal::make::StampPlan,
    sm::sm2::{self, PrivateKey},
    suite::Algorithm,
};
use zeroize::Zeroizing;

/// The seal of the testkit.
const SEAL: &str = "99000000000001";

struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        use std::os::unix::fs::DirBuilderExt as _;
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("yinxin-hsmd-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path);
        fs::DirBuilder::new().mode(0o700).create(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A clock that the test sets.
#[derive(Clone)]
struct SetClock(Arc<AtomicI64>);

impl SetClock {
    fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Option<Moment> {
        Moment::from_unix_milliseconds(self.0.load(Ordering::SeqCst)).ok()
    }
}

/// Ten o'clock in Beijing.
fn begin() -> Moment {
    Moment::from_utc(2026, 11, 24, 2, 0, 0).unwrap()
}

fn keeper() -> PrivateKey {
    PrivateKey::from_octets(&Zeroizing::new([5; 32])).unwrap()
}

/// A daemon with a stamping key, one under sole control, and a wrapping key.
struct House {
    scratch: Scratch,
    clock: SetClock,
    keys: Arc<SoftStore>,
    seal: Vec<u8>,
    /// Signs data; free.
    free: KeyReference,
    /// Stamps; under sole control.
    sole: KeyReference,
    wraps: KeyReference,
}

impl House {
    fn new() -> Self {
        let scratch = Scratch::new();
        let phrase = Passphrase::new(b"a passphrase of the tests".to_vec(), "the test").unwrap();
        let keys = Arc::new(SoftStore::create(&scratch.0.join("keys"), &phrase).unwrap());
        let make = |order: KeyOrder| keys.generate(&order, begin()).unwrap().reference;
        let free = make(KeyOrder::sm2(Purpose::Data));
        let sole = make(KeyOrder::sm2(Purpose::Stamper));
        let wraps = make(KeyOrder::new(KeyAlgorithm::Sm4Gcm, Purpose::Data));
        let pki = Pki::new("hsmd", "演示市市场监督管理局", Period::years(2025, 2034));
        let seal = Seal::of(Version::V4, &pki).make();
        let clock = SetClock(Arc::new(AtomicI64::new(begin().unix_milliseconds())));
        Self { scratch, clock, keys, seal, free, sole, wraps }
    }

    fn rule(&self, key: &KeyReference, purpose: Purpose) -> Rule {
        let uses = if *key == self.wraps { vec![Use::Wrap] } else { vec![Use::Sign] };
        let (client, key) = ("web".into(), Some(key.clone()));
        Rule { client, key, purpose, uses, most_a_second: 10_000, hours: None, most_uses: None, sole_control: None }
    }

    fn policy(&self, change: impl FnOnce(&mut Vec<Client>, &mut Vec<Rule>)) -> Policy {
        let uid = rustix::process::geteuid().as_raw();
        let mut clients = vec![Client { name: "web".into(), who: Who::User(uid), administers: false }];
        let control = SoleControl {
            seal: SEAL.into(),
            keepers: vec![Keeper::Sm2(keeper().public_key().clone())],
            most_clock_difference_seconds: 600,
        };
        let mut rules = vec![
            self.rule(&self.free, Purpose::Data),
            Rule { sole_control: Some(control), ..self.rule(&self.sole, Purpose::Stamper) },
            self.rule(&self.wraps, Purpose::Data),
        ];
        change(&mut clients, &mut rules);
        Policy::new(clients, rules).unwrap()
    }

    fn audit(&self) -> PathBuf {
        self.scratch.0.join("audit")
    }

    fn socket(&self) -> PathBuf {
        self.scratch.0.join("socket")
    }

    fn desk(&self, policy: Policy, durable: bool) -> Result<Desk, DeskFault> {
        let keys = Arc::<SoftStore>::clone(&self.keys);
        Desk::open(keys, policy, None, &self.audit(), durable, Box::new(self.clock.clone()))
    }

    fn start_with(&self, change: impl FnOnce(&mut Vec<Client>, &mut Vec<Rule>)) -> (Server, RemoteStore) {
        let desk = self.desk(self.policy(change), false).unwrap();
        let server = Server::start(desk, &self.socket(), 8).unwrap();
        (server, RemoteStore::new(&self.socket(), Duration::from_secs(20)))
    }

    fn start(&self) -> (Server, RemoteStore) {
        self.start_with(|_, _| {})
    }

    /// TBS_Sign over a document.
    fn stamp(&self, document: &[u8; 32], at: Moment) -> Vec<u8> {
        StampPlan::new(&self.seal, at, document, "/Doc_0/Signs/Sign_0/Signature.xml").unwrap().to_be_signed().to_vec()
    }

    fn mandate(&self, scope: Scope, most: u32) -> Mandate {
        let until = Moment::from_unix_seconds(begin().unix_seconds() + 3600).unwrap();
        Mandate { random: [1; 16], key: self.sole.clone(), seal: SEAL.into(), from: begin(), until, most, scope }
    }

    fn records(&self, known: Option<AuditHead>) -> Vec<Record> {
        let mut all = Vec::new();
        let file = fs::File::open(self.audit()).unwrap();
        let end = audit::read(&mut BufReader::new(file), known, |_, record| all.push(record.clone())).unwrap();
        assert!(end.torn.is_empty());
        all
    }

    fn signed(&self) -> Vec<Record> {
        self.records(None).into_iter().filter(|record| record.event == Event::Signed).collect()
    }
}

/// The keeper's signature under a mandate.
fn prove(key: &PrivateKey, octets: &[u8]) -> Vec<u8> {
    let value = key.sign(sm2::DEFAULT_ID, &Mandate::name(octets), &Zeroizing::new([3; 32])).unwrap();
    Proof::Sm2(value.to_der().into()).to_octets().unwrap()
}

fn request(message: &[u8]) -> SignRequest<'_> {
    SignRequest::new(Purpose::Data, ToSign::Message(message), begin())
}

/// Asks for a stamp; the moment of the request is the client's and means nothing to the daemon.
fn ask(
    client: &RemoteStore,
    key: &KeyReference,
    message: &[u8],
    claim: Option<MandateClaim<'_>>,
) -> Result<Vec<u8>, KeyError> {
    let mut request = SignRequest::new(Purpose::Stamper, ToSign::Message(message), begin());
    request.mandate = claim;
    client.sign(key, &request).map(|value| value.to_octets())
}

fn claim<'a>(mandate: &'a [u8; 32], path: &'a [PathStep], licence_type: Option<&'a str>) -> Option<MandateClaim<'a>> {
    Some(MandateClaim { mandate, path, licence_type })
}

#[test]
fn a_client_uses_the_keys_that_it_may_use() {
    let house = House::new();
    let (server, client) = house.start();
    let listed: Vec<_> = client.list().unwrap().into_iter().map(|key| key.reference).collect();
    assert_eq!(listed.len(), 3);
    let key = client.describe(&house.free).unwrap();
    assert_eq!(key, house.keys.describe(&house.free).unwrap());
    let value = client.sign(&house.free, &request(b"message")).unwrap().to_octets();
    let public = key.public_key.unwrap();
    assert_eq!(public.verify(Algorithm::Sm2Sm3, b"message", &value, &mut Deviations::default()), Ok(()));
    let context = WrapRequest::new(Purpose::Data, b"context", begin());
    let wrapped = client.wrap(&house.wraps, &context, b"octets").unwrap();
    assert_eq!(*client.unwrap(&house.wraps, &context, &wrapped).unwrap(), b"octets");
    let other = WrapRequest::new(Purpose::Data, b"other", begin());
    assert!(client.unwrap(&house.wraps, &other, &wrapped).is_err());
    // what no rule allows
    let ca = SignRequest::new(Purpose::Ca, ToSign::Message(b"m"), begin());
    let refused = client.sign(&house.free, &ca).unwrap_err();
    assert_eq!(refused.class(), ErrorClass::Refused);
    assert!(refused.to_string().contains("no rule allows"), "{refused}");
    let hidden = house.keys.generate(&KeyOrder::sm2(Purpose::Data), begin()).unwrap().reference;
    assert!(matches!(client.describe(&hidden), Err(KeyError::Unknown(_))));
    assert!(matches!(client.signer(&hidden), Err(KeyError::Unknown(_))));
    // a client that administers nothing
    for refused in [
        client.generate(&KeyOrder::sm2(Purpose::Data), begin()).map(drop),
        client.set_state(&house.free, KeyState::Suspended),
        client.destroy(&house.free),
    ] {
        assert!(refused.unwrap_err().to_string().contains("does not administer keys"));
    }
    let head = client.latest_head().unwrap();
    drop(server);
    let records = house.records(Some(head));
    let of = |event| records.iter().filter(|record| record.event == event).count();
    assert_eq!((of(Event::Signed), of(Event::Wrapped), of(Event::Unwrapped)), (1, 1, 1));
    // describing what may not be seen is a refusal too
    assert_eq!((of(Event::Refused), of(Event::Failed)), (6, 1));
}

#[test]
fn an_administrator_gets_no_use_of_a_key() {
    let house = House::new();
    let (_server, client) = house.start_with(|clients, rules| {
        clients[0].administers = true;
        rules.clear();
    });
    let key = client.generate(&KeyOrder::sm2(Purpose::Data), begin()).unwrap();
    assert!(client.sign(&key.reference, &request(b"m")).unwrap_err().to_string().contains("no rule allows"));
    client.set_state(&key.reference, KeyState::Suspended).unwrap();
    assert_eq!(client.describe(&key.reference).unwrap().state, KeyState::Suspended);
    client.destroy(&key.reference).unwrap();
    assert_eq!(house.keys.describe(&key.reference).unwrap().state, KeyState::Destroyed);
    let events: Vec<_> = house.records(None).iter().map(|record| record.event).collect();
    assert_eq!(events, [Event::Started, Event::Made, Event::Refused, Event::State, Event::Destroyed]);
}

#[test]
fn strangers_are_turned_away_and_recorded() {
    let house = House::new();
    let (server, client) =
        house.start_with(|clients, _| clients[0].who = Who::User(rustix::process::geteuid().as_raw() + 1));
    let refused = client.list().unwrap_err();
    assert!(refused.to_string().contains("does not serve the user of this process"), "{refused}");
    drop(server);
    let own = rustix::process::geteuid().as_raw();
    let records = house.records(None);
    assert!(records.iter().any(|record| record.event == Event::Refused && record.uid == own));
}

/// Whoever has taken the service over has its socket and its uid, may connect as often as they
/// like and send what they like.
#[test]
fn whoever_takes_the_service_over_gets_no_stamp_outside_a_mandate() {
    let house = House::new();
    let (server, client) = house.start();
    let (one, two, three) = ([1; 32], [2; 32], [3; 32]);
    let stamp = |document: &[u8; 32]| house.stamp(document, begin());
    let refused = |answer: Result<Vec<u8>, KeyError>, words: &str| {
        let error = answer.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.class(), ErrorClass::Refused);
    };
    // no mandate, one that was never presented, one that somebody else signed
    refused(ask(&client, &house.sole, &stamp(&one), None), "no mandate was named");
    refused(ask(&client, &house.sole, &stamp(&one), claim(&[7; 32], &[], None)), "not known here");
    let mandate = house.mandate(Scope::Digests([one, two].into()), 2);
    let octets = mandate.to_octets().unwrap();
    let own = PrivateKey::from_octets(&Zeroizing::new([6; 32])).unwrap();
    refused(client.present(&octets, &prove(&own, &octets)).map(|_| Vec::new()), "no keeper of the seal signed");
    let mut altered = octets.clone();
    *altered.last_mut().unwrap() ^= 1;
    refused(client.present(&altered, &prove(&keeper(), &octets)).map(|_| Vec::new()), "no keeper of the seal signed");
    let other = Mandate { key: house.free.clone(), ..mandate.clone() }.to_octets().unwrap();
    refused(client.present(&other, &prove(&keeper(), &other)).map(|_| Vec::new()), "not under sole control");
    let other = Mandate { seal: "another".into(), ..mandate }.to_octets().unwrap();
    refused(client.present(&other, &prove(&keeper(), &other)).map(|_| Vec::new()), "not under sole control");

    // under a good one: what it lists, and nothing else
    let name = client.present(&octets, &prove(&keeper(), &octets)).unwrap();
    let value = ask(&client, &house.sole, &stamp(&one), claim(&name, &[], None)).unwrap();
    let public = house.keys.describe(&house.sole).unwrap().public_key.unwrap();
    assert_eq!(public.verify(Algorithm::Sm2Sm3, &stamp(&one), &value, &mut Deviations::default()), Ok(()));
    refused(ask(&client, &house.sole, &stamp(&three), claim(&name, &[], None)), "does not list this document");
    // a certificate, a digest whose message nobody sees, a stamp of another time
    refused(ask(&client, &house.sole, b"\x30\x03\x02\x01\x04", claim(&name, &[], None)), "no stamp");
    let digest = [8; 32];
    let blind = SignRequest::new(Purpose::Stamper, ToSign::Digest(&digest), begin());
    let blind = client.sign(&house.sole, &blind.under(claim(&name, &[], None).unwrap()));
    refused(blind.map(|value| value.to_octets()), "no stamp");
    let early = Moment::from_utc(2025, 6, 1, 0, 0, 0).unwrap();
    refused(ask(&client, &house.sole, &house.stamp(&two, early), claim(&name, &[], None)), "too far from");
    let purpose = SignRequest::new(Purpose::Data, ToSign::Message(b"m"), begin());
    refused(client.sign(&house.sole, &purpose).map(|value| value.to_octets()), "no rule allows");
    // the same document again counts once; then the mandate ends
    ask(&client, &house.sole, &stamp(&one), claim(&name, &[], None)).unwrap();
    house.clock.advance(3601);
    let late = house.clock.now().unwrap();
    refused(ask(&client, &house.sole, &house.stamp(&two, late), claim(&name, &[], None)), "not valid now");

    // each use is in the audit, on the disk, with what it was over; nothing was signed unnoticed
    let head = client.latest_head().unwrap();
    drop(server);
    house.records(Some(head));
    let signed = house.signed();
    assert_eq!(signed.len(), 2);
    for record in &signed {
        assert_eq!((record.mandate, record.document), (name, one));
        assert_eq!(*record.key, *house.sole.to_string());
        assert_eq!(record.input, yinxin_trust::sm::sm3::digest(&stamp(&one)));
    }
    assert_eq!(signed[0].value, yinxin_trust::sm::sm3::digest(&value));
    assert_eq!(house.records(None).iter().filter(|record| record.event == Event::Refused).count(), 12);
}

#[test]
fn a_batch_is_stamped_under_one_signature_of_its_keeper() {
    let house = House::new();
    let (_server, client) = house.start();
    let documents: Vec<[u8; 32]> = (1..=5).map(|number| [number; 32]).collect();
    let (root, paths) = mandate::batch(&documents).unwrap();
    let octets = house.mandate(Scope::Batch(root), 4).to_octets().unwrap();
    let name = client.present(&octets, &prove(&keeper(), &octets)).unwrap();
    for (document, path) in documents.iter().zip(&paths).take(4) {
        ask(&client, &house.sole, &house.stamp(document, begin()), claim(&name, path, None)).unwrap();
    }
    let fifth = ask(&client, &house.sole, &house.stamp(&documents[4], begin()), claim(&name, &paths[4], None));
    assert!(fifth.unwrap_err().to_string().contains("used up"));
    let outside = ask(&client, &house.sole, &house.stamp(&[9; 32], begin()), claim(&name, &paths[0], None));
    assert!(outside.unwrap_err().to_string().contains("not of the mandate's batch"));
}

#[test]
fn a_standing_mandate_keeps_to_types_rate_hours_and_number() {
    let house = House::new();
    let (server, client) = house.start();
    let standing = Standing {
        licence_types: ["business".into()].into(),
        most_a_minute: 3,
        from_minute: 9 * 60,
        to_minute: 10 * 60 + 30,
        ahead_minutes: 480,
    };
    let octets = house.mandate(Scope::Standing(standing), 5).to_octets().unwrap();
    let name = client.present(&octets, &prove(&keeper(), &octets)).unwrap();
    let ask = |client: &RemoteStore, number: u8, kind| {
        let message = house.stamp(&[number; 32], house.clock.now().unwrap());
        ask(client, &house.sole, &message, claim(&name, &[], kind))
    };
    let says = |answer: Result<Vec<u8>, KeyError>, words: &str| {
        let error = answer.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        error
    };
    says(ask(&client, 1, None), "not for this licence type");
    says(ask(&client, 1, Some("food")), "not for this licence type");
    for number in 1..=3 {
        ask(&client, number, Some("business")).unwrap();
    }
    let rate = says(ask(&client, 4, Some("business")), "more stamps in a minute");
    assert_eq!((rate.class(), rate.retry_after()), (ErrorClass::Busy, Some(Duration::from_secs(1))));
    house.clock.advance(60);
    ask(&client, 4, Some("business")).unwrap();
    // a restart forgets neither what was stamped nor how fast; the mandate is presented again
    drop((server, client));
    let (_server, client) = house.start();
    says(ask(&client, 5, Some("business")), "present it again");
    assert_eq!(client.present(&octets, &prove(&keeper(), &octets)).unwrap(), name);
    ask(&client, 5, Some("business")).unwrap();
    says(ask(&client, 6, Some("business")), "used up");
    ask(&client, 5, Some("business")).unwrap();
    says(ask(&client, 4, Some("business")), "more stamps in a minute");
    house.clock.advance(1800);
    says(ask(&client, 5, Some("business")), "not for this hour");
}

#[test]
fn counts_of_rules_outlive_the_daemon() {
    let house = House::new();
    let limited = |_: &mut Vec<Client>, rules: &mut Vec<Rule>| rules[0].most_uses = Some(5);
    let mut done = 0;
    for _ in 0..4 {
        let (_server, client) = house.start_with(limited);
        done += (0..2).filter(|_| client.sign(&house.free, &request(b"m")).is_ok()).count();
    }
    assert_eq!(done, 5);
    assert_eq!(house.signed().len(), 5);
}

#[test]
fn clients_survive_a_restart_of_the_daemon() {
    let house = House::new();
    let (server, client) = house.start();
    let signer = client.signer(&house.free).unwrap();
    signer.sign(&request(b"m")).unwrap();
    drop(server);
    let lost = signer.sign(&request(b"m")).unwrap_err();
    assert!(matches!(lost, KeyError::Lost { .. }), "{lost}");
    assert!(lost.retry_after().is_some());
    let (_server, _) = house.start();
    signer.sign(&request(b"m")).unwrap();
    assert_eq!(house.signed().len(), 2);
}

#[test]
fn a_second_daemon_is_refused_and_a_dead_ones_socket_replaced() {
    let house = House::new();
    let (server, client) = house.start();
    let taken = house.desk(house.policy(|_, _| {}), false).unwrap_err();
    assert!(matches!(taken, DeskFault::Audit(_)), "{taken}");
    drop(server);
    // a socket that nobody listens on
    drop(std::os::unix::net::UnixListener::bind(house.socket()).unwrap());
    let (server, _) = house.start();
    client.list().unwrap();
    drop(server);
    fs::write(house.socket(), "not a socket").unwrap();
    let desk = house.desk(house.policy(|_, _| {}), false).unwrap();
    assert!(matches!(Server::start(desk, &house.socket(), 8), Err(ServerFault::NotASocket(_))));
}

#[test]
fn a_rule_for_a_key_that_is_not_there_stops_the_start() {
    let house = House::new();
    let missing: KeyReference = "soft:0000000000000000".parse().unwrap();
    let policy = house.policy(|_, rules| rules[2].key = Some(missing));
    let fault = house.desk(policy, false).unwrap_err();
    assert!(matches!(&fault, DeskFault::Rule { rule: 3, .. }), "{fault}");
}

#[test]
fn hostile_frames_cost_their_connection_only() {
    use std::{
        io::{Read as _, Write as _},
        os::unix::net::UnixStream,
    };
    let house = House::new();
    let (_server, client) = house.start();
    for first in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xFF; 64], &[0; 4]] {
        let mut socket = UnixStream::connect(house.socket()).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let _ = socket.write_all(first);
        let _ = socket.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer);
        assert!(answer.is_empty(), "{answer:?}");
    }
    let mut socket = UnixStream::connect(house.socket()).unwrap();
    wire::write_frame(&mut socket, &wire::greeting()).unwrap();
    wire::read_frame(&mut socket).unwrap().unwrap();
    for frame in [&[0][..], &[3], &[255; 100], &[9, 0xFF, 0xFF, 0xFF, 0xFF]] {
        wire::write_frame(&mut socket, frame).unwrap();
        let answer = wire::read_frame(&mut socket).unwrap().unwrap();
        assert_eq!(answer.first(), Some(&1), "{frame:?}");
    }
    client.sign(&house.free, &request(b"m")).unwrap();
}

#[test]
fn more_clients_than_allowed_hear_that_it_is_full() {
    let house = House::new();
    let (_server, client) = house.start();
    let keep: Vec<_> = (0..8)
        .map(|_| {
            let mut socket = std::os::unix::net::UnixStream::connect(house.socket()).unwrap();
            wire::write_frame(&mut socket, &wire::greeting()).unwrap();
            wire::read_frame(&mut socket).unwrap().unwrap();
            socket
        })
        .collect();
    let busy = client.list().unwrap_err();
    assert!(matches!(busy, KeyError::Busy { .. }), "{busy}");
    drop(keep);
    for _ in 0..1000 {
        if client.list().is_ok() {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("never free again");
}

#[test]
fn threads_sign_at_once_and_each_is_recorded() {
    let house = House::new();
    let (server, client) = house.start();
    thread::scope(|scope| {
        for worker in 0..6_u8 {
            let (client, house) = (&client, &house);
            scope.spawn(move || {
                let signer = client.signer(&house.free).unwrap();
                for round in 0..50_u8 {
                    signer.sign(&request(&[worker, round])).unwrap();
                }
            });
        }
    });
    drop(server);
    let signed = house.signed();
    assert_eq!(signed.len(), 300);
    let inputs: std::collections::BTreeSet<_> = signed.iter().map(|record| record.input).collect();
    assert_eq!(inputs.len(), 300);
}

//! The second door: who comes in, who is kept out and what they are told, and what outlives a restart.

use super::*;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
    time::Instant,
};
use yinxin_hsm::{
    configured::CustodyConfig,
    remote::tls::{self, TlsDaemon, TlsFault},
};
use yinxin_hsmd::{
    audit::BY_CERTIFICATE,
    config::TlsConfig,
    door::{Door, DoorFault},
};

/// What the daemon's certificate is for.
const NAME: &str = "hsmd.test";

fn write_pem(path: &Path, label: &str, der: &[u8]) {
    let _ = fs::remove_file(path);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
    write!(file, "-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der)).unwrap();
}

/// A certificate and its key.
struct Paper {
    certificate: PathBuf,
    key: PathBuf,
    sha256: [u8; 32],
}

struct Authority {
    folder: PathBuf,
    file: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(house: &House, name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let file = house.scratch.0.join(format!("{name}.pem"));
        write_pem(&file, "CERTIFICATE", params.self_signed(&key).unwrap().der());
        Self { folder: house.scratch.0.clone(), file, issuer: Issuer::new(params, key) }
    }

    fn issue(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Paper {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(2025, 1, 1);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let made = params.signed_by(&key, &self.issuer).unwrap();
        let at = |ending: &str| self.folder.join(format!("{name}{ending}"));
        let paper = Paper { certificate: at(".pem"), key: at(".key"), sha256: tls::fingerprint(made.der()) };
        write_pem(&paper.certificate, "CERTIFICATE", made.der());
        write_pem(&paper.key, "PRIVATE KEY", &key.serialize_der());
        paper
    }

    fn client(&self, name: &str) -> Paper {
        self.issue(name, |_| {})
    }

    fn daemon(&self, name: &str) -> Paper {
        self.issue(name, |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth])
    }
}

/// A house with a second door, and one client that is known there.
struct Estate {
    house: House,
    authority: Authority,
    daemon: Paper,
    far: Paper,
}

impl Estate {
    fn new() -> Self {
        let house = House::new();
        let authority = Authority::new(&house, "authority");
        let (daemon, far) = (authority.daemon(NAME), authority.client("far.test"));
        Self { house, authority, daemon, far }
    }

    /// What the client at the socket may, the one that is far may too.
    fn policy(&self, change: impl FnOnce(&mut Vec<Client>, &mut Vec<Rule>)) -> Policy {
        self.house.policy(|clients, rules| {
            clients.push(Client { name: "far".into(), who: Who::Certificate(self.far.sha256), administers: false });
            let own: Vec<_> = rules.iter().map(|rule| Rule { client: "far".into(), ..rule.clone() }).collect();
            rules.extend(own);
            change(clients, rules);
        })
    }

    fn door(&self, paper: &Paper, listen: SocketAddr) -> Result<Door, DoorFault> {
        let config = TlsConfig {
            listen,
            certificate: paper.certificate.clone(),
            key: paper.key.clone(),
            client_authorities: self.authority.file.clone(),
        };
        Door::open(&config, Box::new(self.house.clock.clone()))
    }

    fn start_at(&self, listen: SocketAddr, most: usize, policy: Policy) -> (Server, SocketAddr) {
        let desk = self.house.desk(policy, false).unwrap();
        let door = self.door(&self.daemon, listen).unwrap();
        let address = door.address().unwrap();
        (Server::start_with(desk, &self.house.socket(), Some(door), most).unwrap(), address)
    }

    fn start(&self) -> (Server, SocketAddr) {
        self.start_at(anywhere(), 8, self.policy(|_, _| {}))
    }

    fn client(&self, address: SocketAddr, paper: &Paper) -> RemoteStore {
        self.client_of(address, NAME, &self.authority, paper)
    }

    fn client_of(&self, address: SocketAddr, name: &str, authority: &Authority, paper: &Paper) -> RemoteStore {
        let (certificate, key) = (&paper.certificate, &paper.key);
        let daemon = TlsDaemon::new(&address.to_string(), name, &authority.file, certificate, key).unwrap();
        RemoteStore::over_tls(daemon, Duration::from_secs(20), None)
    }

    fn refusals(&self) -> Vec<Record> {
        let all = self.house.records(None).into_iter();
        all.filter(|record| record.event == Event::Refused).collect()
    }
}

fn anywhere() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

/// Not away and not busy, but wrong for good; and it says so.
fn says(client: &RemoteStore, words: &str) {
    let error = client.list().unwrap_err();
    assert!(error.to_string().contains(words), "{words}: {error}");
    assert_eq!(error.class(), ErrorClass::Broken, "{error}");
}

#[test]
fn a_client_on_another_machine_uses_the_keys_that_it_may_use() {
    let estate = Estate::new();
    let house = &estate.house;
    let (server, address) = estate.start();
    let client = estate.client(address, &estate.far);
    assert_eq!(client.list().unwrap().len(), 3);
    let key = client.describe(&house.free).unwrap();
    let value = client.sign(&house.free, &request(b"message")).unwrap().to_octets();
    let public = key.public_key.unwrap();
    assert_eq!(public.verify(Algorithm::Sm2Sm3, b"message", &value, &mut Deviations::default()), Ok(()));
    // longer than any buffer on the way
    let context = WrapRequest::new(Purpose::Data, b"context", begin());
    let long = vec![7; yinxin_hsm::MOST_WRAPPED];
    let wrapped = client.wrap(&house.wraps, &context, &long).unwrap();
    assert!(*client.unwrap(&house.wraps, &context, &wrapped).unwrap() == long);
    // the first door is open as ever
    let near = RemoteStore::new(&house.socket(), Duration::from_secs(20));
    near.sign(&house.free, &request(b"near")).unwrap();
    let ca = SignRequest::new(Purpose::Ca, ToSign::Message(b"m"), begin());
    assert_eq!(client.sign(&house.free, &ca).unwrap_err().class(), ErrorClass::Refused);
    drop(server);
    let signed = house.signed();
    assert_eq!(signed.len(), 2);
    let by = signed[0].certified.as_ref().unwrap();
    assert_eq!((&*by.name, by.sha256, signed[0].uid), ("far", estate.far.sha256, BY_CERTIFICATE));
    assert_eq!((&signed[1].certified, signed[1].uid), (&None, rustix::process::geteuid().as_raw()));
    let refused = estate.refusals();
    assert!(matches!(refused.as_slice(), [one] if one.certified == signed[0].certified), "{refused:?}");
}

#[test]
fn the_configuration_opens_a_client_of_the_second_door() {
    let estate = Estate::new();
    let (_server, address) = estate.start();
    let text = format!(
        "[hsmd]\naddress = \"{address}\"\nserver_name = \"{NAME}\"\nauthorities = \"authority.pem\"\n\
         certificate = \"far.test.pem\"\nkey = \"far.test.key\"\n"
    );
    let config: CustodyConfig = toml::from_str(&text).unwrap();
    let config = config.rooted_at(&estate.house.scratch.0);
    config.open().unwrap().keys().sign(&estate.house.free, &request(b"m")).unwrap();
    // a key that others may read is none
    fs::set_permissions(&estate.far.key, fs::Permissions::from_mode(0o640)).unwrap();
    let fault = config.open().unwrap_err().to_string();
    assert!(fault.contains("far.test.key") && fault.contains("chmod go-rwx"), "{fault}");
    fs::set_permissions(&estate.daemon.key, fs::Permissions::from_mode(0o604)).unwrap();
    let fault = estate.door(&estate.daemon, anywhere()).unwrap_err();
    assert!(matches!(&fault, DoorFault::Files(TlsFault::Key(_))), "{fault}");
}

#[test]
fn who_has_no_sound_certificate_is_kept_out_and_recorded() {
    let estate = Estate::new();
    // those who were turned away keep their places for a moment
    let (server, address) = estate.start_at(anywhere(), 64, estate.policy(|_, _| {}));
    let other = Authority::new(&estate.house, "other");
    let foreign = other.client("foreign.test");
    says(&estate.client(address, &foreign), "hsmd does not accept this client's certificate (UnknownCA)");
    // its chain holds, and nobody listed it
    let strange = estate.authority.client("strange.test");
    let sha256 = hex::encode(strange.sha256);
    says(&estate.client(address, &strange), &format!("certificate_sha256 = \"{sha256}\""));
    // by the daemon's clock, and for what it is
    let over = estate.authority.issue("over.test", |params| params.not_after = date_time_ymd(2026, 11, 1));
    says(&estate.client(address, &over), "hsmd does not accept this client's certificate (CertificateExpired)");
    let serves = estate.authority.daemon("serves.test");
    says(&estate.client(address, &serves), "hsmd does not accept this client's certificate (UnsupportedCertificate)");
    // none at all
    let roots = tls::authorities(&estate.authority.file).unwrap();
    let bare = rustls::ClientConfig::builder_with_provider(tls::provider()).with_safe_default_protocol_versions();
    let bare = bare.unwrap().with_root_certificates(roots).with_no_client_auth();
    let bare = rustls::ClientConnection::new(Arc::new(bare), NAME.try_into().unwrap()).unwrap();
    let mut bare = rustls::StreamOwned::new(bare, TcpStream::connect(address).unwrap());
    let _ = wire::write_frame(&mut bare, &wire::greeting());
    let error = wire::read_frame(&mut bare).unwrap_err();
    let alert = rustls::Error::AlertReceived(rustls::AlertDescription::CertificateRequired);
    assert_eq!(tls::said(&error), Some(&alert), "{error}");
    // no TLS: the protocol as it is, and somebody's browser
    let mut greeting = Vec::new();
    wire::write_frame(&mut greeting, &wire::greeting()).unwrap();
    for plain in [greeting.as_slice(), b"GET / HTTP/1.1\r\n\r\n"] {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket.write_all(plain).unwrap();
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer);
        // an alert of TLS and nothing else: fatal
        assert!(matches!(answer.as_slice(), [21, 3, _, 0, 2, 2, _]), "{answer:?}");
    }
    // who only looks whether somebody listens is not recorded
    drop(TcpStream::connect(address).unwrap());
    estate.client(address, &estate.far).list().unwrap();
    drop(server);
    let refusals = estate.refusals();
    assert!(refusals.iter().all(|record| record.uid == BY_CERTIFICATE && record.text.contains("127.0.0.1:")));
    let texts: Vec<_> = refusals.iter().map(|record| &*record.text).collect();
    for (words, wanted) in [
        ("UnknownIssuer", 1),
        ("a stranger connected", 1),
        ("expired", 1),
        ("key usage", 1),
        ("no certificates", 1),
        ("corrupt", 2),
    ] {
        assert_eq!(texts.iter().filter(|text| text.contains(words)).count(), wanted, "{words}: {texts:#?}");
    }
    assert_eq!(refusals.len(), 7, "{texts:#?}");
    let shown = refusals.iter().find(|record| record.text.contains("stranger")).unwrap().certified.as_ref().unwrap();
    assert_eq!((&*shown.name, shown.sha256), ("", strange.sha256));
}

#[test]
fn a_client_talks_to_its_own_daemon_only() {
    let estate = Estate::new();
    let (server, address) = estate.start();
    // of another authority, and for another name
    let other = Authority::new(&estate.house, "other");
    let client = |name, authority| estate.client_of(address, name, authority, &estate.far);
    says(&client(NAME, &other), "the certificate that is shown there does not hold");
    says(&client("other.test", &estate.authority), "the certificate that is shown there does not hold");
    // a client's certificate makes nobody a daemon
    let (certificate, key) = (estate.far.certificate.clone(), estate.far.key.clone());
    let thief = Paper { certificate, key, sha256: [0; 32] };
    let door = estate.door(&thief, anywhere()).unwrap();
    let theirs = door.address().unwrap();
    let house = House::new();
    let desk = house.desk(house.policy(|_, _| {}), false).unwrap();
    let _theirs = Server::start_with(desk, &house.socket(), Some(door), 8).unwrap();
    let misled = estate.client_of(theirs, "far.test", &estate.authority, &estate.far);
    says(&misled, "the certificate that is shown there does not hold");
    // something that speaks no TLS
    let plain = TcpListener::bind(anywhere()).unwrap();
    let at = plain.local_addr().unwrap();
    let talking = thread::spawn(move || {
        let (mut socket, _) = plain.accept().unwrap();
        socket.write_all(b"SSH-2.0-OpenSSH_9.6\r\n").unwrap();
        let _ = socket.read(&mut [0; 4096]);
    });
    says(&estate.client(at, &estate.far), "no TLS 1.3 comes about with what answers there");
    talking.join().unwrap();
    // nobody: away, which may mend itself
    let nobody = TcpListener::bind(anywhere()).unwrap().local_addr().unwrap();
    let away = estate.client(nobody, &estate.far).list().unwrap_err();
    assert!(matches!(away, KeyError::Lost { .. }), "{away}");
    drop(server);
    assert!(estate.house.signed().is_empty());
    // a key that is not the certificate's is named at the start
    let mixed = Paper { certificate: estate.daemon.certificate.clone(), key: estate.far.key.clone(), sha256: [0; 32] };
    let fault = estate.door(&mixed, anywhere()).unwrap_err().to_string();
    assert!(fault.contains("hsmd.test.pem") && fault.contains("KeyMismatch"), "{fault}");
}

#[test]
fn clients_of_the_second_door_survive_a_restart() {
    let estate = Estate::new();
    let (server, address) = estate.start();
    let client = estate.client(address, &estate.far);
    let signer = client.signer(&estate.house.free).unwrap();
    signer.sign(&request(b"m")).unwrap();
    drop(server);
    let lost = signer.sign(&request(b"m")).unwrap_err();
    assert!(matches!(lost, KeyError::Lost { .. }), "{lost}");
    let again = || estate.start_at(address, 8, estate.policy(|_, _| {})).0;
    let server = again();
    signer.sign(&request(b"m")).unwrap();
    // nobody asked in between: the connection that is kept is found dead before anything is sent
    drop(server);
    let _server = again();
    signer.sign(&request(b"m")).unwrap();
    assert_eq!(estate.house.signed().len(), 3);
}

#[test]
fn counts_of_a_certified_client_outlive_daemon_and_certificate() {
    let mut estate = Estate::new();
    let mut done = 0;
    for round in 0..4 {
        if round == 2 {
            estate.far = estate.authority.client("renewed.test");
        }
        let policy = estate.policy(|_, rules| {
            let far = rules.iter_mut().find(|rule| &*rule.client == "far" && rule.purpose == Purpose::Data);
            far.unwrap().most_uses = Some(5);
        });
        let (_server, address) = estate.start_at(anywhere(), 8, policy);
        let client = estate.client(address, &estate.far);
        done += (0..2).filter(|_| client.sign(&estate.house.free, &request(b"m")).is_ok()).count();
        // the client at the socket has a count of its own
        let near = RemoteStore::new(&estate.house.socket(), Duration::from_secs(20));
        near.sign(&estate.house.free, &request(b"near")).unwrap();
    }
    assert_eq!(done, 5);
    assert_eq!(estate.house.signed().iter().filter(|record| record.certified.is_some()).count(), 5);
}

#[test]
fn standing_mandates_are_presented_to_a_daemon_that_was_restarted() {
    let estate = Estate::new();
    let house = &estate.house;
    let folder = house.scratch.0.join("mandates");
    fs::create_dir(&folder).unwrap();
    let standing = Standing {
        licence_types: ["business".into()].into(),
        most_a_minute: 100,
        from_minute: 0,
        to_minute: 24 * 60 - 1,
        ahead_minutes: 480,
    };
    let octets = house.mandate(Scope::Standing(standing), 5).to_octets().unwrap();
    fs::write(folder.join("a.proof"), prove(&keeper(), &octets)).unwrap();
    fs::write(folder.join("a.mandate"), &octets).unwrap();
    let (mut server, address) = estate.start();
    let (authorities, far) = (&estate.authority.file, &estate.far);
    let daemon = TlsDaemon::new(&address.to_string(), NAME, authorities, &far.certificate, &far.key).unwrap();
    let client = RemoteStore::over_tls(daemon, Duration::from_secs(20), Some(&folder));
    let signer = client.signer(&house.sole).unwrap();
    let stamp = |number: u8| {
        let message = house.stamp(&[number; 32], begin());
        let mut request = SignRequest::new(Purpose::Stamper, ToSign::Message(&message), begin());
        request.licence_type = Some("business");
        signer.sign(&request)
    };
    for number in [1, 2] {
        stamp(number).unwrap();
    }
    for number in [3, 4] {
        drop(server);
        server = estate.start_at(address, 8, estate.policy(|_, _| {})).0;
        stamp(number).unwrap();
    }
    drop(server);
    let events: Vec<_> = house.records(None).iter().map(|record| record.event).collect();
    use Event::{Mandate, Signed, Started};
    assert_eq!(events, [Started, Mandate, Signed, Signed, Started, Mandate, Signed, Started, Mandate, Signed]);
}

#[test]
fn who_says_nothing_at_the_second_door_keeps_nobody_out_at_the_first() {
    let estate = Estate::new();
    let (server, address) = estate.start();
    let near = RemoteStore::new(&estate.house.socket(), Duration::from_secs(20));
    let far = estate.client(address, &estate.far);
    // the thread that accepts waits for none of them
    let mut silent: Vec<_> = (0..3).map(|_| TcpStream::connect(address).unwrap()).collect();
    far.sign(&estate.house.free, &request(b"m")).unwrap();
    // a known client holds its place; half of eight places are for those that nobody knows yet
    silent.extend((0..20).map(|_| TcpStream::connect(address).unwrap()));
    far.sign(&estate.house.free, &request(b"m")).unwrap();
    let late = estate.client(address, &estate.far).list().unwrap_err();
    assert!(matches!(late, KeyError::Lost { .. }) && late.retry_after().is_some(), "{late}");
    near.sign(&estate.house.free, &request(b"m")).unwrap();
    drop(silent);
    let begun = Instant::now();
    while estate.client(address, &estate.far).list().is_err() {
        assert!(begun.elapsed() < Duration::from_secs(60), "never free again");
        thread::sleep(Duration::from_millis(5));
    }
    // and none of them keeps the daemon from ending
    let _silent = TcpStream::connect(address).unwrap();
    thread::sleep(Duration::from_millis(50));
    let begun = Instant::now();
    drop(server);
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
}

#[test]
fn the_limit_of_clients_is_for_both_doors_together() {
    let estate = Estate::new();
    let (_server, address) = estate.start_at(anywhere(), 2, estate.policy(|_, _| {}));
    let near = RemoteStore::new(&estate.house.socket(), Duration::from_secs(20));
    let far = estate.client(address, &estate.far);
    near.list().unwrap();
    far.list().unwrap();
    let more = RemoteStore::new(&estate.house.socket(), Duration::from_secs(20)).list().unwrap_err();
    assert!(matches!(more, KeyError::Busy { .. }), "{more}");
    let more = estate.client(address, &estate.far).list().unwrap_err();
    assert!(matches!(more, KeyError::Lost { .. }), "{more}");
    drop(near);
    let begun = Instant::now();
    while estate.client(address, &estate.far).list().is_err() {
        assert!(begun.elapsed() < Duration::from_secs(60), "never free again");
        thread::sleep(Duration::from_millis(5));
    }
    far.list().unwrap();
}

#[test]
fn a_crowd_at_the_second_door_hides_no_refusal_of_a_client() {
    let estate = Estate::new();
    let (server, address) = estate.start_at(anywhere(), 64, estate.policy(|_, _| {}));
    let client = estate.client(address, &estate.far);
    client.list().unwrap();
    for _ in 0..30 {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        socket.shutdown(std::net::Shutdown::Write).unwrap();
        let _ = socket.read_to_end(&mut Vec::new());
    }
    let begun = Instant::now();
    while estate.refusals().len() < 20 {
        assert!(begun.elapsed() < Duration::from_secs(60), "{}", estate.refusals().len());
        thread::sleep(Duration::from_millis(5));
    }
    let ca = SignRequest::new(Purpose::Ca, ToSign::Message(b"m"), begin());
    client.sign(&estate.house.free, &ca).unwrap_err();
    drop(server);
    let of = |name: &str| {
        let of = |record: &&Record| record.certified.as_ref().is_some_and(|client| *client.name == *name);
        estate.refusals().iter().filter(of).count()
    };
    assert_eq!((of("far"), of("")), (1, 20));
}

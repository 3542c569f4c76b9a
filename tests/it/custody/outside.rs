//! Certificates of an outside authority, which is OpenSSL here: requested, taken, issued with, renewed.

use crate::support::{
    Folder,
    cli::{Run, command, finish},
    repository,
};
use std::{fs, path::PathBuf, process::Command};
use yinxin::clock::{Clock as _, SystemClock};
use yinxin_trust::base::{Day, Moment};

const SUBJECT: &str = "C=CN, O=演示市数据局, CN=演示市数据局";
const SEAL: &str = "3301000000001";
const FOOD: &str = "11100000MB0143028R003";

const AUTHORITY: &str = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n\
                         subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
const END_ENTITY: &str = "keyUsage=critical,digitalSignature,nonRepudiation\nsubjectKeyIdentifier=hash\n\
                          authorityKeyIdentifier=keyid\n";
const LISTS: &str = "[ca]\ndefault_ca=one\n[one]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_crl_days=7\n\
                     crl_extensions=two\n[two]\nauthorityKeyIdentifier=keyid\n";

#[derive(Clone, Copy)]
enum Suite {
    Sm2,
    P256,
}

impl Suite {
    fn algorithm(self) -> &'static str {
        match self {
            Self::Sm2 => "sm2-sm3",
            Self::P256 => "ecdsa-p256-sha256",
        }
    }

    /// How OpenSSL makes a key.
    fn key(self) -> &'static [&'static str] {
        match self {
            Self::Sm2 => &["-algorithm", "SM2"],
            Self::P256 => &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
        }
    }

    /// The digest and, of SM2, the distinguishing id with which OpenSSL signs.
    fn signing(self) -> &'static [&'static str] {
        match self {
            Self::Sm2 => &["-sm3", "-sigopt", "distid:1234567812345678"],
            Self::P256 => &["-sha256"],
        }
    }

    fn verifying(self) -> &'static [&'static str] {
        match self {
            Self::Sm2 => &["-vfyopt", "distid:1234567812345678"],
            Self::P256 => &[],
        }
    }

    fn anchor(self) -> &'static str {
        match self {
            Self::Sm2 => "",
            Self::P256 => "# suite: cross-border\n",
        }
    }
}

/// An installation, and an authority with a root and one below it, in one folder.
struct Place {
    folder: Folder,
    suite: Suite,
}

impl Place {
    fn new(suite: Suite) -> Self {
        let place = Self { folder: Folder::new(), suite };
        let naming = ["--name", "演示市数据局", "--credit-code", "11330100MB0000000N", "--region", "330100"];
        done(&finish(command(&place.folder).args(["init", "--folder", "."]).args(naming)));
        for (name, text) in [("ca.ext", AUTHORITY), ("leaf.ext", END_ENTITY), ("ca.cnf", LISTS), ("index.txt", "")] {
            place.folder.file(name, text);
        }
        place.folder.file("crlnumber", "01");
        for name in ["root", "ca", "other"] {
            place.openssl("genpkey", &[suite.key(), &["-out", &format!("{name}.key")]]);
            let subject = format!("/C=CN/CN={name}");
            let request = ["-new", "-key", &format!("{name}.key"), "-subj", &subject, "-out", &format!("{name}.csr")];
            place.openssl("req", &[&request, suite.signing()]);
        }
        let root = ["-req", "-in", "root.csr", "-signkey", "root.key", "-extfile", "ca.ext", "-out", "root.pem"];
        place.openssl("x509", &[&root, &["-days", "3650"], suite.signing(), suite.verifying()]);
        place.certify("ca", "root", "ca.ext", "1800");
        place.list();
        place
    }

    fn openssl(&self, name: &str, arguments: &[&[&str]]) -> String {
        let mut program = Command::new("openssl");
        let output = program.current_dir(self.folder.path()).arg(name).args(arguments.concat()).output().unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "openssl {name} {arguments:?}: {said}");
        said
    }

    /// The authority answers `NAME.csr` with `NAME.pem`.
    fn certify(&self, name: &str, issuer: &str, extensions: &str, days: &str) {
        let (request, out) = (format!("{name}.csr"), format!("{name}.pem"));
        let (certificate, key) = (format!("{issuer}.pem"), format!("{issuer}.key"));
        let files = ["-req", "-in", &request, "-CA", &certificate, "-CAkey", &key, "-CAcreateserial", "-out", &out];
        let said = ["-extfile", extensions, "-days", days];
        self.openssl("x509", &[&files, &said, self.suite.signing(), self.suite.verifying()]);
    }

    /// The authority publishes `ca.crl`.
    fn list(&self) {
        let digest = if matches!(self.suite, Suite::Sm2) { "sm3" } else { "sha256" };
        let files = ["-gencrl", "-config", "ca.cnf", "-keyfile", "ca.key", "-cert", "ca.pem", "-out", "ca.crl"];
        let id = self.suite.signing().get(1..).unwrap_or_default();
        self.openssl("ca", &[&files, &["-md", digest], id]);
    }

    /// A file of the concatenated others.
    fn chain(&self, name: &str, parts: &[&str]) -> String {
        let text: String = parts.iter().map(|part| self.read(&format!("{part}.pem"))).collect();
        self.folder.file(name, text);
        name.to_owned()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Run {
        finish(command(&self.folder).args(arguments))
    }

    /// A key in custody and the request for it in `NAME.csr`.
    fn requested(&self, name: &str, purpose: &str) -> String {
        let made = self.run(&["key", "generate", "--purpose", purpose, "--algorithm", self.suite.algorithm()]);
        let key = done(&made).to_owned();
        let out = format!("{name}.csr");
        let request = self.run(&["key", "request", &key, "--subject", SUBJECT, "--out", &out]);
        assert_eq!(done(&request), format!("subject\t{SUBJECT}\nrequest\t{out}"));
        key
    }

    /// Requested and answered, with the chain in `NAME.chain`.
    fn certified(&self, name: &str, purpose: &str) -> String {
        self.requested(name, purpose);
        self.certify(name, "ca", "leaf.ext", "400");
        self.chain(&format!("{name}.chain"), &[name, "ca", "root"])
    }

    /// Whom the installation trusts, and which lists it has; nobody of its own.
    fn configure(&self, uses: &[&str], lists: &str) {
        let anchors: String =
            uses.iter().map(|word| format!("# use: {word}\n{}{}", self.suite.anchor(), self.read("ca.pem"))).collect();
        self.folder.file("anchors.pem", anchors);
        let text = self.read("yinxin.toml");
        let text =
            ["\n[authority]", "\n[issuing]"].iter().fold(text.as_str(), |text, end| text.split(end).next().unwrap());
        let issuing = "\n[issuing]\ncode_prefix = \"HTTPS://LOCALHOST/C/\"\n";
        let trust = format!("[trust]\nanchors = \"anchors.pem\"\n[verify]\nrevocation_lists = [{lists}]\n");
        self.folder.file("yinxin.toml", format!("{text}{issuing}{trust}"));
    }

    fn make(&self, further: &[&str]) -> Run {
        finish(command(&self.folder).args(["seal", "make", "--code", SEAL]).args(further))
    }

    /// Refused by these words, and nothing else said.
    fn refused(&self, further: &[&str], words: &[&str]) {
        let run = self.make(further);
        assert!(run.code == 73 && run.out.is_empty(), "{further:?}: {} {}", run.code, run.err);
        assert!(words.iter().all(|word| run.err.contains(word)), "{words:?}: {}", run.err);
    }

    fn issue(&self) -> Run {
        let order = repository("schemas/licence-types/examples/food-operation-licence.json").display().to_string();
        self.run(&["issue", &order, "--out", "licence.ofd"])
    }

    /// The example with a number of its own.
    fn order(&self, number: u8) -> String {
        let path = repository("schemas/licence-types/examples/food-operation-licence.json");
        let mut order: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        order["data"]["licence_number"] = format!("JY233010000000{number}0").into();
        self.folder.file("order.json", order.to_string()).display().to_string()
    }

    /// Verified elsewhere, by the anchors and these lists alone.
    fn judged(&self, document: &str, lists: &[&str]) -> Run {
        let elsewhere = Folder::new();
        let mut program = command(&elsewhere);
        program.arg("verify").arg(self.path(document)).arg("--json").arg("--trust").arg(self.path("anchors.pem"));
        for list in lists {
            program.arg("--crl").arg(self.path(list));
        }
        finish(&mut program)
    }

    /// The exit code of a verification by a stranger, and the signer's serial number.
    fn verified(&self, document: &str) -> (i32, String) {
        let run = self.judged(document, &["ca.crl"]);
        (run.code, run.json()["signatures"][0]["signer"]["serial"].as_str().unwrap().to_owned())
    }

    /// Serial number as the report writes it.
    fn serial(&self, name: &str) -> String {
        let said = self.openssl("x509", &[&["-in", &format!("{name}.pem"), "-noout", "-serial"]]);
        said.trim().split('=').nth(1).unwrap().to_lowercase().trim_start_matches('0').to_owned()
    }
}

fn done(run: &Run) -> &str {
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    run.out.trim_end()
}

const BOTH: [&str; 2] = ["signer", "seal-maker"];
const LIST: &str = "\"ca.crl\"";

/// Keys in custody, requests that OpenSSL accepts, certificates that it issues, a seal, a licence, a verdict.
fn goes_the_whole_way(suite: Suite) {
    let place = Place::new(suite);
    let (stamper, maker) = (place.certified("stamper", "stamper"), place.certified("maker", "seal-maker"));
    let said = place.openssl("req", &[&["-in", "stamper.csr", "-verify", "-text", "-noout"], suite.verifying()]);
    assert!(said.contains("self-signature verify OK") && said.contains("Version: 1"), "{said}");
    place.configure(&BOTH, LIST);
    let from = "2026-01-01";
    done(&place.make(&["--stamper-chain", &stamper, "--maker-chain", &maker, "--type", FOOD, "--from", from]));
    done(&place.issue());
    assert_eq!(place.verified("licence.ofd"), (0, place.serial("stamper")));
    let without = place.judged("licence.ofd", &[]);
    assert_eq!(without.code, 2, "without the authority's list nothing is valid: {}", without.out);
    let doctor = place.run(&["doctor"]);
    assert!(doctor.code == 0 && doctor.out.contains("\tgood\tstamps until 20"), "{}{}", doctor.out, doctor.err);
}

#[test]
fn sm2_certificates_from_outside() {
    goes_the_whole_way(Suite::Sm2);
}

#[test]
fn p256_certificates_from_outside() {
    goes_the_whole_way(Suite::P256);
}

/// What is wrong with a chain, or missing around it, is named before a seal is made.
#[test]
fn what_an_outside_chain_lacks_is_named() {
    let place = Place::new(Suite::Sm2);
    let (stamper, maker) = (place.certified("stamper", "stamper"), place.certified("maker", "seal-maker"));
    let with =
        |chain: &str| ["--stamper-chain".to_owned(), chain.to_owned(), "--maker-chain".to_owned(), maker.clone()];
    let refused = |chain: &str, words: &[&str]| {
        let further = with(chain);
        place.refused(&further.each_ref().map(String::as_str), words);
    };
    // nobody here trusts the authority: the installation has its own one only
    refused(&stamper, &["no path", "Name C=CN, CN=ca in the file of trust.anchors, with `use: seal-maker`"]);
    place.configure(&["seal-maker"], LIST);
    refused(&stamper, &["Name C=CN, CN=ca in the file of trust.anchors, with `use: signer`"]);
    place.configure(&BOTH, "");
    refused(&stamper, &["Name a fresh list of C=CN, CN=ca in verify.revocation_lists"]);
    place.configure(&BOTH, LIST);

    place.certify("other", "ca", "leaf.ext", "400");
    refused(&place.chain("other.chain", &["other", "ca"]), &["the key of the certificate of other is not in custody"]);
    refused(&maker, &["is in custody as seal-maker, and stamper is needed"]);
    refused(&place.chain("gap.chain", &["stamper", "root"]), &["the certificate of C=CN, CN=ca is missing"]);
    refused(&place.chain("alone.chain", &["stamper"]), &["the certificate of C=CN, CN=ca", "is missing"]);
    refused(&place.chain("high.chain", &["ca", "root"]), &["the certificate of the key comes first"]);
    refused(&place.chain("wide.chain", &["stamper", "maker", "ca"]), &["not above its first certificate"]);
    place.openssl("genpkey", &[Suite::P256.key(), &["-out", "foreign.key"]]);
    let request = ["-new", "-key", "foreign.key", "-subj", "/C=CN/CN=foreign", "-out", "foreign.csr"];
    place.openssl("req", &[&request, Suite::P256.signing()]);
    let files = ["-req", "-in", "foreign.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-out", "foreign.pem"];
    place.openssl("x509", &[&files, &["-extfile", "leaf.ext", "-days", "400"], Suite::Sm2.signing()]);
    refused(&place.chain("foreign.chain", &["foreign", "ca"]), &["C=CN, CN=ca is of another suite"]);
    place.certify("stamper", "ca", "leaf.ext", "-1");
    refused(&place.chain("late.chain", &["stamper", "ca"]), &["has expired at 20"]);
    place.folder.file("leaf.ext", "keyUsage=critical,keyEncipherment\n");
    place.certify("stamper", "ca", "leaf.ext", "400");
    refused(&place.chain("usage.chain", &["stamper", "ca"]), &["is not for signing"]);
    refused("yinxin.toml", &["no certificate in the chain"]);
    // without a chain for one of the two there would have to be an authority of our own
    place.refused(&["--maker-chain", &maker], &["no [authority] that certifies the stamper"]);
    let missing = place.make(&["--stamper-chain", "nowhere"]);
    assert!(missing.code == 66 && missing.err.contains("nowhere"), "{}: {}", missing.code, missing.err);
    place.openssl(
        "ca",
        &[&["-config", "ca.cnf", "-keyfile", "ca.key", "-cert", "ca.pem"], &["-md", "sm3", "-revoke", "maker.pem"]],
    );
    place.list();
    refused(&stamper, &["revoked"]);
    // nothing of all that made a seal
    assert!(place.issue().err.contains("does not issue"));
    assert!(place.run(&["key", "list"]).out.lines().count() <= 10, "no key was made beside those of init");
}

/// A new certificate of the same key, then one of a new key; the seal before goes on where its successor does
/// not stamp yet, and what it stamped stays valid.
#[test]
fn renewal_overlaps() {
    let place = Place::new(Suite::Sm2);
    let (stamper, maker) = (place.certified("stamper", "stamper"), place.certified("maker", "seal-maker"));
    place.configure(&BOTH, LIST);
    crate::support::custody::private(&place.folder.path().join("password"), "a long password");
    for login in ["wu.di", "zheng.yi"] {
        let create = ["person", "create", login, "--name", login, "--role", "seal_keeper"];
        done(&place.run(&[&create[..], &["--password-file", "password"]].concat()));
    }
    place.folder.file("request.pdf", "%PDF-1.7 made up");
    let secret = ["--password-file", "password"];
    let id_of = |said: &str| said.split('\t').nth(1).unwrap().to_owned();
    // applied for by one, decided by another, made of an outside certificate, filed from a day on
    let renewed = |old: &str, chain: &str, code: &str, from: &str| {
        let apply =
            ["seal", "renew", old, "--login", "wu.di", "--code", code, "--type", FOOD, "--reason", "证书将到期"];
        let said = place.run(&[&apply[..], &["--document", "request.pdf"], &secret].concat());
        let id = id_of(done(&said));
        let decide = ["seal", "decide", &id, "--approve", "--reason", "同意", "--document-number", "演印审〔2026〕1号"];
        let own = place.run(&[&decide[..], &["--login", "wu.di"], &secret].concat());
        assert!(own.code == 73 && own.err.contains("own application"), "{}: {}", own.code, own.err);
        done(&place.run(&[&decide[..], &["--login", "zheng.yi"], &secret].concat()));
        let chains = ["--stamper-chain", chain, "--maker-chain", &maker];
        let made = place.run(&[&["seal", "make", "--application", &id], &chains[..]].concat());
        assert_eq!(id_of(done(&made)), id);
        done(&place.run(&["seal", "file", &id, "--from", from]));
        made.out.trim_end().to_owned()
    };
    let issued = |number: u8| {
        let (order, out) = (place.order(number), format!("{number}.ofd"));
        done(&place.run(&["issue", &order, "--out", &out]));
        place.verified(&out)
    };
    place.certify("stamper", "ca", "leaf.ext", "20");
    let founding = place.chain("stamper.chain", &["stamper", "ca"]);
    let from = ["--type", FOOD, "--from", "2026-01-01"];
    let chains = ["--stamper-chain", &founding, "--maker-chain", &maker];
    let old = id_of(done(&place.make(&[&chains[..], &from].concat())));
    let first = place.serial("stamper");
    let ends = place.run(&["doctor"]);
    assert!(ends.code == 69 && ends.out.contains("no seal follows: ask for the next one"), "{}", ends.out);
    // another seal is not founded beside the first
    let chains = ["--stamper-chain", &stamper, "--maker-chain", &maker];
    let twice = place.make(&[&chains[..], &from].concat());
    assert!(twice.code == 73 && twice.err.contains("approved application"), "{}: {}", twice.code, twice.err);
    assert_eq!(issued(1), (0, first.clone()));
    // a new key, from a day that has not come: the seal before goes on
    let in_spring = Moment::from_unix_seconds(SystemClock.now().unwrap().unix_seconds() + 100 * 86_400).unwrap();
    let day = Day::in_beijing_at(in_spring).unwrap().to_string();
    let later = renewed(&old, &place.certified("next", "stamper"), "3301000000002", &day);
    assert_eq!(issued(2), (0, first.clone()));
    let follows = place.run(&["doctor"]);
    assert_eq!(follows.code, 0, "{}", follows.out);
    // the same key, certified anew, from a day that has
    place.certify("stamper", "ca", "leaf.ext", "800");
    let again = place.serial("stamper");
    assert_ne!(first, again);
    renewed(&old, &place.chain("again.chain", &["stamper", "ca"]), "3301000000003", "2026-01-02");
    // the seal before is in use until the second is over
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let said = place.run(&["seal", "history", &old]);
    assert!(done(&said).contains("\tsuperseded\t"), "{}", said.out);
    assert_eq!(issued(3), (0, again));
    assert_eq!(place.verified("1.ofd"), (0, first), "what the seal before stamped stays valid");
    // the doctor looks at the one that waits, too
    let doctor = place.run(&["doctor"]);
    let waits = doctor.out.contains(&format!("{}\tgood", later.replace('\t', " ")));
    assert!(doctor.code == 0 && waits, "{later}: {}{}", doctor.out, doctor.err);
    // a list that was forgotten is found by it before anybody's licence is refused
    place.configure(&BOTH, "");
    let doctor = place.run(&["doctor"]);
    assert!(doctor.code == 69 && doctor.out.contains("in verify.revocation_lists"), "{}", doctor.out);
}

#[test]
fn requests_are_refused_by_name() {
    let folder = Folder::new();
    folder.file("yinxin.toml", "[keys]\nfolder = \"keys\"\npassphrase_file = \"keys.passphrase\"\n");
    crate::support::custody::private(&folder.path().join("keys.passphrase"), "a passphrase of the tests");
    let run = |arguments: &[&str]| finish(command(&folder).args(arguments));
    let generated =
        |algorithm: &str| done(&run(&["key", "generate", "--purpose", "stamper", "--algorithm", algorithm])).to_owned();
    let (key, other) = (generated("sm2-sm3"), generated("ed25519"));
    let request = |key: &str, subject: &str| run(&["key", "request", key, "--subject", subject, "--out", "a.csr"]);
    for (refused, code, words) in [
        (request("soft:0000000000000000", SUBJECT), 73, "no key soft:0000000000000000"),
        (request(&other, SUBJECT), 73, "neither an SM2 nor a P-256 key"),
        (request(&key, "C=CN, mail=a"), 64, "\"mail\""),
        (request(&key, "C=cn"), 64, "two upper-case letters"),
    ] {
        // what clap refuses ends with its code
        assert!(refused.code == code && refused.err.contains(words), "{}: {}", refused.code, refused.err);
    }
    done(&request(&key, SUBJECT));
    let twice = request(&key, SUBJECT);
    assert!(twice.code == 66 && twice.err.contains("a.csr"), "{}: {}", twice.code, twice.err);
    done(&run(&["key", "suspend", &key]));
    let suspended = run(&["key", "request", &key, "--subject", SUBJECT, "--out", "b.csr"]);
    assert!(suspended.code == 73 && !folder.path().join("b.csr").exists(), "{}: {}", suspended.code, suspended.err);
}

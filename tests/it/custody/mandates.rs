//! A seal under the sole control of its keeper: the service stamps what the keeper's standing mandate allows, and
//! nothing else. The keeper signs with OpenSSL, as with any tool of their own.

use crate::support::{
    Folder,
    cli::{Run, command, finish},
    custody::{hsmd, hsmd_with_device, serve},
    repository,
};
use std::{fs, os::unix::net::UnixStream, path::Path, process::Command};
use yinxin_hsm::{Purpose, remote::wire};

const SEAL: &str = "3301000000001";
const FOOD: &str = "11100000MB0143028R003";

fn run(folder: &Folder, arguments: &[&str]) -> Run {
    finish(command(folder).args(["--config", "yinxin-data/yinxin.toml"]).args(arguments))
}

fn openssl(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let done = Command::new("openssl").current_dir(folder).args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

/// The keeper's public key, 04 || x || y in hexadecimal.
fn keeper(folder: &Path) -> String {
    openssl(folder, &["genpkey", "-algorithm", "SM2", "-out", "keeper.pem"]);
    let spki = openssl(folder, &["pkey", "-in", "keeper.pem", "-pubout", "-outform", "DER"]);
    hex::encode(&spki[spki.len() - 65..])
}

/// The rule names the key of a device as its manual would, the service as the custody does: one key all the same.
#[test]
fn another_spelling_of_a_key_is_the_same_key() {
    let folder = Folder::new();
    let (text, socket) = hsmd_with_device(&folder.path().join("daemon"));
    let daemon = serve(&text);
    folder.file("keys.toml", format!("[keys.hsmd]\nsocket = \"{}\"\n", socket.display()));
    let demo = || finish(command(&folder).args(["demo", "--once", "--keys", "keys.toml"]));
    let first = demo();
    assert_eq!((first.code, first.err.as_str()), (0, ""), "{}", first.out);
    let listed = run(&folder, &["key", "list"]);
    assert!(listed.out.contains("sdf:device=sdf;index=6\tsm2-sm3\tstamper"), "{}", listed.out);
    drop(daemon);
    let sole = sole_control("sdf:index=6", &keeper(folder.path()));
    let daemon = serve(&format!("{text}{sole}"));
    let refused = demo();
    assert!(refused.code == 69 && refused.err.contains("mandate"), "{}: {}", refused.code, refused.err);
    // who speaks to the socket itself names the key as they like
    for spelling in ["sdf:index=6", "sdf:device=sdf;index=6", "sdf:index=6;device=sdf", "sdf:index=06"] {
        let Ok(key) = spelling.parse() else { continue };
        let input = wire::Input::Message(b"not a stamp".to_vec());
        let order = wire::SignOrder { key, purpose: Purpose::Stamper, input, claim: None };
        match asked(&socket, &wire::Request::Sign(order)) {
            wire::Answer::Refused(refusal) => assert!(refusal.text.contains("mandate"), "{spelling}: {}", refusal.text),
            _ => panic!("{spelling}: signed without a mandate"),
        }
    }
    drop(daemon);
    // two rules for one key under two spellings contradict each other
    let other = sole.replace("sdf:index=6", "sdf:device=sdf;index=6").replace(SEAL, "3301000000002");
    let twice = std::panic::catch_unwind(|| serve(&format!("{text}{sole}{other}")));
    assert!(twice.is_err());
}

/// What the daemon answers to a request of the protocol, by a client of a test's own.
fn asked(socket: &Path, request: &wire::Request) -> wire::Answer {
    let mut connection = UnixStream::connect(socket).unwrap();
    wire::write_frame(&mut connection, &wire::greeting()).unwrap();
    wire::read_frame(&mut connection).unwrap().unwrap();
    wire::write_frame(&mut connection, &request.to_frame().unwrap()).unwrap();
    let answer = wire::read_frame(&mut connection).unwrap().unwrap();
    wire::Answer::parse(&answer, request).unwrap()
}

/// A rule that puts a stamper's key under the control of a keeper.
fn sole_control(key: &str, keeper: &str) -> String {
    format!(
        "[[rule]]\nclient = \"tests\"\nkey = \"{key}\"\npurpose = \"stamper\"\nmost_a_second = 1000\n\
         [rule.sole_control]\nseal = \"{SEAL}\"\nkeepers_sm2 = [\"{keeper}\"]\n"
    )
}

#[test]
fn a_seal_stamps_under_its_keepers_mandate_only() {
    let folder = Folder::new();
    let keys = folder.path().join("daemon");
    let (text, socket) = hsmd(&keys);
    let daemon = serve(&text);
    let section = format!("[keys.hsmd]\nsocket = \"{}\"\nmandates = \"mandates\"\n", socket.display());
    folder.file("keys.toml", section);
    let mandates = folder.path().join("yinxin-data/mandates");
    fs::create_dir_all(&mandates).unwrap();
    let demo = finish(command(&folder).args(["demo", "--once", "--keys", "keys.toml"]));
    assert_eq!((demo.code, demo.err.as_str()), (0, ""), "{}", demo.out);
    let listed = run(&folder, &["key", "list"]);
    let stamper = listed.out.lines().find(|line| line.contains("\tstamper\t")).unwrap();
    let stamper = stamper.split('\t').next().unwrap().to_owned();
    // from now on the keeper decides
    drop(daemon);
    let rule = sole_control(&stamper, &keeper(folder.path()));
    let daemon = serve(&format!("{text}{rule}"));
    let application = repository("schemas/licence-types/examples/food-operation-licence.json");
    let order = fs::read_to_string(application).unwrap();
    let issue = |n: u32| {
        let own = order.replace("JY23301000000010", &format!("JY2330100{:06}0", 9000 + n));
        assert_ne!(own, order, "the example has another number");
        folder.file("order.json", own);
        run(&folder, &["issue", "order.json"])
    };
    let refused = issue(1);
    assert!(refused.code == 69 && refused.err.contains("mandate"), "{}: {}", refused.code, refused.err);
    // of another type of licence
    let draft = |name: &str, kind: &str| {
        let out = format!("yinxin-data/mandates/{name}");
        let drafted = run(
            &folder,
            &[
                "mandate",
                "draft",
                "--key",
                &stamper,
                "--seal",
                SEAL,
                "--type",
                kind,
                "--until",
                "2099-01-01",
                "--most",
                "2",
                "--out",
                &out,
            ],
        );
        assert_eq!((drafted.code, drafted.err.as_str()), (0, ""), "{}", drafted.out);
        let (name, value) = (format!("{out}.name"), format!("{out}.sig"));
        let sm2 = ["-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"];
        openssl(
            folder.path(),
            &[&["pkeyutl", "-sign", "-inkey", "keeper.pem", "-in", &name, "-out", &value], sm2.as_slice()].concat(),
        );
        let proved = run(&folder, &["mandate", "prove", &format!("{out}.mandate"), "--sm2", &value]);
        assert_eq!((proved.code, proved.err.as_str()), (0, ""));
        out
    };
    draft("construction", "11100000000013338W002");
    let refuses = |n: u32| {
        let refused = issue(n);
        assert!(refused.code == 69 && refused.err.contains("hsmd: "), "{}: {}", refused.code, refused.err);
    };
    refuses(1);
    // forged: another mandate's signature
    let food = draft("food", FOOD);
    fs::copy(
        folder.path().join("yinxin-data/mandates/construction.proof"),
        folder.path().join(format!("{food}.proof")),
    )
    .unwrap();
    refuses(1);
    for name in ["food.mandate", "food.name", "food.proof"] {
        fs::remove_file(mandates.join(name)).unwrap();
    }
    draft("food", FOOD);
    for n in [1, 2] {
        let issued = issue(n);
        assert_eq!((issued.code, issued.err.as_str()), (0, ""), "{}", issued.out);
    }
    // two were allowed, and the daemon counts over its restarts
    let third = issue(3);
    assert!(third.code == 69 && third.err.contains("mandate"), "{}", third.err);
    drop(daemon);
    let daemon = serve(&format!("{text}{rule}"));
    refuses(3);
    // another mandate stands in for the one that is used up
    draft("food-2", FOOD);
    let again = issue(3);
    assert_eq!((again.code, again.err.as_str()), (0, ""), "{}", again.out);
    let doctor = run(&folder, &["doctor"]);
    assert!(doctor.code == 0 && doctor.out.matches("mandate\tgood").count() == 3, "{}", doctor.out);
    fs::write(mandates.join("food.mandate"), "no mandate").unwrap();
    let doctor = run(&folder, &["doctor"]);
    assert!(doctor.code == 69 && doctor.out.contains("mandate\tBAD"), "{}", doctor.out);
    drop(daemon);
}

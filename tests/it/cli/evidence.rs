//! Revocation lists, a register, and copies, through the command line.

use crate::support::{
    Folder,
    cli::{Run, command, finish, run},
    example,
    schema::assert_is_report,
    status_server::{BROKEN, NOT_REGISTERED, StatusServer},
};
use std::fs;
use yinxin_testkit::{
    crl::{Entry, List},
    moment, shipped,
};

fn verify(more: &[&str]) -> Run {
    let (file, anchors) = (example("licence-valid.ofd"), example("anchors.pem"));
    let mut arguments = vec!["verify", "--json", "--trust", anchors.to_str().unwrap()];
    arguments.extend(more);
    arguments.push(file.to_str().unwrap());
    run(arguments)
}

/// The example anchors without the lists behind them.
fn bare_anchors() -> String {
    let text = fs::read_to_string(example("anchors.pem")).unwrap();
    let parts = text.split("-----BEGIN X509 CRL-----").map(|part| match part.split_once("-----END X509 CRL-----") {
        Some((_, after)) => after,
        None => part,
    });
    parts.collect()
}

#[test]
fn without_lists_nothing_is_valid_and_files_of_lists_mend_it() {
    let folder = Folder::new();
    let bare = folder.file("bare.pem", bare_anchors());
    let pki = shipped::pki();
    let (from, to) = (moment("2026-06-01T00:00:00Z"), moment("2030-01-01T00:00:00Z"));
    let list = |issuer| List::of(issuer, from, to);
    let stampers = folder.file("stampers.crl", list(&pki.stamper_authority).to_der());
    let makers = folder.file("makers.pem", list(&pki.maker_authority).to_pem());
    let verify = |lists: &[&std::path::PathBuf]| {
        let mut command = command(&folder);
        command.args(["verify", "--json", "--at", "2026-11-21", "--trust"]).arg(&bare);
        for list in lists {
            command.arg("--crl").arg(list);
        }
        finish(command.arg(example("licence-valid.ofd")))
    };
    let missing = verify(&[]);
    assert_eq!((missing.code, &missing.json()["reason"]), (2, &"signer.revocation".into()));
    assert_is_report(&missing.json());
    assert_eq!(verify(&[&stampers]).json()["reason"], "seal.maker.revocation");
    let whole = verify(&[&stampers, &makers]);
    assert_eq!((whole.code, &whole.json()["trust"]["revocation_lists"]), (0, &2.into()));

    let revoked = list(&pki.stamper_authority).with(vec![Entry::new(&pki.stamper.serial, from).because(1)]);
    let revoked = folder.file("revoked.pem", revoked.to_pem());
    let run = verify(&[&revoked, &makers]);
    assert_eq!((run.code, &run.json()["subindication"]), (1, &"REVOKED".into()));
    let config = "[trust]\nanchors = \"bare.pem\"\n[verify]\nrevocation_lists = [\"stampers.crl\", \"makers.pem\"]";
    let config = folder.file("conf.toml", config);
    let run =
        finish(command(&Folder::new()).env("YINXIN_CONFIG", config).arg("verify").arg(example("licence-valid.ofd")));
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
}

#[test]
fn a_list_that_is_none_is_named() {
    let folder = Folder::new();
    let junk = folder.file("list.crl", "junk");
    for file in [junk.to_str().unwrap(), "no-such.crl", example("anchors.pem").to_str().unwrap()] {
        let run = verify(&["--crl", file]);
        assert_eq!((run.code, run.out.as_str()), (64, ""), "{file}");
        assert!(run.err.contains("revocation list"), "{}", run.err);
    }
}

#[test]
fn the_register_is_asked() {
    let register = StatusServer::start();
    let url = register.url();
    for (state, standing, code) in [
        ("in_force", "in_force", 0),
        ("revoked", "revoked", 5),
        ("superseded", "superseded", 5),
        (NOT_REGISTERED, "not_registered", 5),
        (BROKEN, "unknown", 0),
    ] {
        register.say(state);
        let run = verify(&["--status", &url]);
        assert_is_report(&run.json());
        let report = run.json();
        assert_eq!((run.code, &report["standing"]["state"]), (code, &standing.into()), "{state}: {}", run.out);
        assert_eq!(report["verdict"], "valid");
    }
    register.say("in_force");
    let altered = example("licence-altered.ofd");
    let anchors = example("anchors.pem");
    let tampered =
        run(["verify", "--json", "--status", &url, "--trust", anchors.to_str().unwrap(), altered.to_str().unwrap()]);
    assert_eq!((tampered.code, &tampered.json()["standing"]["state"]), (1, &"unknown".into()));
    for bad in ["http://register.example.cn", "register"] {
        let run = verify(&["--status", bad]);
        assert_eq!((run.code, run.out.as_str()), (64, ""));
        assert!(run.err.contains("status"), "{}", run.err);
    }
}

#[test]
fn copies_are_65_in_words_of_their_own() {
    let folder = Folder::new();
    for (name, first) in
        [("a.pdf", &b"%PDF-1.7\n"[..]), ("a.png", b"\x89PNG\r\n\x1a\n"), ("a.jpg", b"\xff\xd8\xff\xe0")]
    {
        let file = folder.file(name, first);
        let run = finish(command(&folder).args(["verify", "--json"]).arg(&file));
        assert_eq!((run.code, &run.json()["error"]["code"]), (65, &"copy".into()));
        let text = finish(command(&folder).args(["verify", "--lang", "zh"]).arg(&file));
        assert!(text.out.contains("副本") && text.out.contains("核验上面的码"), "{}", text.out);
    }
}

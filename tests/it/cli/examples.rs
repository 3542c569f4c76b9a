//! The example files of the README, through the command line.

use crate::support::{
    Folder,
    cli::{Run, command, finish, run, run_with_input},
    example,
    schema::assert_is_report,
};
use std::fs;

fn verify(name: &str, more: &[&str]) -> Run {
    let (file, anchors) = (example(name), example("anchors.pem"));
    let mut arguments = vec!["verify", "--json", "--trust", anchors.to_str().unwrap()];
    arguments.extend(more);
    arguments.push(file.to_str().unwrap());
    let run = run(arguments);
    assert_is_report(&run.json());
    run
}

#[test]
fn each_example_has_its_verdict_and_its_exit_code() {
    for (name, verdict, code) in [
        ("licence-valid.ofd", "valid", 0),
        ("licence-altered.ofd", "invalid", 1),
        ("invoice-partly-covered.ofd", "valid", 4),
        ("unsigned.ofd", "unsigned", 3),
        ("seal.esl", "valid", 0),
    ] {
        let run = verify(name, &[]);
        assert_eq!((run.json()["verdict"].as_str().unwrap(), run.code), (verdict, code), "{name}: {}", run.out);
    }
}

#[test]
fn a_self_made_root_is_never_valid() {
    let configured = verify("self-made-root.ofd", &[]);
    assert!(matches!(configured.code, 1 | 2), "{}", configured.out);
    let file = example("self-made-root.ofd");
    let run = run(["verify", "--json", file.to_str().unwrap()]);
    assert_eq!(run.code, 2);
    assert_eq!((&run.json()["verdict"], &run.json()["reason"]), (&"indeterminate".into(), &"signer.path".into()));
}

#[test]
fn without_anchors_nothing_is_valid_and_the_text_says_how_to_set_them() {
    let file = example("licence-valid.ofd");
    let run = run(["verify", file.to_str().unwrap()]);
    assert_eq!(run.code, 2);
    for part in ["INDETERMINATE", "--trust FILE", "yinxin.toml", "identity not checked"] {
        assert!(run.out.contains(part), "{part}\n{}", run.out);
    }
}

#[test]
fn trust_none_must_be_typed_and_gives_intact_at_best() {
    let file = example("licence-valid.ofd");
    let run = run(["verify", "--json", "--trust", "none", file.to_str().unwrap()]);
    assert_eq!((run.code, &run.json()["verdict"]), (0, &"intact".into()));
    let partly = example("invoice-partly-covered.ofd");
    assert_eq!(crate::support::cli::run(["verify", "--trust", "none", partly.to_str().unwrap()]).code, 4);
}

#[test]
fn anchors_come_from_the_configuration_too() {
    let folder = Folder::new();
    folder.file("anchors.pem", fs::read(example("anchors.pem")).unwrap());
    let config = folder.file("conf.toml", "[trust]\nanchors = \"anchors.pem\"");
    let elsewhere = Folder::new();
    let run = finish(command(&elsewhere).env("YINXIN_CONFIG", config).arg("verify").arg(example("licence-valid.ofd")));
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
}

#[test]
fn several_files_end_with_the_worst() {
    let run = finish(
        command(&Folder::new())
            .args(["verify", "--json", "--trust"])
            .arg(example("anchors.pem"))
            .arg(example("licence-valid.ofd"))
            .arg(example("unsigned.ofd"))
            .arg(example("licence-altered.ofd")),
    );
    assert_eq!(run.code, 1);
    let verdicts: Vec<_> = run.lines().iter().map(|l| l["verdict"].as_str().unwrap().to_owned()).collect();
    assert_eq!(verdicts, ["valid", "unsigned", "invalid"]);
    for mut line in run.lines() {
        assert!(line.as_object_mut().unwrap().remove("file").is_some());
        assert_is_report(&line);
    }
}

#[test]
fn the_same_octets_from_standard_input_have_the_same_report() {
    let at = ["--at", "2026-11-21T08:30:00Z"];
    let octets = fs::read(example("licence-valid.ofd")).unwrap();
    let anchors = example("anchors.pem");
    let piped = run_with_input(["verify", "--json", "--trust", anchors.to_str().unwrap(), at[0], at[1], "-"], &octets);
    let named = verify("licence-valid.ofd", &at);
    assert_eq!((piped.code, piped.json()), (named.code, named.json()));
    assert_eq!(named.json()["checked_at"], at[1]);
}

#[test]
fn the_text_of_an_altered_licence_presents_nothing_unverified_as_true() {
    let (file, anchors) = (example("licence-altered.ofd"), example("anchors.pem"));
    let run = run(["verify", "--lang", "en", "--trust", anchors.to_str().unwrap(), file.to_str().unwrap()]);
    assert_eq!(run.code, 1);
    assert!(run.out.starts_with("✘ INVALID") && !run.out.contains("whole document is protected"), "{}", run.out);
}

#[test]
fn pages_are_drawn_of_what_holds_and_of_nothing_else() {
    let folder = Folder::new();
    let pages = folder.path().join("pages");
    let draw = |name: &str, more: &[&str]| {
        let (file, anchors) = (example(name), example("anchors.pem"));
        let mut arguments = vec!["verify", "--lang", "en", "--trust", anchors.to_str().unwrap()];
        arguments.extend([file.to_str().unwrap(), "--pages", pages.to_str().unwrap()]);
        arguments.extend(more);
        run(arguments)
    };
    let run = draw("licence-valid.ofd", &[]);
    assert_eq!(run.code, 0);
    assert!(run.err.contains("Page 1 of 1"), "{}", run.err);
    let svg = fs::read_to_string(pages.join("licence-valid-1.svg")).unwrap();
    assert!(svg.starts_with("<svg ") && !svg.contains("<pattern"));
    let run = draw("invoice-partly-covered.ofd", &["--page", "1"]);
    assert_eq!(run.code, 4);
    assert!(fs::read_to_string(pages.join("invoice-partly-covered-1.svg")).unwrap().contains("<pattern"));
    // no such page: the verdict stands
    let run = draw("licence-valid.ofd", &["--page", "2"]);
    assert!(run.code == 0 && run.err.contains("there is no page 2"), "{}", run.err);
    let run = draw("licence-altered.ofd", &[]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("its pages are not drawn") && !pages.join("licence-altered-1.svg").exists());
}

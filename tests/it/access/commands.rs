//! The commands of the operator.

use crate::support::{
    Folder,
    cli::{Run, command, finish},
};
use std::{fs, os::unix::fs::PermissionsExt};

fn configured() -> Folder {
    let folder = Folder::new();
    folder.file("yinxin.toml", "[database]\naddress = \"sqlite:yinxin.sqlite\"\n");
    let password = folder.file("password", "a long password\n");
    fs::set_permissions(password, fs::Permissions::from_mode(0o600)).unwrap();
    folder
}

fn run(folder: &Folder, line: &str) -> Run {
    finish(command(folder).args(line.split(' ')))
}

/// The value after a word and a tab.
fn value(run: &Run, word: &str) -> String {
    assert_eq!(run.code, 0, "{}", run.err);
    let line = run.out.lines().find_map(|line| line.strip_prefix(word)?.strip_prefix('\t'));
    line.unwrap_or_else(|| panic!("{word} in {}", run.out)).to_owned()
}

const BODY: &str = "body create --name 演示市数据局 --credit-code 11990000MB0000019F --region 340100";

#[test]
fn from_an_empty_folder_to_a_token_and_its_end() {
    let folder = configured();
    let early = run(&folder, "token list");
    assert_eq!(early.code, 69);
    assert!(early.err.contains("yinxin migrate"), "{}", early.err);
    assert_eq!(run(&folder, "migrate --status").code, 69);
    assert!(run(&folder, "migrate").out.starts_with("migrated\t"));
    assert_eq!(run(&folder, "migrate").out, "up to date\n");
    assert!(run(&folder, "migrate --status").out.starts_with("applied\t"));

    assert_eq!(run(&folder, "person list").code, 73, "no body yet");
    let body = value(&run(&folder, BODY), "id");
    assert!(run(&folder, "body list").out.contains(&format!("{body}\t11990000MB0000019F\t340100\t演示市数据局")));
    assert_eq!(run(&folder, BODY).code, 73, "the credit code is that of {body}");
}

#[test]
fn people_and_tokens() {
    let folder = configured();
    run(&folder, "migrate");
    value(&run(&folder, BODY), "id");
    let create = "person create wang.wu --name 王五 --role officer --role administrator --password-file password";
    value(&run(&folder, create), "id");
    assert_eq!(run(&folder, create).code, 73, "the login is taken");
    assert!(run(&folder, "person list").out.contains("\tactive\twang.wu\tofficer,administrator\t王五"));
    assert_eq!(run(&folder, "person disable wang.wu").code, 73, "the last administrator");
    assert_eq!(run(&folder, "person password wang.wu --password-file password").code, 0);
    assert_eq!(run(&folder, "person password nobody --password-file password").code, 73);
    let none = run(&folder, "person remove-second-factor wang.wu");
    assert!(none.code == 73 && none.err.contains("no such second factor"), "{}", none.err);
    fs::set_permissions(folder.path().join("password"), fs::Permissions::from_mode(0o644)).unwrap();
    let open = run(&folder, "person password wang.wu --password-file password");
    assert!(open.code == 64 && open.err.contains("others may read it"), "{}", open.err);

    let made = run(&folder, "token create --name 系统 --scope issue --scope standing");
    let (id, token) = (value(&made, "id"), value(&made, "token"));
    assert!(token.starts_with("yx_") && token.len() == 46);
    let listed = run(&folder, "token list").out;
    assert!(listed.contains(&format!("{id}\truns\tissue,standing\t")) && !listed.contains(&token));
    assert_eq!(run(&folder, &format!("token revoke {id}")).code, 0);
    assert!(run(&folder, "token list").out.contains(&format!("{id}\trevoked\t")));
    assert_eq!(run(&folder, "token revoke none").code, 73);
    assert_eq!(run(&folder, "token create --name x --scope everything").code, 64);
    assert_eq!(run(&folder, "token create --name x --scope read --days 2000").code, 64);
}

#[test]
fn holders() {
    let folder = configured();
    run(&folder, "migrate");
    let create = "holder create li.guo --name 李国 --code-kind 111 --code 11010519491231002X --password-file password";
    value(&run(&folder, create), "id");
    assert_eq!(run(&folder, create).code, 73, "the login is taken");
    let again = create.replace("li.guo", "li.guo.2");
    let there = run(&folder, &again);
    assert!(there.code == 73 && there.err.contains("has an account"), "{}", there.err);
    let wrong = run(&folder, &again.replace("11010519491231002X", "110105194912310021"));
    assert!(wrong.code == 73 && wrong.err.contains("check character") && !wrong.err.contains("1949"), "{}", wrong.err);
    let listed = run(&folder, "holder list").out;
    assert!(listed.contains("\tactive\tli.guo\t111\t…002X\t李国") && !listed.contains("1949"), "{listed}");
    assert_eq!(run(&folder, "holder password li.guo --password-file password").code, 0);
    assert_eq!(run(&folder, "holder remove-second-factor li.guo").code, 73, "there is none");
    assert_eq!(run(&folder, "holder disable li.guo").code, 0);
    assert!(run(&folder, "holder list").out.contains("\tdisabled\tli.guo\t"));
    assert_eq!(run(&folder, "holder disable nobody").code, 73);
    value(&run(&folder, &again), "id");
}

#[test]
fn every_help_has_an_example() {
    for line in [
        "migrate",
        "body create",
        "body list",
        "body rename",
        "body succeed",
        "person create",
        "person list",
        "person disable",
        "person password",
        "person remove-second-factor",
        "holder create",
        "holder list",
        "holder disable",
        "holder password",
        "holder remove-second-factor",
        "token create",
        "token list",
        "token revoke",
        "trust make",
        "trust add",
        "trust list",
        "trust show",
        "trust diff",
        "trust refresh",
        "trust accept",
        "trust refuse",
        "trust export",
    ] {
        let help = run(&Folder::new(), &format!("{line} --help"));
        assert!(help.code == 0 && help.out.contains(&format!("  yinxin {line}")), "{line}: {}", help.out);
    }
    let none = run(&Folder::new(), "token list");
    assert!(none.code == 64 && none.err.contains("[database]"), "{}", none.err);
}

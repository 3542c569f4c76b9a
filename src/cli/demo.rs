//! `yinxin demo`: the whole way once, in a made-up locality.

mod agent;

use super::{
    Exit, arguments,
    init::{self, CONFIGURATION, Foundation},
    installation::{self, Opened},
    issuing, localities,
    register::{Stop, body, ended, now, say},
    seal::{self, Wanted},
    serve,
};
use crate::{
    flow::{
        access::{Permit, Role, may},
        act::{self, ActOrder},
        bodies::Naming,
        demo::{Demo, DemoAccount, DemoAs},
        holders::{self, HolderCode, HolderError, NewHolder},
        issue::{Decided, Issued, Order},
        own_register::OwnRegister,
        people::{self, Login, NewPerson, Password, Passwords, PeopleError, SignIn},
        seal_making::Parties,
        standing,
    },
    random,
    store::{counter, seals},
};
use std::{fs, path::Path, sync::Arc};
use yinxin_trust::{
    base::{Day, Secret},
    licence::identifier::LicenceIdentifier,
    seal::make::SealFormat,
};

/// The example application.
pub(super) const APPLICATION: &str = include_str!("../../schemas/licence-types/examples/food-operation-licence.json");
const BODY: &str = "演示市市场监督管理局";
const BODY_CODE: &str = "11330100MB0000000N";
const REGION: &str = "330100";
/// Where pages and API are.
const LISTEN: &str = "127.0.0.1:8080";
/// Registration code of the made-up seal.
const SEAL_CODE: &str = "3301000000001";
/// Who holds the example's licence, and signs in as.
const HOLDER: (&str, &str, &str) = ("001", "92330100MA0000015R", "xiaoman");
/// How long the sessions last in which the demonstration itself acts.
const SESSION_HOURS: u32 = 1;
const HOLDER_NAME: &str = "演示市小满面馆（个体工商户）";
const TYPES: [&str; 3] = ["11100000MB0143028R001", "11100000MB0143028R003", "11100000000013338W002"];

pub(super) fn run(command: &arguments::Demo) -> Exit {
    if command.two_localities {
        return localities::run(&command.folder);
    }
    let configuration = command.folder.join(CONFIGURATION);
    match show(command, &configuration) {
        Ok(demo) if !command.once => serve::run_demo(&configuration, demo),
        shown => ended(shown.map(drop)),
    }
}

fn show(command: &arguments::Demo, configuration: &Path) -> Result<Demo, Stop> {
    let now = now()?;
    let today = Day::in_beijing_at(now).map_err(Stop::usage)?;
    if configuration.exists() {
        step("1", "沿用已有的演示属地", &format!("the locality in {} is used again", command.folder.display()))?;
    } else {
        let parsed = |what: &'static str| Stop::internal(what);
        let body = Naming {
            name: BODY.to_owned(),
            credit_code: BODY_CODE.parse().map_err(|_| parsed("the code of the made-up body"))?,
            region: REGION.parse().map_err(|_| parsed("the region of the made-up body"))?,
            from: today,
        };
        let foundation = Foundation {
            folder: &command.folder,
            body,
            suite: command.suite,
            organisation: "演示信任服务机构（测试专用）",
            code_prefix: "HTTPS://LOCALHOST/C/",
            listen: LISTEN,
            public_address: Some(&format!("http://{LISTEN}")),
            keys: command.keys.as_deref().map(init::keys_section).transpose()?,
        };
        init::found(&foundation)?;
        step("1", "建立演示属地", &format!("a made-up locality in {}", command.folder.display()))?;
    }
    let opened = installation::open(Some(configuration))?;
    let body = body(&opened.issuer.store, None)?;
    make_seal(&opened, &body)?;

    let issued = issuing::issue_to(&opened.issuer, &body, &order(&opened, today)?, &command.out)?;
    step("3", "制发证照", &format!("licence {} issued to {}", issued.number, command.out.display()))?;
    say(format_args!("      {}", issued.identifier))?;
    say(format_args!("      {}", issued.address))?;
    verified("4", "核验", &opened, &issued, &command.out)?;
    revoke(&opened, &body, &issued, today)?;
    verified("6", "再次核验", &opened, &issued, &command.out)?;
    let other = issuing::issue_to(&opened.issuer, &body, &order(&opened, today)?, &command.out)?;
    step("7", "再制发一张", &format!("licence {} issued to {}", other.number, command.out.display()))?;
    verified("8", "核验", &opened, &other, &command.out)?;
    let sign_in = SignIn::new(SESSION_HOURS).map_err(HolderError::from)?;
    let holder = holder(&opened, sign_in.passwords())?;
    let mut accounts = staff(&opened, &body, sign_in.passwords())?;
    let agent = agent::agent(&opened, &sign_in, &holder, &identifier(&other)?)?;
    accounts.extend([holder, agent]);
    Ok(Demo::new(accounts))
}

/// Somebody of the body for each role, all with one password of this run's.
fn staff(opened: &Opened, body: &str, passwords: &Passwords) -> Result<Vec<DemoAccount>, Stop> {
    let (store, now) = (&opened.issuer.store, now()?);
    let permit: Permit<may::ManagePeople> = Permit::of_operator(body);
    let text = hex::encode(random::octets::<8>()?);
    let password = || Password::chosen(text.clone()).map_err(|_| Stop::internal("a password of our own"));
    let mut accounts = Vec::new();
    for role in Role::ALL {
        let login: Login = role.as_str().parse()?;
        match people::find_by_login(store, &permit, &login) {
            Ok(known) => people::change_password(store, &permit, passwords, &known.id, &password()?, now)?,
            Err(PeopleError::NotFound) => {
                let (name, roles) = (format!("演示{}", role.zh()), [*role].into());
                let new = NewPerson { login: login.clone(), name, password: password()?, roles };
                people::create(store, &permit, passwords, new, now)?;
            }
            Err(other) => return Err(other.into()),
        }
        let (who, login) = (DemoAs::Role(*role), login.as_str().to_owned());
        accounts.push(DemoAccount { who, login, password: Secret::new(text.clone()) });
    }
    let logins: Vec<_> = accounts.iter().map(|account| account.login.as_str()).collect();
    let how = format!(
        "sign in at /login as {} with {text}, or by the button of each: /office, /office/seals, /window",
        logins.join(", ")
    );
    step("10", "工作人员登录", &how)?;
    Ok(accounts)
}

/// The account of the one who holds the example's licences.
fn holder(opened: &Opened, passwords: &Passwords) -> Result<DemoAccount, Stop> {
    let account = keep_account(opened, passwords, HOLDER, HOLDER_NAME, DemoAs::Holder)?;
    let (login, text) = (&account.login, account.password.expose());
    step("9", "持证人登录", &format!("sign in at /login as {login} with {text} to see and show the licence"))?;
    Ok(account)
}

/// An account of somebody who is no person of a body, with a password of this run's: the one before is nowhere.
fn keep_account(
    opened: &Opened,
    passwords: &Passwords,
    (kind, code, login): (&str, &str, &str),
    name: &str,
    who: DemoAs,
) -> Result<DemoAccount, Stop> {
    let (store, permit, now) = (&opened.issuer.store, Permit::of_operator(""), now()?);
    let login: Login = login.parse()?;
    let text = hex::encode(random::octets::<8>()?);
    let password = || Password::chosen(text.clone()).map_err(|_| Stop::internal("a password of our own"));
    match holders::find_by_login(store, &permit, &login) {
        Ok(known) => holders::change_password(store, &permit, passwords, &known.id, &password()?, now)?,
        Err(HolderError::NotFound) => {
            let code = HolderCode::of(kind, code).map_err(|_| Stop::internal("the code of a made-up holder"))?;
            let new = NewHolder { code, login: login.clone(), name: name.to_owned(), password: password()? };
            holders::create(store, &permit, passwords, new, now)?;
        }
        Err(other) => return Err(other.into()),
    }
    Ok(DemoAccount { who, login: login.as_str().to_owned(), password: Secret::new(text) })
}

pub(super) fn step(number: &str, zh: &str, en: &str) -> Result<(), Stop> {
    say(format_args!("  {number}  {zh}: {en}"))
}

fn make_seal(opened: &Opened, body: &str) -> Result<(), Stop> {
    let owner = body.to_owned();
    let there = opened.issuer.store.read(|conn| seals::list(conn, &owner, "", 1))?;
    if let Some(seal) = there.first() {
        return step("2", "沿用已有的印章", &format!("the seal {} is used again", seal.name));
    }
    let authority = opened.authority()?.ok_or_else(|| Stop::usage("the configuration has no [authority]"))?;
    let types = TYPES.map(str::to_owned);
    let (purpose, format) = ("电子证照专用章", SealFormat::default());
    let wanted = Wanted { code: SEAL_CODE, purpose, diameter_mm: 42, picture: None, types: &types, from: None, format };
    seal::make_for(&opened.issuer, Parties::of(&authority), body, wanted, now()?)?;
    step("2", "制作印章", &format!("a seal for {BODY}"))
}

/// The example with a number of its own: each licence of a type has another.
fn order(opened: &Opened, today: Day) -> Result<Order, Stop> {
    let mut order: Order = serde_json::from_str(APPLICATION).map_err(|error| Stop::internal(&error.to_string()))?;
    let next = opened.issuer.store.write(|conn| counter::take(conn, "demo/food", 1))?;
    order.data.insert("licence_number".to_owned(), format!("JY2330100{next:06}0").into());
    order.decision.decided_on = today;
    Ok(order)
}

fn revoke(opened: &Opened, body: &str, issued: &Issued, today: Day) -> Result<(), Stop> {
    let order = ActOrder {
        kind: "revoke".to_owned(),
        decision: Decided {
            document_number: "演市监罚〔2026〕1 号".to_owned(),
            legal_basis: "《中华人民共和国食品安全法》第一百三十四条".to_owned(),
            decided_on: today,
        },
        effective_from: None,
        successor: None,
    };
    let permit: Permit<may::Act> = Permit::of_operator(body);
    act::act(&opened.issuer, &permit, &issued.identifier, &order)?;
    step("5", "吊销", &format!("licence {} revoked", issued.number))
}

fn verified(number: &str, zh: &str, opened: &Opened, issued: &Issued, file: &Path) -> Result<(), Stop> {
    let octets = fs::read(file).map_err(|error| Stop::unreadable(format!("{}: {error}", file.display())))?;
    let register = OwnRegister::new(Arc::clone(&opened.issuer), None);
    let verifier = opened.issuer.verifier.clone().with_register(Arc::new(register));
    let report = verifier.verify(&octets, None).map_err(|error| Stop::internal(&error.to_string()))?;
    let standing = standing::by_identifier(&opened.issuer, &identifier(issued)?, None)?;
    let verdict = serde_json::to_value(report.verdict).ok();
    let verdict = verdict.as_ref().and_then(|word| word.as_str()).unwrap_or("unknown");
    let word = serde_json::to_value(report.standing.state).ok();
    let word = word.as_ref().and_then(|word| word.as_str()).unwrap_or("unknown");
    step(number, zh, &format!("{verdict}, {word} {}", standing.state_name))
}

fn identifier(issued: &Issued) -> Result<LicenceIdentifier, Stop> {
    issued.identifier.parse().map_err(|_| Stop::internal("an identifier of our own"))
}

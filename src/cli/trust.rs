//! `yinxin trust`.

use super::{
    Exit,
    arguments::{Person, TrustAdd, TrustCommand, TrustDecision},
    lang::Lang,
    register::{self, Stop, ended, now, open, open_settings, say},
};
use crate::{
    config,
    flow::{
        access::{Actor, Permit, may},
        trust::{
            self, Accepted, KEY_FILE, LIST_FILE, NewOperator, Offered, Published, SIGNATURE_FILE, Shown, TrustError,
        },
    },
    store::{Store, trust::TrustOperator},
};
use std::{
    fs,
    path::{Path, PathBuf},
};
use yinxin_hsm::KeyReference;
use yinxin_trust::{
    base::Moment,
    sm::sm3,
    trust_list::{AcceptancePolicy, Diff, ServiceKey, SignedList},
};

pub(super) fn run(command: &TrustCommand, config: Option<&Path>) -> Exit {
    ended(match command {
        TrustCommand::Make { plan, out, key } => make((plan.as_path(), out.as_path()), key.as_ref(), config),
        TrustCommand::Add(command) => add(command, config),
        TrustCommand::List => list(config),
        TrustCommand::Show { name } => show(name, config),
        TrustCommand::Diff { name } => diff(name, config),
        TrustCommand::Refresh { name, from } => refresh(name.as_deref(), from.as_deref(), config),
        TrustCommand::Follow { name, address, person } => follow(name, address, person, config),
        TrustCommand::Pin { name, key_sm3, person } => pin(name, key_sm3, person, config),
        TrustCommand::Accept(command) => accept(command, config),
        TrustCommand::Refuse(command) => refuse(command, config),
        TrustCommand::Export { name, out } => export(name, out, config),
    })
}

fn make(places: (&Path, &Path), key: Option<&KeyReference>, config: Option<&Path>) -> Result<(), Stop> {
    let config = config::find(config).map_err(Stop::usage)?;
    let section = config.keys.as_ref().ok_or_else(|| Stop::usage("the configuration has no [keys]"))?;
    let keys = section.open().map_err(|error| Stop(Exit::Unavailable, error.to_string()))?.keys();
    let register = config.database.as_ref().map(|database| open_settings(database.settings())).transpose()?;
    let permit: Permit<may::ManageKeys> = Permit::of_operator("");
    let made = trust::make(keys.as_ref(), register.as_ref(), &permit, places, key, now()?)?;
    facts(&made.list)?;
    changes(&made.diff)
}

fn add(command: &TrustAdd, config: Option<&Path>) -> Result<(), Stop> {
    let settings = config::find(config).map_err(Stop::usage)?;
    let is_address = command.list.contains("://");
    let key = trust::read_key(&command.key).map_err(TrustError::from)?;
    let digest = hex::encode(sm3::digest(key.spki()));
    let operator = NewOperator {
        name: command.name.clone(),
        key,
        list_address: is_address.then(|| command.list.clone()),
        status_address: command.status.clone(),
        revocation_address: command.revocation.clone(),
    };
    // a file that is none is found before anything is written
    let published = if is_address { None } else { Some(published(Path::new(&command.list))?) };
    let store = open(config)?;
    let permit: Permit<may::ManageTrust> = Permit::of_operator("");
    let id = trust::add(&store, &permit, operator, now()?)?;
    say(format_args!("id\t{id}"))?;
    say(format_args!("key\tSM3 {digest}"))?;
    match published {
        None => Ok(()),
        Some(published) => {
            let operator = trust::show(&store, &command.name)?.operator;
            offered(&trust::offer(&store, &operator, &published, &actor(), &settings.trust.acceptance(), now()?)?)
        }
    }
}

/// A list and its signature from files.
fn published(list: &Path) -> Result<Published, Stop> {
    let (octets, signature) = trust::read_pair(list, &list.with_extension("sig"))?;
    Ok(Published { octets, signature })
}

fn list(config: Option<&Path>) -> Result<(), Stop> {
    let (store, now) = (open(config)?, now()?);
    for operator in trust::list(&store)? {
        let shown = trust::show(&store, &operator.name)?;
        let in_use = shown.accepted.as_ref().map_or_else(
            || "none in use\t".to_owned(),
            |list| format!("{} in use\t{}", list.list().sequence(), due(list, now)),
        );
        let waits = shown.proposed.as_ref().map_or_else(
            || "none waits".to_owned(),
            |(list, by)| format!("{} waits, accepted by {} of 2", list.list().sequence(), by.len()),
        );
        say(format_args!("{}\t{in_use}\t{waits}", operator.name))?;
    }
    Ok(())
}

fn due(list: &SignedList, now: Moment) -> String {
    let due = list.list().next_update();
    if list.list().is_outdated_at(now) { format!("missed {due}") } else { format!("until {due}") }
}

fn show(name: &str, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let Shown { operator, accepted, proposed } = trust::show(&store, name)?;
    let now = now()?;
    say(format_args!("name\t{}", operator.name))?;
    say(format_args!("id\t{}", operator.id))?;
    say(format_args!("key\tSM3 {}", hex::encode(sm3::digest(&operator.key))))?;
    match trust::member_of(&store, &operator) {
        Ok(None) => {}
        Ok(Some(member)) => {
            let scope = Lang::of_locale().sentence(&member.scope().sentence());
            say(format_args!("counts by\t{} {scope}", member.operator()))?;
            for list in proposed.iter().map(|(list, _)| list).chain(&accepted) {
                for service in member.wider(list) {
                    say(format_args!("beyond\t{} {:?}: not beyond what is granted", service.kind, service.name))?;
                }
            }
        }
        Err(why) => say(format_args!("counts by\tnothing any more: {why}"))?,
    }
    for (word, address) in [
        ("list", &operator.list_address),
        ("status", &operator.status_address),
        ("revocation", &operator.revocation_address),
    ] {
        say(format_args!("{word}\t{}", address.as_deref().unwrap_or("-")))?;
    }
    match &accepted {
        None => say("in use\tnone")?,
        Some(list) => {
            say(format_args!("in use\t{}", due(list, now)))?;
            facts(list)?;
            changes(&Diff::between(None, list.list()))?;
        }
    }
    match &proposed {
        None => say("waits\tnone"),
        Some((list, by)) => {
            say(format_args!("waits\taccepted by {} of 2", by.len()))?;
            facts(list)
        }
    }
}

fn diff(name: &str, config: Option<&Path>) -> Result<(), Stop> {
    let settings = config::find(config).map_err(Stop::usage)?;
    let shown = trust::show(&open(config)?, name)?;
    let found = shown.changes(now()?, &settings.trust.acceptance())?;
    if let Some((list, _)) = &shown.proposed {
        facts(list)?;
    }
    changes(&found)
}

fn refresh(name: Option<&str>, from: Option<&Path>, config: Option<&Path>) -> Result<(), Stop> {
    let settings = config::find(config).map_err(Stop::usage)?;
    let (store, policy) = (open(config)?, settings.trust.acceptance());
    let wanted = match name {
        Some(name) => vec![trust::show(&store, name)?.operator],
        None => trust::list(&store)?.into_iter().filter(|one| one.list_address.is_some()).collect(),
    };
    let mut failed = None;
    for operator in wanted {
        say(format_args!("name\t{}", operator.name))?;
        if let Err(Stop(exit, why)) = refresh_one(&store, &operator, from, &policy) {
            say(format_args!("refused\t{why}"))?;
            failed = Some(Stop(exit, format!("{}: {why}", operator.name)));
        }
    }
    failed.map_or(Ok(()), Err)
}

fn refresh_one(
    store: &Store,
    operator: &TrustOperator,
    from: Option<&Path>,
    policy: &AcceptancePolicy,
) -> Result<(), Stop> {
    let found = match from {
        Some(file) => trust::offer(store, operator, &published(file)?, &actor(), policy, now()?)?,
        None => trust::refresh(store, operator, &actor(), policy, now()?)?,
    };
    trust::fetch_revocation(store, operator, now()?)?;
    offered(&found)
}

fn offered(found: &Offered) -> Result<(), Stop> {
    match found {
        Offered::InUse(None) => say("nothing new"),
        Offered::InUse(Some(due)) => say(format_args!("nothing new, but the next update was due {due}")),
        Offered::Followed { list, diff } => {
            say("in use: an accepted list names it")?;
            facts(list)?;
            changes(diff)
        }
        Offered::Proposed { list, diff, .. } => {
            say("waits for two people: yinxin trust accept")?;
            facts(list)?;
            changes(diff)
        }
    }
}

fn follow(name: &str, address: &str, person: &Person, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    as_person(&store, person, |permit, now| {
        let naming = trust::show(&store, name)?.operator.id;
        let id = trust::propose_member(&store, permit, &naming, address, now)?;
        let proposed = trust::proposed(&store, &id)?;
        say(format_args!("name\t{}", proposed.name))?;
        say(format_args!("key\tSM3 {}", hex::encode(sm3::digest(&proposed.key))))?;
        say("proposed: another person pins the key (yinxin trust pin)")
    })
}

fn pin(name: &str, key_sm3: &str, person: &Person, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    as_person(&store, person, |permit, now| {
        let id = trust::proposed_by_name(&store, name)?;
        trust::pin(&store, permit, &id, key_sm3, now)?;
        say("pinned")
    })
}

fn accept(command: &TrustDecision, config: Option<&Path>) -> Result<(), Stop> {
    let settings = config::find(config).map_err(Stop::usage)?;
    let store = open(config)?;
    as_person(&store, &command.person, |permit, now| {
        let done = trust::accept(&store, permit, &command.name, &command.sm3, &settings.trust.acceptance(), now)?;
        say(match done {
            Accepted::Waits => "accepted: a second person is wanted",
            Accepted::InUse => "accepted: in use",
        })
    })
}

fn refuse(command: &TrustDecision, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    as_person(&store, &command.person, |permit, now| {
        trust::refuse(&store, permit, &command.name, &command.sm3, now)?;
        say("refused")
    })
}

/// Signs the person in for this one decision.
fn as_person(
    store: &Store,
    person: &Person,
    decide: impl FnOnce(&Permit<may::AcceptTrust>, Moment) -> Result<(), Stop>,
) -> Result<(), Stop> {
    register::as_person(store, &person.login, person.password_file.as_ref(), |caller, now| {
        decide(&caller.permit().map_err(TrustError::from)?, now)
    })
}

fn export(name: &str, out: &Path, config: Option<&Path>) -> Result<(), Stop> {
    let shown = trust::show(&open(config)?, name)?;
    let list = shown.accepted.ok_or(TrustError::NothingAccepted)?;
    let failed = |path: PathBuf| move |error: std::io::Error| Stop::unreadable(format!("{}: {error}", path.display()));
    fs::create_dir_all(out).map_err(failed(out.to_path_buf()))?;
    let key = trust::key_pem(&ServiceKey::from_sm2(list.key()));
    let signature = list.signature();
    for (name, octets) in [(LIST_FILE, list.octets()), (SIGNATURE_FILE, &signature), (KEY_FILE, key.as_bytes())] {
        let path = out.join(name);
        fs::write(&path, octets).map_err(failed(path.clone()))?;
    }
    facts(&list)
}

/// Which list it is.
fn facts(list: &SignedList) -> Result<(), Stop> {
    let what = list.list();
    say(format_args!("operator\t{} {}", what.operator().name, what.operator().territory))?;
    say(format_args!("sequence\t{}", what.sequence()))?;
    say(format_args!("issued\t{}, next update {}", what.issued(), what.next_update()))?;
    say(format_args!("sm3\t{}", hex::encode(list.sm3())))
}

fn changes(diff: &Diff) -> Result<(), Stop> {
    if diff.is_empty() {
        return say("change\tnone but sequence and times");
    }
    let lang = Lang::of_locale();
    diff.changes.iter().try_for_each(|change| say(format_args!("change\t{}", lang.sentence(&change.sentence()))))
}

/// The person at the machine.
fn actor() -> Actor {
    Permit::<may::ManageTrust>::of_operator("").actor().clone()
}

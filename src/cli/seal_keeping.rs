//! `yinxin seal`: what becomes of seals, and who may stamp with them.

use super::{
    arguments::{SealAct, SealApply, SealDecide, SealGrant, SealLedger},
    register::{Stop, as_person, body, now, open, say},
};
use crate::{
    flow::{
        access::{Caller, May, Permit},
        catalogue, people,
        seal_lives::{
            self, DOCUMENT_BYTES, Keep, KeepOrder, Material, NewSeal, PICTURE_BYTES, SealCard, SealLifeError,
        },
        seal_uses::{self, Grantee, NewGrant},
    },
    store::Store,
};
use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::Path,
};
use yinxin_face::Fonts;
use yinxin_trust::base::{Day, Moment};

pub(super) fn apply(command: &SealApply, renews: Option<&str>, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let documents = command.documents.iter().map(|path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Material { name, octets: read(path, DOCUMENT_BYTES)? })
    });
    let new = NewSeal {
        code: command.code.clone(),
        purpose: command.purpose.clone(),
        diameter_mm: command.diameter,
        picture: command.picture.as_deref().map(|path| read(path, PICTURE_BYTES)).transpose()?,
        types: command.types.clone(),
        renews: renews.map(str::to_owned),
        reason: command.reason.clone(),
        documents: documents.collect::<Result<_, Stop>>()?,
    };
    as_person(&store, &command.login, command.password_file.as_ref(), |caller, now| {
        let id = seal_lives::apply(&store, &permit(caller)?, new, &Fonts::shipped(), now)?;
        say(format_args!("application\t{id}"))
    })
}

pub(super) fn decide(command: &SealDecide, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    as_person(&store, &command.login, command.password_file.as_ref(), |caller, now| {
        let ground = (command.reason.as_str(), command.document_number.as_str());
        let standing =
            seal_lives::decide(&store, &permit(caller)?, &command.application, command.approve, ground, now)?;
        say(standing.state.as_str())
    })
}

pub(super) fn file(seal: &str, from: Option<Day>, of: Option<&str>, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(body(&store, of)?);
    let standing = seal_lives::file(&store, &permit, seal, from, now()?)?;
    say(format_args!("{}\tsince {}", standing.state.as_str(), standing.since))
}

pub(super) fn keep(kind: Keep, command: &SealAct, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(body(&store, command.body.as_deref())?);
    let order = KeepOrder {
        kind,
        reason: command.reason.clone(),
        document_number: command.document_number.clone(),
        effective_from: command.from,
    };
    let standing = seal_lives::keep(&store, &permit, &command.seal, &order, now()?)?;
    say(format_args!("{}\tsince {}", standing.state.as_str(), standing.since))
}

pub(super) fn list(of: Option<&str>, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(body(&store, of)?);
    let desk = seal_lives::desk(&store, &permit, now()?)?;
    for card in desk.waiting.iter().chain(&desk.under_way).chain(&desk.seals).chain(&desk.ended) {
        say(line_of(card))?;
    }
    Ok(())
}

fn line_of(card: &SealCard) -> String {
    let until = card.standing.until.map(|until| until.to_string()).unwrap_or_default();
    let due = if card.renewal_due { "\trenewal due" } else { "" };
    let (state, since) = (card.standing.state.as_str(), card.standing.since);
    format!("{}\t{state}\tsince {since}\tuntil {until}\t{}\t{}{due}", card.id, card.es_id, card.name)
}

pub(super) fn history(seal: &str, of: Option<&str>, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(body(&store, of)?);
    let history = seal_lives::history(&store, &permit, seal, now()?)?;
    say(line_of(&history.card))?;
    for document in &history.documents {
        say(format_args!("document\t{}\t{}\t{}", document.position, hex::encode(&document.sm3), document.name))?;
    }
    for done in &history.done {
        let (act, ground) = (&done.act, &done.act.ground);
        let (recorded, from) = (act.recorded_at, act.effective_from);
        let (kind, by) = (act.kind.as_str(), &done.by);
        say(format_args!("act\t{recorded}\tfrom {from}\t{kind}\t{by}\t{}\t{}", ground.document_number, ground.reason))?;
    }
    Ok(())
}

pub(super) fn grant(command: &SealGrant, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let (own, now) = (body(&store, command.body.as_deref())?, now()?);
    let grantee = grantee(&store, command, &own)?;
    let new = NewGrant {
        seal: command.seal.clone(),
        grantee,
        types: command.types.iter().cloned().collect(),
        most: command.most,
        from: command.from.unwrap_or(now),
        until: command.until,
        reason: command.reason.clone(),
        document_number: command.document_number.clone(),
    };
    let id = seal_uses::grant(&store, &Permit::of_operator(own), new, now)?;
    say(format_args!("grant\t{id}"))
}

fn grantee(store: &Store, command: &SealGrant, own: &str) -> Result<Grantee, Stop> {
    Ok(match (&command.to_body, &command.to_login, &command.to_token) {
        (Some(id), _, _) => Grantee::Body(id.clone()),
        (_, Some(login), _) => {
            let person = people::find_by_login(store, &Permit::of_operator(own), &login.parse()?)?;
            Grantee::Person { body: own.to_owned(), id: person.id }
        }
        (_, _, Some(id)) => Grantee::Token { body: own.to_owned(), id: id.clone() },
        (None, None, None) => return Err(Stop::usage("say to whom")),
    })
}

pub(super) fn grants(seal: &str, of: Option<&str>, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(body(&store, of)?);
    let now = now()?;
    for grant in seal_uses::list(&store, &permit, seal)? {
        let state = if grant.revoked_at.is_some() {
            "revoked"
        } else if grant.until_at < now.unix_milliseconds() {
            "ended"
        } else {
            "runs"
        };
        let most = grant.most.map_or_else(|| "any number".to_owned(), |most| most.to_string());
        let until = Moment::from_unix_milliseconds(grant.until_at).map(|until| until.to_string()).unwrap_or_default();
        let (kind, whom, used) = (&grant.grantee_kind, &grant.grantee_id, grant.used);
        say(format_args!("{}\t{state}\t{kind} {whom}\tused {used} of {most}\tuntil {until}", grant.id))?;
    }
    Ok(())
}

pub(super) fn revoke(grant: &str, reason: &str, of: Option<&str>, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(body(&store, of)?);
    Ok(seal_uses::revoke(&store, &permit, grant, reason, now()?)?)
}

pub(super) fn use_rule(seal: &str, rule: &str, of: Option<&str>, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(body(&store, of)?);
    Ok(seal_uses::set_by_grant(&store, &permit, seal, rule == "by-grant", now()?)?)
}

pub(super) fn use_for(
    seal: &str,
    types: &[String],
    from: Option<Day>,
    of: Option<&str>,
    config: Option<&Path>,
) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(body(&store, of)?);
    let now = now()?;
    let today = Day::in_beijing_at(now).map_err(Stop::usage)?;
    for kind in types {
        catalogue::allow(&store, &permit, kind, seal, from.unwrap_or(today), now)?;
    }
    Ok(())
}

pub(super) fn ledger(command: &SealLedger, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(body(&store, command.body.as_deref())?);
    if command.csv {
        raw(&seal_uses::csv(None))?;
    }
    let mut after = (0, String::new());
    loop {
        let within = (command.from, command.to);
        let (lines, next) = seal_uses::ledger(&store, &permit, within, (after.0, &after.1), seal_uses::PAGE)?;
        if command.csv {
            raw(&seal_uses::csv(Some(&lines)))?;
        } else {
            for line in &lines {
                say(serde_json::to_string(line).map_err(|error| Stop::internal(&error.to_string()))?)?;
            }
        }
        match next {
            Some(next) => after = next,
            None => return Ok(()),
        }
    }
}

/// A table for programs: its line ends are its own.
fn raw(text: &str) -> Result<(), Stop> {
    io::stdout().lock().write_all(text.as_bytes()).map_err(|error| Stop::internal(&error.to_string()))
}

fn permit<C: May>(caller: &Caller) -> Result<Permit<C>, Stop> {
    Ok(caller.permit().map_err(SealLifeError::from)?)
}

/// A file of at most so many octets; one more, so that the flow sees that it is too long.
fn read(path: &Path, most: usize) -> Result<Vec<u8>, Stop> {
    let failed = |error: std::io::Error| Stop::unreadable(format!("{}: {error}", path.display()));
    let mut octets = Vec::new();
    fs::File::open(path).map_err(failed)?.take(most as u64 + 1).read_to_end(&mut octets).map_err(failed)?;
    Ok(octets)
}

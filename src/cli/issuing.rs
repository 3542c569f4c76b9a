//! `yinxin issue`, `act`, `recover`.

use super::{
    Exit,
    arguments::{Act, Issue},
    installation,
    register::{Stop, body, ended, now, say},
};
use crate::flow::{
    access::{Permit, may},
    act::{self, ActOrder},
    document::{Form, document},
    issue::{self, Decided, Issued, Order},
    issuer::Issuer,
    stamps, standing,
};
use std::{fs, path::Path};
use yinxin_trust::base::Day;

/// Largest application, or photograph, octets.
const APPLICATION_BYTES: u64 = 1 << 20;

pub(super) fn issue(command: &Issue, config: Option<&Path>) -> Exit {
    ended((|| {
        let opened = installation::open(config)?;
        let body = body(&opened.issuer.store, command.body.as_deref())?;
        let mut order = read_order(&command.application)?;
        order.idempotency_key.clone_from(&command.idempotency_key);
        if let Some(path) = &command.photo {
            order.photo = Some(issue::photo_text(&read_bounded(path)?));
        }
        let issued = issue_to(&opened.issuer, &body, &order, &command.out)?;
        if let Some(path) = &command.evidence {
            let read: Permit<may::Read> = Permit::of_operator(&*body);
            let identifier = issued.identifier.parse().map_err(|_| Stop::internal("an identifier of our own"))?;
            let octets = document(&opened.issuer, &read, &identifier, Form::Evidence)?;
            fs::write(path, octets).map_err(|error| Stop::unreadable(format!("{}: {error}", path.display())))?;
        }
        say(format_args!("identifier\t{}", issued.identifier))?;
        say(format_args!("number\t{}", issued.number))?;
        say(format_args!("code\t{}", issued.address))?;
        say(format_args!("document\t{}", command.out.display()))
    })())
}

/// Issues one licence and writes its document.
pub(super) fn issue_to(issuer: &Issuer, body: &str, order: &Order, out: &Path) -> Result<Issued, Stop> {
    let permit: Permit<may::Issue> = Permit::of_operator(body);
    let answer = issue::issue(issuer, &permit, std::slice::from_ref(order)).pop();
    let issued = answer.ok_or_else(|| Stop::internal("no answer to the order"))??;
    let read: Permit<may::Read> = Permit::of_operator(body);
    let identifier = issued.identifier.parse().map_err(|_| Stop::internal("an identifier of our own"))?;
    let octets = document(issuer, &read, &identifier, Form::Ofd)?;
    fs::write(out, octets).map_err(|error| Stop::unreadable(format!("{}: {error}", out.display())))?;
    Ok(issued)
}

fn read_bounded(path: &Path) -> Result<Vec<u8>, Stop> {
    let failed = |error: std::io::Error| Stop::unreadable(format!("{}: {error}", path.display()));
    if fs::metadata(path).map_err(failed)?.len() > APPLICATION_BYTES {
        return Err(Stop::usage(format_args!("{}: larger than a mebibyte", path.display())));
    }
    fs::read(path).map_err(failed)
}

pub(super) fn read_order(path: &Path) -> Result<Order, Stop> {
    let text = read_bounded(path)?;
    serde_json::from_slice(&text).map_err(|error| Stop::usage(format_args!("{}: {error}", path.display())))
}

pub(super) fn act(command: &Act, config: Option<&Path>) -> Exit {
    ended((|| {
        let opened = installation::open(config)?;
        let body = body(&opened.issuer.store, command.body.as_deref())?;
        let today = Day::in_beijing_at(now()?).map_err(Stop::usage)?;
        let order = ActOrder {
            kind: command.kind.clone(),
            decision: Decided {
                document_number: command.document_number.clone(),
                legal_basis: command.legal_basis.clone(),
                decided_on: command.decided_on.unwrap_or(today),
            },
            effective_from: command.from,
            successor: None,
        };
        let permit: Permit<may::Act> = Permit::of_operator(body);
        let recorded = act::act(&opened.issuer, &permit, &command.identifier, &order)?;
        let (state, since) = (recorded.standing.state, recorded.standing.since);
        say(format_args!("standing\t{} {}\tsince {since}", standing::word(state), state.chinese()))
    })())
}

pub(super) fn recover(config: Option<&Path>) -> Exit {
    ended((|| {
        let opened = installation::open(config)?;
        // opening has taken up what it could; what is left says why it cannot
        let left = issue::recover(&opened.issuer, 0)?.left + stamps::recover(&opened.issuer, 0)?.left;
        say(format_args!("left open\t{left}"))?;
        if left == 0 { Ok(()) } else { Err(Stop(Exit::Unavailable, "some intents stay open".to_owned())) }
    })())
}

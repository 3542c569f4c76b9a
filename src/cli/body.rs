//! `yinxin body`.

use super::{
    Exit,
    arguments::{BodyCommand, BodyNaming},
    register::{Stop, ended, now, open, say},
};
use crate::{
    flow::{
        access::Permit,
        bodies::{self, Naming},
    },
    random,
};
use std::path::Path;
use yinxin_trust::base::{Day, Moment};

pub(super) fn run(command: &BodyCommand, config: Option<&Path>) -> Exit {
    ended(match command {
        BodyCommand::Create { naming, parent } => create(naming, parent.as_deref(), config),
        BodyCommand::List => list(config),
        BodyCommand::Rename { id, naming } => rename(id, naming, config),
        BodyCommand::Succeed { id, successor, from } => succeed(id, successor, *from, config),
    })
}

fn create(command: &BodyNaming, parent: Option<&str>, config: Option<&Path>) -> Result<(), Stop> {
    let (store, now) = (open(config)?, now()?);
    let id = random::id()?;
    bodies::create(&store, &Permit::of_operator(&id), &naming(command, now)?, parent, now)?;
    say(format_args!("id\t{id}"))
}

fn list(config: Option<&Path>) -> Result<(), Stop> {
    let (store, today) = (open(config)?, today(now()?)?.to_string());
    let mut after = String::new();
    loop {
        let page = bodies::list(&store, &after, bodies::PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.id);
        for body in page {
            let current = body.names.iter().rev().find(|name| name.from_day <= today).or(body.names.first());
            let Some(name) = current else { continue };
            say(format_args!("{}\t{}\t{}\t{}", body.id, name.credit_code, name.region, name.name))?;
        }
    }
}

fn rename(id: &str, command: &BodyNaming, config: Option<&Path>) -> Result<(), Stop> {
    let (store, now) = (open(config)?, now()?);
    Ok(bodies::rename(&store, &Permit::of_operator(id), &naming(command, now)?, now)?)
}

fn succeed(id: &str, successor: &str, from: Option<Day>, config: Option<&Path>) -> Result<(), Stop> {
    let (store, now) = (open(config)?, now()?);
    let from = from.map_or_else(|| today(now), Ok)?;
    Ok(bodies::succeed(&store, &Permit::of_operator(id), successor, from, now)?)
}

fn naming(command: &BodyNaming, now: Moment) -> Result<Naming, Stop> {
    Ok(Naming {
        name: command.name.clone(),
        credit_code: command.credit_code.clone(),
        region: command.region,
        from: command.from.map_or_else(|| today(now), Ok)?,
    })
}

fn today(now: Moment) -> Result<Day, Stop> {
    Day::in_beijing_at(now).map_err(Stop::usage)
}

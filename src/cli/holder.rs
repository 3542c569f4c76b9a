//! `yinxin holder`.

use super::{
    Exit,
    arguments::{HolderCommand, HolderCreate},
    register::{Stop, ended, new_password, now, open, say},
};
use crate::flow::{
    access::Permit,
    holders::{self, HolderCode, HolderError, NewHolder},
    people::Passwords,
    second_factor,
};
use std::path::{Path, PathBuf};

pub(super) fn run(command: &HolderCommand, config: Option<&Path>) -> Exit {
    ended(match command {
        HolderCommand::Create(create) => self::create(create, config),
        HolderCommand::List => list(config),
        HolderCommand::Disable { login } => disable(login, config),
        HolderCommand::RemoveSecondFactor { login } => remove_second_factor(login, config),
        HolderCommand::Password { login, password_file } => password(login, password_file.as_ref(), config),
    })
}

fn create(command: &HolderCreate, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let code = HolderCode::of(&command.code_kind, &command.code);
    let holder = NewHolder {
        code: code.map_err(|offence| Stop::refused(offence.to_string()))?,
        login: command.login.parse()?,
        name: command.name.clone(),
        password: new_password(command.password_file.as_ref())?,
    };
    let passwords = Passwords::new().map_err(HolderError::from)?;
    let id = holders::create(&store, &Permit::of_operator(""), &passwords, holder, now()?)?;
    say(format_args!("id\t{id}"))
}

fn list(config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator("");
    let mut after = String::new();
    loop {
        let page = holders::list(&store, &permit, &after, holders::PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.id);
        for one in page {
            let state = if one.disabled_at.is_some() { "disabled" } else { "active" };
            // the end is enough to tell two holders apart, and not to know one
            let end: String = one.code.chars().skip(one.code.chars().count().saturating_sub(4)).collect();
            say(format_args!("{}\t{state}\t{}\t{}\t…{end}\t{}", one.id, one.login, one.code_kind, one.name))?;
        }
    }
}

fn disable(login: &str, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator("");
    let one = holders::find_by_login(&store, &permit, &login.parse()?)?;
    Ok(holders::disable(&store, &permit, &one.id, now()?)?)
}

fn remove_second_factor(login: &str, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let one = holders::find_by_login(&store, &Permit::of_operator(""), &login.parse()?)?;
    Ok(second_factor::remove_of_holder(&store, &Permit::of_operator(""), &one.id, now()?)?)
}

fn password(login: &str, file: Option<&PathBuf>, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator("");
    let one = holders::find_by_login(&store, &permit, &login.parse()?)?;
    let password = new_password(file)?;
    let passwords = Passwords::new().map_err(HolderError::from)?;
    Ok(holders::change_password(&store, &permit, &passwords, &one.id, &password, now()?)?)
}

//! `yinxin person`.

use super::{
    Exit,
    arguments::{PersonCommand, PersonCreate},
    register::{Stop, body, ended, new_password, now, open, say},
};
use crate::flow::{
    access::Permit,
    people::{self, NewPerson, Passwords, PeopleError},
    second_factor,
};
use std::path::{Path, PathBuf};

pub(super) fn run(command: &PersonCommand, config: Option<&Path>) -> Exit {
    ended(match command {
        PersonCommand::Create(create) => self::create(create, config),
        PersonCommand::List { body } => list(body.as_deref(), config),
        PersonCommand::Disable { login, body } => disable(login, body.as_deref(), config),
        PersonCommand::RemoveSecondFactor { login, body } => remove_second_factor(login, body.as_deref(), config),
        PersonCommand::Password { login, body, password_file } => {
            password(login, body.as_deref(), password_file.as_ref(), config)
        }
    })
}

fn create(command: &PersonCreate, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(body(&store, command.body.as_deref())?);
    let person = NewPerson {
        login: command.login.parse()?,
        name: command.name.clone(),
        password: new_password(command.password_file.as_ref())?,
        roles: command.role.iter().copied().collect(),
    };
    let id = people::create(&store, &permit, &Passwords::new().map_err(PeopleError::from)?, person, now()?)?;
    say(format_args!("id\t{id}"))
}

fn list(body: Option<&str>, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(self::body(&store, body)?);
    let mut after = String::new();
    loop {
        let page = people::list(&store, &permit, &after, people::PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.id);
        for person in page {
            let state = if person.disabled_at.is_some() { "disabled" } else { "active" };
            let roles: Vec<_> = person.roles.iter().map(|role| role.as_str()).collect();
            let roles = roles.join(",");
            say(format_args!("{}\t{state}\t{}\t{roles}\t{}", person.id, person.login, person.name))?;
        }
    }
}

fn disable(login: &str, body: Option<&str>, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(self::body(&store, body)?);
    let person = people::find_by_login(&store, &permit, &login.parse()?)?;
    Ok(people::disable(&store, &permit, &person.id, now()?)?)
}

fn remove_second_factor(login: &str, body: Option<&str>, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(self::body(&store, body)?);
    let person = people::find_by_login(&store, &permit, &login.parse()?)?;
    Ok(second_factor::remove_of_person(&store, &permit, &person.id, now()?)?)
}

fn password(login: &str, body: Option<&str>, file: Option<&PathBuf>, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(self::body(&store, body)?);
    let person = people::find_by_login(&store, &permit, &login.parse()?)?;
    let password = new_password(file)?;
    let passwords = Passwords::new().map_err(PeopleError::from)?;
    Ok(people::change_password(&store, &permit, &passwords, &person.id, &password, now()?)?)
}

//! `yinxin token`.

use super::{
    Exit,
    arguments::{TokenCommand, TokenCreate},
    register::{Stop, body, ended, now, open, say},
};
use crate::flow::{
    access::Permit,
    tokens::{self, NewToken},
};
use std::path::Path;
use yinxin_trust::base::Moment;

pub(super) fn run(command: &TokenCommand, config: Option<&Path>) -> Exit {
    ended(match command {
        TokenCommand::Create(create) => self::create(create, config),
        TokenCommand::List { body } => list(body.as_deref(), config),
        TokenCommand::Revoke { id, body } => revoke(id, body.as_deref(), config),
    })
}

fn create(command: &TokenCreate, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(body(&store, command.body.as_deref())?);
    let now = now()?;
    let ends = now.unix_milliseconds() + i64::from(command.days) * 86_400_000;
    let expires_at = Moment::from_unix_milliseconds(ends).map_err(Stop::usage)?;
    let token = NewToken { name: command.name.clone(), scopes: command.scope.iter().copied().collect(), expires_at };
    let made = tokens::create(&store, &permit, token, now)?;
    say(format_args!("id\t{}", made.id))?;
    say(format_args!("token\t{}", made.text.as_str()))?;
    say(format_args!("ends\t{expires_at}"))
}

fn list(body: Option<&str>, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(self::body(&store, body)?);
    let now = now()?.unix_milliseconds();
    let mut after = String::new();
    loop {
        let page = tokens::list(&store, &permit, &after, tokens::PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.id);
        for token in page {
            let state = match (token.revoked_at, token.expires_at) {
                (Some(_), _) => "revoked",
                (None, Some(ends)) if ends <= now => "ended",
                _ => "runs",
            };
            let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.as_str()).collect();
            let ends = token.expires_at.and_then(|ends| Moment::from_unix_milliseconds(ends).ok());
            let ends = ends.map(|ends| ends.to_string()).unwrap_or_default();
            say(format_args!("{}\t{state}\t{}\t{ends}\t{}", token.id, scopes.join(","), token.name))?;
        }
    }
}

fn revoke(id: &str, body: Option<&str>, config: Option<&Path>) -> Result<(), Stop> {
    let store = open(config)?;
    let permit = Permit::of_operator(self::body(&store, body)?);
    Ok(tokens::revoke(&store, &permit, id, now()?)?)
}

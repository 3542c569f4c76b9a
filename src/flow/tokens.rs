//! Tokens of other systems: shown once, kept as a digest, ended by themselves or by hand.

use super::{
    access::{AccessSecret, ActorKind, Caller, Lookup, Permit, Scope, look_up_all, may},
    audit,
    kind::{HasKind, Kind},
};
use crate::{
    random::{self, NoRandomness},
    store::{Failure, Store, StoreError, tokens},
};
use serde_json::json;
use std::collections::BTreeSet;
use yinxin_trust::base::Moment;
use zeroize::Zeroizing;

/// What the text of a token begins with, so that scanners for leaked secrets know it.
pub const PREFIX: &str = "yx_";

/// Most tokens a page of a list holds.
pub const PAGE: u32 = 200;

/// Longest life of a token in days.
pub const LONGEST_DAYS: u32 = 1100;

/// A token as people of the body see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub scopes: BTreeSet<Scope>,
    /// Who made it; none where it was the operator.
    pub created_by: Option<String>,
    /// When.
    pub created_at: i64,
    /// When it ends by itself.
    pub expires_at: Option<i64>,
    /// When it was ended.
    pub revoked_at: Option<i64>,
}

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// What people call it, 1 to 100 characters.
    pub name: String,
    /// What it is for; at least one.
    pub scopes: BTreeSet<Scope>,
    /// When it ends: after now, at most [`LONGEST_DAYS`] from now.
    pub expires_at: Moment,
}

/// A token that was made; its text is nowhere else.
#[derive(Debug)]
pub struct Made {
    /// Its id.
    pub id: String,
    /// `yx_` and 43 characters.
    pub text: Zeroizing<String>,
}

/// Why something about tokens was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Empty, too long or not on one line.
    #[error("a name is 1 to 100 characters on one line")]
    Name,
    /// No scope at all.
    #[error("a token needs a scope")]
    NoScope,
    /// In the past, or too far away.
    #[error("a token ends after now and within {LONGEST_DAYS} days")]
    End,
    /// No such token in the body.
    #[error("no such token")]
    NotFound,
    /// The body of the permit is not there.
    #[error("no such body")]
    NoBody,
    /// No randomness for the secret.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Failure for TokenError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

impl HasKind for TokenError {
    fn kind(&self) -> Kind {
        match self {
            Self::Name | Self::NoScope | Self::End => Kind::Refused,
            Self::NotFound | Self::NoBody => Kind::NotFound,
            Self::Randomness(_) => Kind::Broken,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Name => "name_malformed",
            Self::NoScope => "scope_missing",
            Self::End => "token_end_refused",
            Self::NotFound | Self::NoBody => "no_such_thing",
            Self::Randomness(_) => "broken",
            Self::Store(error) => error.code(),
        }
    }
}

/// The secret of a token's text, where it has the form of one.
pub fn parse(text: &str) -> Option<AccessSecret> {
    text.strip_prefix(PREFIX).and_then(AccessSecret::parse)
}

/// Makes a token for the body of the permit.
///
/// # Errors
/// [`TokenError`]; nothing is written then.
pub fn create(
    store: &Store,
    permit: &Permit<may::ManageTokens>,
    token: NewToken,
    now: Moment,
) -> Result<Made, TokenError> {
    let (begins, ends) = (now.unix_milliseconds(), token.expires_at.unix_milliseconds());
    if ends <= begins || ends - begins > i64::from(LONGEST_DAYS) * 86_400_000 {
        return Err(TokenError::End);
    }
    if token.scopes.is_empty() {
        return Err(TokenError::NoScope);
    }
    let secret = AccessSecret::new(random::octets()?);
    let actor = permit.actor().clone();
    let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.as_str()).collect();
    let row = tokens::Token {
        id: random::id()?,
        body_id: permit.body().to_owned(),
        name: super::text::line(&token.name, 100).ok_or(TokenError::Name)?,
        secret_hash: secret.digest().octets().to_vec(),
        scopes: scopes.join(" "),
        created_by: (actor.kind == ActorKind::Person).then(|| actor.id.clone()),
        created_at: begins,
        expires_at: Some(ends),
        revoked_at: None,
    };
    let id = row.id.clone();
    store.write(move |conn| {
        tokens::insert(conn, &row).map_err(|error| match error {
            StoreError::Reference => TokenError::NoBody,
            other => other.into(),
        })?;
        let detail = json!({ "name": row.name, "scopes": row.scopes, "expires_at": ends });
        audit::record(conn, Some(&row.body_id), &actor, "token.created", &row.id, &detail, now)?;
        Ok::<_, TokenError>(())
    })?;
    let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + secret.text().len()));
    text.push_str(PREFIX);
    text.push_str(&secret.text());
    Ok(Made { id, text })
}

/// Ends a token. Again does nothing.
///
/// # Errors
/// [`TokenError::NotFound`], also for a token of another body.
pub fn revoke(store: &Store, permit: &Permit<may::ManageTokens>, id: &str, now: Moment) -> Result<(), TokenError> {
    let (body, actor, id) = (permit.body().to_owned(), permit.actor().clone(), id.to_owned());
    store.write(move |conn| {
        let token = tokens::find(conn, &body, &id)?.ok_or(TokenError::NotFound)?;
        if tokens::revoke(conn, &body, &id, now.unix_milliseconds())? {
            let detail = json!({ "name": token.name });
            audit::record(conn, Some(&body), &actor, "token.revoked", &id, &detail, now)?;
        }
        Ok(())
    })
}

/// At most [`PAGE`] tokens of the body after an id, in the order of ids, ended ones too.
///
/// # Errors
/// What the register says.
pub fn list(
    store: &Store,
    permit: &Permit<may::ManageTokens>,
    after: &str,
    limit: u32,
) -> Result<Vec<Token>, TokenError> {
    let rows = store.read(|conn| tokens::list(conn, permit.body(), after, limit.clamp(1, PAGE)))?;
    Ok(rows.into_iter().map(Token::from).collect())
}

/// Whose token that is; none where it has ended or was never made.
///
/// # Errors
/// What the register says.
pub fn caller(store: &Store, secret: &AccessSecret, now: Moment) -> Result<Option<Caller>, StoreError> {
    let row = store.read(|conn| tokens::find_by_secret_hash(conn, secret.digest().octets()))?;
    Ok(row.and_then(|row| caller_of(row, now)))
}

/// The same of several that ask at the same time.
pub fn callers(store: &Store, asked: &[Lookup]) -> Vec<Result<Option<Caller>, StoreError>> {
    look_up_all(store, asked, |conn, asked| {
        let digests: Vec<_> = asked.iter().map(|(secret, _)| secret.digest()).collect();
        let hashes: Vec<&[u8]> = digests.iter().map(|digest| digest.octets().as_slice()).collect();
        let rows = tokens::find_by_secret_hashes(conn, &hashes)?;
        let each = hashes.iter().zip(asked).map(|(hash, (_, now))| {
            let row = rows.iter().find(|row| row.secret_hash == *hash);
            row.and_then(|row| caller_of(row.clone(), *now))
        });
        Ok(each.collect())
    })
}

fn caller_of(row: tokens::Token, now: Moment) -> Option<Caller> {
    let has_ended = row.revoked_at.is_some() || row.expires_at.is_some_and(|ends| ends <= now.unix_milliseconds());
    (!has_ended).then(|| Caller::token(row.body_id, row.id, row.name, scopes_of(&row.scopes)))
}

/// Words that this program does not know give nothing.
fn scopes_of(words: &str) -> BTreeSet<Scope> {
    words.split(' ').filter_map(|word| word.parse().ok()).collect()
}

impl From<tokens::Token> for Token {
    fn from(row: tokens::Token) -> Self {
        let tokens::Token { id, name, scopes, created_by, created_at, expires_at, revoked_at, .. } = row;
        Self { id, name, scopes: scopes_of(&scopes), created_by, created_at, expires_at, revoked_at }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::testing::{Register, at};

    fn wanted(register: &Register, scopes: &[Scope], expires_at: Moment) -> Result<Made, TokenError> {
        let token = NewToken { name: "审批系统".into(), scopes: scopes.iter().copied().collect(), expires_at };
        create(&register.store, &Permit::of_operator(&register.body), token, at(0))
    }

    #[test]
    fn a_token_opens_until_it_ends() {
        let register = Register::new();
        let made = wanted(&register, &[Scope::Issue], at(1000)).unwrap();
        assert_eq!(made.text.len(), 46);
        let secret = parse(&made.text).unwrap();
        let caller_at = |seconds| caller(&register.store, &secret, at(seconds)).unwrap();
        let found = caller_at(999).unwrap();
        assert_eq!((found.body(), found.actor().id.as_str()), (register.body.as_str(), made.id.as_str()));
        assert!(found.permit::<may::Issue>().is_ok() && found.permit::<may::Read>().is_err());
        assert_eq!(caller_at(1000), None, "the last instant is outside");
        assert!(caller(&register.store, &AccessSecret::new([1; 32]), at(1)).unwrap().is_none());
    }

    #[test]
    fn a_revoked_token_is_nobody_and_the_list_says_so() {
        let register = Register::new();
        let made = wanted(&register, &[Scope::Read, Scope::Act], at(1000)).unwrap();
        let permit = Permit::of_operator(&register.body);
        let stranger = Permit::of_operator(register.other_body());
        assert_eq!(revoke(&register.store, &stranger, &made.id, at(1)), Err(TokenError::NotFound));
        assert!(list(&register.store, &stranger, "", 9).unwrap().is_empty());
        revoke(&register.store, &permit, &made.id, at(5)).unwrap();
        revoke(&register.store, &permit, &made.id, at(9)).unwrap();
        assert_eq!(caller(&register.store, &parse(&made.text).unwrap(), at(6)).unwrap(), None);
        let listed = list(&register.store, &permit, "", 9).unwrap();
        assert_eq!(listed[0].revoked_at, Some(at(5).unix_milliseconds()));
        assert_eq!(listed[0].scopes, [Scope::Read, Scope::Act].into());
        assert_eq!(register.actions(), ["token.created", "token.revoked"], "the second time nothing was done");
    }

    #[test]
    fn nothing_of_the_secret_is_stored() {
        let register = Register::new();
        let made = wanted(&register, &[Scope::Read], at(1000)).unwrap();
        let everything = register.octets();
        let has = |piece: &[u8]| everything.windows(piece.len()).any(|window| window == piece);
        assert!(has(made.id.as_bytes()), "the id is there, so the search finds what is");
        assert!(!has(&made.text.as_bytes()[3..]) && !has(&made.text.as_bytes()[..20]));
    }

    #[test]
    fn what_is_refused() {
        let register = Register::new();
        for end in [at(0), at(-1), at(i64::from(LONGEST_DAYS) * 86_400 + 1)] {
            assert_eq!(wanted(&register, &[Scope::Read], end).unwrap_err(), TokenError::End);
        }
        assert_eq!(wanted(&register, &[], at(9)).unwrap_err(), TokenError::NoScope);
        let stranger = Permit::of_operator("nobody");
        let token = NewToken { name: "x".into(), scopes: [Scope::Read].into(), expires_at: at(9) };
        assert_eq!(create(&register.store, &stranger, token.clone(), at(0)).unwrap_err(), TokenError::NoBody);
        let unnamed = NewToken { name: " ".into(), ..token };
        let permit = Permit::of_operator(&register.body);
        assert_eq!(create(&register.store, &permit, unnamed, at(0)).unwrap_err(), TokenError::Name);
        assert_eq!(register.actions(), Vec::<String>::new());
    }
}

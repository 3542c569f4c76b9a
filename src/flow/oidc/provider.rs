//! What is fetched from a provider: what it says of itself, its keys, and the token for a code.
//!
//! All of it is kept an hour. A token under a key that is not known has the keys fetched anew, at most once in half
//! a minute; a provider that did not answer is left alone for some seconds, so that sign-ins do not queue behind it.

use super::{
    fault::OidcError,
    keys::KeySet,
    token::{self, Expected, TokenFault},
};
use crate::flow::line::{Line, With};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use url::{Url, form_urlencoded};
use yinxin_trust::base::{Moment, Secret};
use zeroize::Zeroizing;

/// For each request.
const PATIENCE: Duration = Duration::from_secs(5);
/// Octets of any answer.
const ANSWER_LIMIT_BYTES: u64 = 256 << 10;
/// How long what was fetched is kept, milliseconds.
const KEPT: i64 = 3_600_000;
/// Keys are not fetched anew sooner, milliseconds.
const KEYS_AGAIN: i64 = 30_000;
/// A provider that did not answer is left alone so long, milliseconds.
const LEFT_ALONE: i64 = 5_000;

/// How this service is known to a provider.
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: Option<Secret<String>>,
    pub(super) redirect_uri: String,
}

/// A provider at the other end of a line.
pub(super) struct Source {
    issuer: String,
    line: Line,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    fetched: Option<Fetched>,
    silent_since: Option<i64>,
}

#[derive(Clone)]
struct Fetched {
    about: Arc<About>,
    keys: KeySet,
    at: i64,
    keys_at: i64,
}

/// What a provider says of itself (OpenID Connect Discovery 3), as far as it is used.
pub(super) struct About {
    /// Where people are sent.
    pub(super) authorisation: Url,
    /// Whether its answers name it (RFC 9207).
    pub(super) names_itself: bool,
    token: Line,
    keys: Line,
    in_the_form: bool,
}

#[derive(Deserialize)]
struct Discovered {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Source {
    pub(super) fn new(issuer: &str) -> Result<Self, crate::flow::line::AddressFault> {
        Ok(Self { issuer: issuer.to_owned(), line: Line::new(issuer, PATIENCE)?, kept: Mutex::default() })
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// [`OidcError::Unavailable`].
    pub(super) fn about(&self, now: Moment) -> Result<Arc<About>, OidcError> {
        Ok(self.fetched(now.unix_milliseconds(), false)?.about)
    }

    /// The claims of a token that holds.
    ///
    /// # Errors
    /// [`OidcError::Token`], [`OidcError::Unavailable`].
    pub(super) fn check(&self, text: &str, expected: &Expected<'_>) -> Result<Map<String, Value>, OidcError> {
        let now = expected.now.unix_milliseconds();
        let known = self.fetched(now, false)?.keys;
        match token::check(text, &known, expected) {
            Err(TokenFault::UnknownKey) => Ok(token::check(text, &self.fetched(now, true)?.keys, expected)?),
            checked => Ok(checked?),
        }
    }

    /// What is kept, fetched where there is nothing or it is old; with keys of just now where those are wanted and
    /// were not fetched a moment ago.
    fn fetched(&self, now: i64, fresh_keys: bool) -> Result<Fetched, OidcError> {
        // others wait for the one who fetches, and have what it got
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_young = |at: i64, most: i64| (at..at.saturating_add(most)).contains(&now);
        let current = kept.fetched.clone().filter(|fetched| is_young(fetched.at, KEPT));
        if let Some(fetched) = &current
            && (!fresh_keys || is_young(fetched.keys_at, KEYS_AGAIN))
        {
            return Ok(fetched.clone());
        }
        if kept.silent_since.is_some_and(|at| is_young(at, LEFT_ALONE)) {
            return Err(OidcError::Unavailable("it did not answer a moment ago".to_owned()));
        }
        let about = current.map_or_else(|| self.discover().map(Arc::new), |fetched| Ok(fetched.about));
        let fetched = about.and_then(|about| {
            let keys = KeySet::read(&answered(&about.keys)?);
            let keys = keys.ok_or_else(|| OidcError::Unavailable("its keys cannot be read".to_owned()))?;
            Ok(Fetched { about, keys, at: now, keys_at: now })
        });
        match fetched {
            Ok(fetched) => {
                *kept = Kept { fetched: Some(fetched.clone()), silent_since: None };
                Ok(fetched)
            }
            Err(fault) => {
                kept.silent_since = Some(now);
                Err(fault)
            }
        }
    }

    fn discover(&self) -> Result<About, OidcError> {
        let octets = answered_at(&self.line, "/.well-known/openid-configuration")?;
        let unusable = |what: &str| OidcError::Unavailable(format!("what it says of itself: {what}"));
        let said: Discovered = serde_json::from_slice(&octets).map_err(|error| unusable(&error.to_string()))?;
        // the same octets: a stroke at the end is another issuer
        if said.issuer != self.issuer {
            return Err(unusable("another issuer"));
        }
        crate::flow::line::check_address(said.authorization_endpoint.split('?').next().unwrap_or_default())
            .map_err(|fault| unusable(&fault.to_string()))?;
        let authorisation = Url::parse(&said.authorization_endpoint).map_err(|error| unusable(&error.to_string()))?;
        if authorisation.fragment().is_some() {
            return Err(unusable("a fragment"));
        }
        let line = |address: &str| Line::new(address, PATIENCE).map_err(|fault| unusable(&fault.to_string()));
        let methods = said.token_endpoint_auth_methods_supported;
        let in_the_form = methods.is_some_and(|all| !all.iter().any(|one| one == "client_secret_basic"));
        Ok(About {
            authorisation,
            names_itself: said.authorization_response_iss_parameter_supported,
            token: line(&said.token_endpoint)?,
            keys: line(&said.jwks_uri)?,
            in_the_form,
        })
    }
}

impl About {
    /// The token for a code, which is not looked at yet.
    ///
    /// # Errors
    /// [`OidcError::Declined`] where the code is no good, [`OidcError::Unavailable`].
    pub(super) fn exchange(&self, client: &Client, code: &str, verifier: &str) -> Result<String, OidcError> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code").append_pair("code", code);
        form.append_pair("redirect_uri", &client.redirect_uri).append_pair("code_verifier", verifier);
        let mut authorisation = None;
        match &client.secret {
            None => {
                form.append_pair("client_id", &client.id);
            }
            Some(secret) if self.in_the_form => {
                form.append_pair("client_id", &client.id).append_pair("client_secret", secret.expose());
            }
            Some(secret) => {
                // RFC 6749 2.3.1: both as in a form
                let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let both = Zeroizing::new(format!("{}:{}", encoded(&client.id), encoded(secret.expose())));
                authorisation = Some(Zeroizing::new(format!("Basic {}", STANDARD.encode(both.as_bytes()))));
            }
        }
        let form = Zeroizing::new(form.finish());
        let got = self.token.post_form(authorisation.as_ref().map(|text| text.as_str()), &form, ANSWER_LIMIT_BYTES);
        let got = got.map_err(OidcError::Unavailable)?;
        match got.status {
            200 => {
                let octets = Zeroizing::new(got.octets);
                let tokens: Tokens = serde_json::from_slice(&octets)
                    .map_err(|_| OidcError::Unavailable("its answer to a code cannot be read".to_owned()))?;
                Ok(tokens.id_token)
            }
            400 => Err(OidcError::Declined("the code is not taken")),
            // 401 says that our own secret is wrong
            status => Err(OidcError::Unavailable(format!("its answer to a code has status {status}"))),
        }
    }
}

fn answered(line: &Line) -> Result<Vec<u8>, OidcError> {
    answered_at(line, "")
}

fn answered_at(line: &Line, path: &str) -> Result<Vec<u8>, OidcError> {
    let got = line.get(path, With::default(), "content-type", ANSWER_LIMIT_BYTES).map_err(OidcError::Unavailable)?;
    if got.status == 200 {
        Ok(got.octets)
    } else {
        Err(OidcError::Unavailable(format!("{}{path} answers with status {}", line.base(), got.status)))
    }
}

//! Signing in at a provider elsewhere: the code flow of OpenID Connect, for staff and for holders of licences
//! (`docs/adr/0056-oidc.md`).
//!
//! The browser keeps one secret of 256 bits, for this alone. State, nonce and the verifier of PKCE (RFC 7636) are
//! derived from it; the register has its digest, in a row that is taken once. So what the address bar and the
//! register show is worth nothing without the browser in which it was begun.

mod claims;
mod fault;
mod keys;
mod provider;
mod token;

pub use claims::ClaimFault;
pub use fault::OidcError;
pub use token::TokenFault;

use super::{access::AccessSecret, office::Office, people::Session};
use crate::{
    config::{OidcFor, OidcProvider},
    random,
    store::outside,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use provider::{Client, Source};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};
use token::Expected;
use yinxin_trust::{
    base::{Moment, Secret},
    suite,
};

/// Somebody who went to a provider may come back so long, seconds.
pub const WITHIN_SECONDS: u32 = 600;

/// Most octets of a code.
const CODE_BYTES: usize = 4096;

/// Most octets of a secret file.
const SECRET_BYTES: usize = 4096;

const STATE: &str = "yinxin oidc state 1";
const NONCE: &str = "yinxin oidc nonce 1";
const VERIFIER: &str = "yinxin oidc verifier 1";

/// The providers that are configured.
pub struct Providers(BTreeMap<String, Provider>);

/// One of them.
pub(super) struct Provider {
    name: String,
    settings: OidcProvider,
    client: Client,
    source: Source,
}

/// A provider as the page of signing in shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered<'a> {
    /// Its name in addresses.
    pub name: &'a str,
    /// What its button says, Chinese and English.
    pub title: (&'a str, &'a str),
    /// Whether holders sign in there, not staff.
    pub is_for_holders: bool,
}

/// A sign-in that was begun.
#[derive(Debug)]
pub struct Begun {
    /// For the browser alone.
    pub secret: AccessSecret,
    /// Where it is sent.
    pub address: String,
}

/// What came back in the address.
#[derive(Clone, Default)]
pub struct Returned {
    /// The code for the token.
    pub code: Option<String>,
    /// What was sent along.
    pub state: Option<String>,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// Why the providers of a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProvidersFault {
    /// An issuer that may not be asked.
    #[error("oidc.{0}.issuer: {1}")]
    Issuer(String, super::line::AddressFault),
    /// The file of a secret cannot be read, or holds none.
    #[error("oidc.{name}.client_secret_file {path}: {why}", path = path.display())]
    Secret {
        /// Whose.
        name: String,
        /// Which file.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl Providers {
    /// Reads the secrets; nobody is asked yet. `origin` is where browsers find this service.
    ///
    /// # Errors
    /// [`ProvidersFault`].
    pub fn new(configured: &BTreeMap<String, OidcProvider>, origin: &str) -> Result<Self, ProvidersFault> {
        let all = configured.iter().map(|(name, settings)| {
            let source = Source::new(&settings.issuer).map_err(|fault| ProvidersFault::Issuer(name.clone(), fault))?;
            let secret = settings.client_secret_file.as_deref().map(|path| secret(name, path)).transpose()?;
            let redirect_uri = format!("{origin}/login/oidc/{name}/callback");
            let client = Client { id: settings.client_id.clone(), secret, redirect_uri };
            Ok((name.clone(), Provider { name: name.clone(), settings: settings.clone(), client, source }))
        });
        Ok(Self(all.collect::<Result<_, _>>()?))
    }

    /// All of them.
    pub fn offered(&self) -> impl Iterator<Item = Offered<'_>> {
        self.0.values().map(|one| Offered {
            name: &one.name,
            title: (&one.settings.title, &one.settings.title_en),
            is_for_holders: one.settings.used_by == OidcFor::Holders,
        })
    }

    /// Begins a sign-in. `remembered` comes back with it: a few letters, which anybody may change on the way.
    ///
    /// # Errors
    /// [`OidcError`].
    pub fn begin(&self, office: &Office, name: &str, remembered: &str, now: Moment) -> Result<Begun, OidcError> {
        let provider = self.0.get(name).ok_or(OidcError::NoProvider)?;
        let about = provider.source.about(now)?;
        let secret = AccessSecret::new(random::octets()?);
        let at = now.unix_milliseconds();
        let row = outside::Begun {
            secret_hash: secret.digest().octets().to_vec(),
            provider: name.to_owned(),
            expires_at: at.saturating_add(i64::from(WITHIN_SECONDS) * 1000),
        };
        office.store.write(move |conn| outside::begin(conn, &row, at))?;
        let verifier = secret.derived(VERIFIER);
        let mut address = about.authorisation.clone();
        {
            let mut query = address.query_pairs_mut();
            query.append_pair("response_type", "code").append_pair("client_id", &provider.client.id);
            query.append_pair("redirect_uri", &provider.client.redirect_uri);
            query.append_pair("scope", &provider.settings.scopes.join(" "));
            query.append_pair("state", &format!("{}.{remembered}", secret.derived(STATE).as_str()));
            query.append_pair("nonce", &secret.derived(NONCE));
            query.append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(suite::sha256(verifier.as_bytes())));
            query.append_pair("code_challenge_method", "S256");
            if let Some(seconds) = provider.settings.max_age_seconds {
                query.append_pair("max_age", &seconds.to_string());
            }
            if !provider.settings.acr.is_empty() {
                query.append_pair("acr_values", &provider.settings.acr.join(" "));
            }
        }
        Ok(Begun { secret, address: address.into() })
    }

    /// Finishes a sign-in in the browser in which it was begun, once.
    ///
    /// # Errors
    /// [`OidcError`]; whatever it is, the same answer of the provider is of no use again.
    pub fn finish(
        &self,
        office: &Office,
        name: &str,
        returned: &Returned,
        secret: Option<AccessSecret>,
        now: Moment,
    ) -> Result<Session, OidcError> {
        let provider = self.0.get(name).ok_or(OidcError::NoProvider)?;
        let secret = secret.ok_or(OidcError::NotBegun)?;
        let state = returned.state.as_deref().ok_or(OidcError::NotBegun)?;
        let state = state.split_once('.').map_or(state, |(state, _)| state);
        if !secret.is_derived(STATE, state) {
            return Err(OidcError::NotBegun);
        }
        let (digest, of, at) = (secret.digest(), name.to_owned(), now.unix_milliseconds());
        if !office.store.write(move |conn| outside::take(conn, digest.octets(), &of, at))? {
            return Err(OidcError::NotBegun);
        }
        let about = provider.source.about(now)?;
        match &returned.iss {
            Some(issuer) if *issuer != provider.settings.issuer => return Err(OidcError::OtherIssuer),
            None if about.names_itself => return Err(OidcError::OtherIssuer),
            _ => {}
        }
        if let Some(word) = &returned.error {
            return Err(OidcError::Declined(declined(word)));
        }
        let code = returned.code.as_deref().filter(|code| (1..=CODE_BYTES).contains(&code.len()));
        let code = code.ok_or(OidcError::Declined("no code came"))?;
        let text = about.exchange(&provider.client, code, &secret.derived(VERIFIER))?;
        let expected = Expected {
            issuer: provider.source.issuer(),
            client_id: &provider.client.id,
            nonce: &secret.derived(NONCE),
            now,
            max_age_seconds: provider.settings.max_age_seconds,
            acr: &provider.settings.acr,
        };
        let claims = provider.source.check(&text, &expected)?;
        Ok(office.sign_in.begin_vouched(&office.store, claims::vouched(provider, &claims)?, now)?)
    }
}

/// The words of a refusal that are known (RFC 6749 4.1.2.1, OpenID Connect Core 3.1.2.6).
fn declined(word: &str) -> &'static str {
    const KNOWN: [&str; 5] =
        ["access_denied", "login_required", "consent_required", "interaction_required", "temporarily_unavailable"];
    KNOWN.into_iter().find(|known| *known == word).unwrap_or("another word")
}

fn secret(name: &str, path: &Path) -> Result<Secret<String>, ProvidersFault> {
    let fault = |why: String| ProvidersFault::Secret { name: name.to_owned(), path: path.to_owned(), why };
    let read: io::Result<String> = fs::read_to_string(path);
    let mut text = read.map_err(|error| fault(error.to_string()))?;
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    if text.is_empty() || text.len() > SECRET_BYTES || text.chars().any(char::is_control) {
        return Err(fault("one line is wanted".to_owned()));
    }
    Ok(Secret::new(text))
}

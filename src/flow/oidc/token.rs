//! The token that says who somebody is (OpenID Connect Core 2, 3.1.3.7): signed, for us, fresh, and of this sign-in.
//!
//! 1 three parts, bounded · 2 an algorithm that is taken, nothing critical · 3 the signature under a key of the provider ·
//! 4 issuer · 5 for us and for nobody else · 6 not ended, not of the future, not old · 7 the nonce of this sign-in ·
//! 8 a subject · 9 when and how they proved who they are, where that is wanted.

use super::keys::{KeySet, Signing};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Map, Value};
use yinxin_trust::base::Moment;

/// Most octets of a token.
const MOST_BYTES: usize = 32 << 10;

/// How far the clocks of provider and service may be apart, seconds.
const LEEWAY_SECONDS: i64 = 60;

/// A token that was made longer ago is none of this sign-in, seconds.
const OLDEST_SECONDS: i64 = 900;

/// Most octets of a subject (OpenID Connect Core 2).
const SUBJECT_BYTES: usize = 255;

/// Why a token does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// No signed token in compact form.
    #[error("the token is malformed")]
    Malformed,
    /// `none`, a keyed algorithm, or another that is not taken.
    #[error("the token's algorithm is not taken")]
    Algorithm,
    /// A member of the header that must be understood.
    #[error("the token wants something understood that is not")]
    Critical,
    /// No key of the provider has that name, kind and use.
    #[error("the token is under a key that the provider does not have")]
    UnknownKey,
    /// The value does not verify.
    #[error("the token's signature does not verify")]
    Signature,
    /// Of another issuer.
    #[error("the token is of another issuer")]
    Issuer,
    /// For somebody else, or not for us alone.
    #[error("the token is not for this service alone")]
    Audience,
    /// It ended, or says not when.
    #[error("the token has ended")]
    Ended,
    /// Made in the future, too long ago, or at no time.
    #[error("the token was not made now")]
    Time,
    /// Of another sign-in.
    #[error("the token is of another sign-in")]
    Nonce,
    /// Nobody, or too long.
    #[error("the token names no subject")]
    Subject,
    /// They proved who they are too long ago, or it is not said when.
    #[error("the proof at the provider is too old")]
    ProofAge,
    /// Not proved as is wanted.
    #[error("the proof at the provider is not of the level that is wanted")]
    Level,
}

/// What a token must be.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Moment,
    pub(super) max_age_seconds: Option<u32>,
    /// Any where empty.
    pub(super) acr: &'a [String],
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// What a token says, once it holds.
///
/// # Errors
/// The first fault in the order of the steps.
pub(super) fn check(text: &str, keys: &KeySet, expected: &Expected<'_>) -> Result<Map<String, Value>, TokenFault> {
    // 1
    if text.len() > MOST_BYTES {
        return Err(TokenFault::Malformed);
    }
    let (signed, value) = text.rsplit_once('.').ok_or(TokenFault::Malformed)?;
    let (head, body) = signed.split_once('.').ok_or(TokenFault::Malformed)?;
    let octets = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenFault::Malformed);
    let header: Header = serde_json::from_slice(&octets(head)?).map_err(|_| TokenFault::Malformed)?;
    // 2
    let signing = Signing::of(&header.alg).ok_or(TokenFault::Algorithm)?;
    if header.crit.is_some() {
        return Err(TokenFault::Critical);
    }
    // 3
    keys.verify(signing, header.kid.as_deref(), signed.as_bytes(), &octets(value)?)?;
    let claims: Map<String, Value> = serde_json::from_slice(&octets(body)?).map_err(|_| TokenFault::Malformed)?;
    let text_of = |name: &str| claims.get(name).and_then(Value::as_str);
    // 4
    if text_of("iss") != Some(expected.issuer) {
        return Err(TokenFault::Issuer);
    }
    // 5: whoever else it is for might bring it here
    let ours = Value::from(expected.client_id);
    let is_for_us = match claims.get("aud") {
        Some(Value::Array(all)) => all.len() == 1 && all.first() == Some(&ours),
        Some(one) => *one == ours,
        None => false,
    };
    if !is_for_us || claims.get("azp").is_some_and(|party| *party != ours) {
        return Err(TokenFault::Audience);
    }
    // 6
    let now = expected.now.unix_milliseconds().div_euclid(1000);
    let seconds = |name: &str| claims.get(name).and_then(seconds);
    if seconds("exp").is_none_or(|end| end.saturating_add(LEEWAY_SECONDS) <= now) {
        return Err(TokenFault::Ended);
    }
    let is_now = |made: i64| made.saturating_sub(LEEWAY_SECONDS) <= now && made.saturating_add(OLDEST_SECONDS) > now;
    let is_begun = |from: i64| from.saturating_sub(LEEWAY_SECONDS) <= now;
    if !seconds("iat").is_some_and(is_now) || !claims.get("nbf").is_none_or(|_| seconds("nbf").is_some_and(is_begun)) {
        return Err(TokenFault::Time);
    }
    // 7
    if text_of("nonce") != Some(expected.nonce) {
        return Err(TokenFault::Nonce);
    }
    // 8
    if !text_of("sub").is_some_and(|sub| (1..=SUBJECT_BYTES).contains(&sub.len()) && !sub.chars().any(char::is_control))
    {
        return Err(TokenFault::Subject);
    }
    // 9
    if let Some(most) = expected.max_age_seconds {
        let most = i64::from(most) + LEEWAY_SECONDS;
        if !seconds("auth_time").is_some_and(|at| is_begun(at) && at.saturating_add(most) >= now) {
            return Err(TokenFault::ProofAge);
        }
    }
    if !expected.acr.is_empty() && !text_of("acr").is_some_and(|acr| expected.acr.iter().any(|one| one == acr)) {
        return Err(TokenFault::Level);
    }
    Ok(claims)
}

/// Seconds from 1970; fractions are cut. What no calendar has is none.
fn seconds(value: &Value) -> Option<i64> {
    const FAR: i64 = 253_402_300_800; // the year 10000
    let whole = value.as_i64().or_else(|| {
        let number = value.as_f64().filter(|number| (0.0..1e12).contains(number))?;
        #[expect(clippy::cast_possible_truncation, reason = "within a trillion")]
        Some(number as i64)
    })?;
    (0..FAR).contains(&whole).then_some(whole)
}

#[cfg(test)]
mod tests;

//! Addresses of codes, and addresses that are dressed up as such.

use super::{NotACode, Scanned, punycode};
use crate::{
    code::{Payload, ShortCode, Site, SiteOffence},
    trust_list::{HostName, HostNameOffence},
};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization as _;

/// Why an address in the form of a code is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trick {
    /// Another scheme than https, or none.
    #[error("the address does not begin with https://")]
    Scheme,
    /// Something before an `@`, which looks like a host and is none.
    #[error("a user stands before the host, which looks like a host itself")]
    User,
    /// A backslash, which browsers take for a slash.
    #[error("a backslash stands in the address, where browsers and people read different hosts")]
    Backslash,
    /// A host with percent-encoding.
    #[error("the host is written with percent signs")]
    Percent,
    /// A host with a dot at its end, which is the same host to a browser and another to
    /// whoever compares names.
    #[error("the host ends with a dot")]
    TrailingDot,
    /// No host, or no name of one.
    #[error("no host: {0}")]
    Host(HostNameOffence),
    /// No port, or one that is not written as ports are.
    #[error("the port is not 1 to 65535, without a leading nought")]
    Port,
}

/// What stands behind the host.
enum Form {
    Printed(ShortCode, Option<Payload>),
    Presentation(ShortCode),
    Offline(Payload),
}

/// What an address is; `None` for a text that is no address and has no code's form.
pub(super) fn read(text: &str) -> Option<Scanned> {
    let (scheme, rest) = text.split_once("://").map_or((None, text), |(scheme, rest)| (Some(scheme), rest));
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let found = match scheme {
        Some(scheme) if scheme.eq_ignore_ascii_case("https") => site(authority),
        Some(_) => Err(Refusal { host: site(authority).ok().map(|site| site.host().clone()), trick: Trick::Scheme }),
        None => Err(Refusal { host: None, trick: Trick::Scheme }),
    };
    let dressed_up = |refusal: Refusal| Scanned::Refused { host: refusal.host, trick: refusal.trick };
    Some(match (found, form(tail)) {
        (Ok(site), Some(Form::Printed(code, digest))) => Scanned::Printed { site, code, digest },
        (Ok(site), Some(Form::Presentation(code))) => Scanned::Presentation { site, code },
        (Ok(site), Some(Form::Offline(payload))) => Scanned::Offline { site: Some(site), payload },
        (Ok(site), None) if tail.contains('\\') && has_form(tail) => {
            dressed_up(Refusal { host: Some(site.host().clone()), trick: Trick::Backslash })
        }
        (Err(refusal), _) if has_form(tail) => dressed_up(refusal),
        (Ok(site), None) => Scanned::NotACode(NotACode::Address { site: Some(site) }),
        (Err(_), _) if scheme.is_some() => Scanned::NotACode(NotACode::Address { site: None }),
        (Err(_), _) => return None,
    })
}

struct Refusal {
    /// Where a browser would go, as far as that can be told.
    host: Option<HostName>,
    trick: Trick,
}

/// The site of what stands between `://` and the path.
fn site(authority: &str) -> Result<Site, Refusal> {
    // a browser goes to what stands behind the last @
    let (user, place) = authority.rsplit_once('@').map_or((None, authority), |(user, place)| (Some(user), place));
    let (host, port) = place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port)));
    let undotted = host.strip_suffix('.').unwrap_or(host);
    let ascii = ascii(undotted);
    let written = if user.is_some() {
        Some(Trick::User)
    } else if host.contains('%') {
        Some(Trick::Percent)
    } else if host != undotted {
        Some(Trick::TrailingDot)
    } else {
        None
    };
    let parsed = match port {
        None => ascii.parse(),
        Some(port) => format!("{ascii}:{port}").parse::<Site>(),
    };
    let trick = match (written, parsed) {
        (None, Ok(site)) => return Ok(site),
        (Some(trick), _) => trick,
        (None, Err(SiteOffence::Host(offence))) => Trick::Host(offence),
        (None, Err(SiteOffence::Port)) => Trick::Port,
    };
    Err(Refusal { host: ascii.parse().ok(), trick })
}

/// A host in lower case with A-labels, as a browser would look it up (UTS 46, for which
/// NFKC in lower case stands here: what differs from it is a host nobody vouches for).
fn ascii(host: &str) -> Cow<'_, str> {
    if host.is_ascii() {
        return host.to_ascii_lowercase().into();
    }
    let mapped: String = host.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    let labels: Vec<Cow<'_, str>> = mapped.split('.').map(punycode::label).collect();
    labels.join(".").into()
}

/// The form of a path with what follows it.
fn form(tail: &str) -> Option<Form> {
    let (path, fragment) = tail.split_once('#').map_or((tail, None), |(path, fragment)| (path, Some(fragment)));
    // pages of codes have settings in their query
    let place = path.split_once('?').map_or(path, |(place, _)| place);
    let behind = |begin: &str| {
        let (head, code) = place.split_at_checked(begin.len())?;
        head.eq_ignore_ascii_case(begin).then(|| code.parse::<ShortCode>().ok()).flatten()
    };
    if let Some(code) = behind("/C/") {
        return Some(Form::Printed(code, fragment.filter(|digest| !digest.is_empty()).map(Payload::of_text)));
    }
    if let Some(code) = behind("/S/") {
        return Some(Form::Presentation(code));
    }
    fragment.filter(|_| path.eq_ignore_ascii_case("/C")).map(|payload| Form::Offline(Payload::of_text(payload)))
}

/// Whether a code's form stands at the end, behind whatever path.
fn has_form(tail: &str) -> bool {
    tail.match_indices(['/', '\\']).any(|(at, _)| {
        let rest = tail.get(at + 1..).unwrap_or_default();
        // most slashes are told by what follows them
        rest.starts_with(['C', 'c', 'S', 's']) && form(&format!("/{}", rest.replace('\\', "/"))).is_some()
    })
}

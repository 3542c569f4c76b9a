//! A register that asks another says who it is, so that its questions are measured as its own and not as those of the
//! network that they come from (ADR 70).
//!
//! The header `yinxin-asker` holds three words: the SM3 of the SubjectPublicKeyInfo of a status key, 64 hexadecimal digits; an
//! instant; and signatures of that key, DER in base64, with commas between them. Each is over the line `yinxin-register-asks/1`,
//! a line with the SM3 of a status key of whoever is asked, and a line with the instant: it counts there and nowhere else, for
//! five minutes. It is over no question, and gives no right but to be counted: what is answered is public.

use super::{
    issuer::Issuer,
    resolver::fingerprint,
    standing_signature::{is_signed_in, of_header},
    trust::ListInUse,
};
use std::sync::{Arc, Mutex, PoisonError};
use yinxin_trust::{base::Moment, trust_list::ServiceKey};

/// Where a question says who asks.
pub const ASKER_HEADER: &str = "yinxin-asker";

/// First line of what is signed.
const DOMAIN: &[u8] = b"yinxin-register-asks/1\n";
/// How far the instant may be from the clock of who is asked.
const SKEW_MILLISECONDS: i64 = 300_000;
/// How long one is shown before another is made: a public question drives the key no faster.
const SHOWN_MILLISECONDS: i64 = 60_000;
/// Keys of one register that are introduced to: one that signs, and others while keys change.
const MOST_KEYS: usize = 4;
/// Longest header that is read, octets.
const LONGEST: usize = 1024;

/// What introduces this register to another.
pub(super) struct Introduction {
    issuer: Arc<Issuer>,
    asked: ListInUse,
    made: Mutex<Option<(Moment, Option<String>)>>,
}

impl Introduction {
    /// To the register of a list.
    pub(super) fn new(issuer: Arc<Issuer>, asked: ListInUse) -> Self {
        Self { issuer, asked, made: Mutex::default() }
    }

    /// The header; none where no key is configured, or it does not sign.
    pub(super) fn header(&self) -> Option<String> {
        let now = self.issuer.clock.now().ok()?;
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let age = |at: &Moment| now.unix_milliseconds() - at.unix_milliseconds();
        if let Some((_, header)) = made.as_ref().filter(|(at, _)| (0..SHOWN_MILLISECONDS).contains(&age(at))) {
            return header.clone();
        }
        let header = self.make(now);
        // one that could not be made is not tried for again at once
        *made = Some((now, header.clone()));
        header
    }

    fn make(&self, now: Moment) -> Option<String> {
        let own = own_key(&self.issuer)?;
        let status = self.issuer.status.as_ref()?;
        let keys = self.asked.status_keys(None, now);
        let signed = keys.iter().take(MOST_KEYS).map(|asked| {
            let message = said(&fingerprint(asked), &now.to_string());
            status.sign(self.issuer.keys.as_ref(), DOMAIN, message.as_bytes(), now)
        });
        let signatures = signed.collect::<Option<Vec<_>>>()?;
        Some(format!("{} {now} {}", fingerprint(&own), signatures.join(",")))
    }
}

/// The fingerprint of the register of another locality that a header introduces; none where it introduces none to us.
pub fn introduced(issuer: &Issuer, lists: &[ListInUse], header: &str, now: Moment) -> Option<String> {
    if header.len() > LONGEST {
        return None;
    }
    let mut words = header.split(' ');
    let (key, at, signatures) = (words.next()?, words.next()?, words.next()?);
    let said_at = Moment::parse(at).ok()?;
    if words.next().is_some() || (now.unix_milliseconds() - said_at.unix_milliseconds()).abs() > SKEW_MILLISECONDS {
        return None;
    }
    let known = lists.iter().find_map(|used| used.status_key(key, now))?;
    let message = said(&fingerprint(&own_key(issuer)?), at);
    let mut signatures = signatures.split(',').take(MOST_KEYS).filter_map(of_header);
    signatures.any(|signature| is_signed_in(DOMAIN, message.as_bytes(), &signature, [&known])).then(|| key.to_owned())
}

fn said(asked: &str, at: &str) -> String {
    format!("{asked}\n{at}\n")
}

fn own_key(issuer: &Issuer) -> Option<ServiceKey> {
    Some(ServiceKey::from_sm2(issuer.code_key()?.public()))
}

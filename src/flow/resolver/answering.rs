//! Answering who asks about a code that one of our holders shows.
//!
//! 1 who asks, by a key that is known here: a platform that may, or the status service of a locality whose list is
//! in use · 2 their signature · 3 a time of now and a nonce that was not seen · 4 the code is redeemed in one
//! statement that writes the use down, as for a clerk of ours · 5 the answer is signed, bound to the question.
//! Who is not known is told nothing else; what is wrong with a code is a signed answer like any other.

use super::{
    Platforms, SKEW_MILLISECONDS,
    wire::{
        ANSWER, Answer, LONGEST_CODE, LONGEST_PURPOSE, Outcome, Presented, QUESTION, Question, UsedBefore,
        answer_domain, is_line, question_domain,
    },
};
use crate::flow::{
    access::{Actor, ActorKind},
    issue::IssueError,
    issuer::Issuer,
    kind::{HasKind, Kind},
    presentations::{Outside, PresentationError, Presentations, RedemptionOrder, redeem_outside},
    standing_signature::{StandingAnswer, is_signed_in, of_header},
    trust::ListInUse,
};
use yinxin_trust::{
    base::Moment,
    code::{Site, scanned::Scanned},
    trust_list::ServiceKey,
};

/// Longest question, octets.
const QUESTION_BYTES: usize = 8 << 10;

/// What the name of a body is, characters.
const LONGEST_BODY: usize = 100;

/// An answer as it goes out: JSON, and the header with the signature over it.
pub type Resolved = StandingAnswer;

/// Why a question is not answered.
#[derive(Debug, thiserror::Error)]
pub enum ResolutionError {
    /// Not a question of the documented form.
    #[error("the question: {0}")]
    Malformed(&'static str),
    /// Nobody who may ask, or not their signature: which of them is not told.
    #[error("no key that may ask here signed the question")]
    UnknownAsker,
    /// Asked at another time, or before.
    #[error("the question is not of now, or was asked before")]
    Stale,
    /// No key is configured that signs answers.
    #[error("no answers are signed here: [issuing] status_key is missing, or does not sign")]
    NoKey,
    /// Too many at once.
    #[error("too many questions at once")]
    Busy,
    /// What stands against redeeming and is no answer: too many tries, the register.
    #[error(transparent)]
    Presentation(#[from] PresentationError),
}

/// Answers a question.
///
/// # Errors
/// [`ResolutionError`].
pub fn resolve(
    issuer: &Issuer,
    presentations: &Presentations,
    lists: &[ListInUse],
    octets: &[u8],
    signature: Option<&str>,
) -> Result<Resolved, ResolutionError> {
    let now = issuer.clock.now().map_err(IssueError::from)?;
    let question = read(octets)?;
    let signature = signature.and_then(of_header).ok_or(ResolutionError::UnknownAsker)?;
    let (key, asker) =
        asker(&issuer.platforms, lists, &question.asker_key, now).ok_or(ResolutionError::UnknownAsker)?;
    if !is_signed_in(&question_domain(), octets, &signature, [&key]) {
        return Err(ResolutionError::UnknownAsker);
    }
    let asked_at = question.asked_at.unix_milliseconds();
    if (now.unix_milliseconds() - asked_at).abs() > SKEW_MILLISECONDS {
        return Err(ResolutionError::Stale);
    }
    // as long as the question could pass for one of now
    let until = asked_at.saturating_add(SKEW_MILLISECONDS);
    match issuer.platforms.admit_nonce(&question.asker_key, &question.nonce, until, now) {
        Some(true) => {}
        Some(false) => return Err(ResolutionError::Stale),
        None => return Err(ResolutionError::Busy),
    }
    // a code is not redeemed for an answer that cannot be given
    let status = issuer.status.as_ref().filter(|_| issuer.code_key().is_some()).ok_or(ResolutionError::NoKey)?;
    let outcome = outcome(issuer, presentations, &question, &asker)?;
    let answer = Answer { format: ANSWER.to_owned(), nonce: question.nonce, answered_at: now, answer: outcome };
    let said = serde_json::to_vec(&answer).map_err(|error| IssueError::Record(error.to_string()))?;
    let signature = status.sign(issuer.keys.as_ref(), &answer_domain(octets), &said, now);
    // whoever asks again with the same scan gets it then
    Ok(Resolved { signature: Some(signature.ok_or(ResolutionError::NoKey)?), octets: said })
}

fn read(octets: &[u8]) -> Result<Question, ResolutionError> {
    if octets.len() > QUESTION_BYTES {
        return Err(ResolutionError::Malformed("more than 8192 octets"));
    }
    let question: Question =
        serde_json::from_slice(octets).map_err(|_| ResolutionError::Malformed("not the JSON of a question"))?;
    let code = &question.code;
    let wrong = if question.format != QUESTION {
        "another format"
    } else if !(1..=LONGEST_CODE).contains(&code.len()) || !code.bytes().all(|octet| octet.is_ascii_graphic()) {
        "code: 1 to 512 visible characters of ASCII"
    } else if question.nonce.len() != 32 || !question.nonce.bytes().all(|octet| octet.is_ascii_hexdigit()) {
        "nonce: 32 hexadecimal digits"
    } else if !is_line(&question.body.name, LONGEST_BODY) || !is_line(&question.body.code, LONGEST_BODY) {
        "body: name and code, 1 to 100 characters on one line"
    } else if !is_line(&question.purpose, LONGEST_PURPOSE) {
        "purpose: 1 to 200 characters on one line"
    } else {
        return Ok(question);
    };
    Err(ResolutionError::Malformed(wrong))
}

/// Whose key asks, and what they are called here.
fn asker(platforms: &Platforms, lists: &[ListInUse], key: &str, now: Moment) -> Option<(ServiceKey, String)> {
    if let Some((key, name)) = platforms.asker(key) {
        return Some((key.clone(), name.to_owned()));
    }
    lists.iter().find_map(|used| Some((used.status_key(key, now)?, used.operator.name.clone())))
}

/// What becomes of the code.
fn outcome(
    issuer: &Issuer,
    presentations: &Presentations,
    question: &Question,
    asker: &str,
) -> Result<Outcome, PresentationError> {
    let Some(code) = shown_here(&question.code, &issuer.settings.code_site) else { return Ok(Outcome::NotOurs) };
    let actor = Actor::new(ActorKind::Outside, question.asker_key.clone(), asker.to_owned());
    let outside = Outside { actor, name: format!("{asker}·{}", question.body.name) };
    let order = RedemptionOrder {
        code,
        scan_id: question.scan_id.clone(),
        window: question.window.clone(),
        purpose: Some(question.purpose.clone()),
        // an answer has no place for a file
        disclosure: false,
    };
    Ok(match redeem_outside(issuer, presentations, outside, &order) {
        Ok(redemption) => {
            let told = redemption.told;
            Outcome::Presented(Box::new(Presented {
                identifier: redemption.identifier,
                type_name: told.type_name,
                type_code: told.type_code,
                issuing_body: told.issuing_body,
                state: told.state.to_owned(),
                since: told.since,
                until: told.until,
                as_of: told.as_of,
                purpose: told.purpose,
                fields: told.fields,
                redeemed_at: told.redeemed_at,
                agent: told.agent.map(Into::into),
            }))
        }
        Err(PresentationError::NotValid) => Outcome::Expired,
        Err(PresentationError::Used { body, window, at }) => Outcome::Used(UsedBefore { by: body, window, at }),
        Err(PresentationError::OtherMatter(agent)) => Outcome::OtherMatter { agent: (*agent).into() },
        Err(PresentationError::DelegationOver) => Outcome::DelegationOver,
        Err(other) => return Err(other),
    })
}

/// The code of a holder of ours, where a text is one.
fn shown_here(text: &str, own: &Site) -> Option<String> {
    match Scanned::of(text) {
        Scanned::Presentation { site, code } if site == *own => Some(code.as_str().to_owned()),
        _ => None,
    }
}

impl From<IssueError> for ResolutionError {
    fn from(error: IssueError) -> Self {
        Self::Presentation(error.into())
    }
}

impl HasKind for ResolutionError {
    fn kind(&self) -> Kind {
        match self {
            Self::Malformed(_) => Kind::Refused,
            Self::UnknownAsker => Kind::Denied,
            Self::Stale => Kind::Conflict,
            Self::NoKey => Kind::Unavailable,
            Self::Busy => Kind::Busy,
            Self::Presentation(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "question_malformed",
            Self::UnknownAsker => "asker_unknown",
            Self::Stale => "question_stale",
            Self::NoKey => "answers_unsigned",
            Self::Busy => "busy",
            Self::Presentation(error) => error.code(),
        }
    }

    fn retry_after_seconds(&self) -> Option<u32> {
        if let Self::Presentation(error) = self { error.retry_after_seconds() } else { None }
    }
}

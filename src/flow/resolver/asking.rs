//! Asking who knows a code, and holding what comes back.

use super::{
    SKEW_MILLISECONDS,
    wire::{ANSWER, Answer, AskingBody, Outcome, QUESTION, Question, answer_domain, fingerprint, question_domain},
};
use crate::{
    flow::{
        access::{Permit, may},
        issue::IssueError,
        issuer::Issuer,
        line::{Line, Sent},
        standing_signature::{is_signed_in, of_header},
        status_client::SIGNATURE_HEADER,
        trust::ListInUse,
    },
    random,
    store::bodies,
};
use std::time::Duration;
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    code::Site,
    licence::identifier::LicenceIdentifier,
    sm::sm3,
    suite::PublicKey,
    trust_list::ServiceKey,
};

/// Where a locality answers, below its address.
const PATH: &str = "/api/v1/code-resolutions";
/// For a whole question to a locality.
const PATIENCE: Duration = Duration::from_secs(3);
/// Octets of an answer.
const ANSWER_LIMIT_BYTES: u64 = 256 << 10;
/// What a scan is called of which the clerk is all that matters: who scans again gets the same answer.
const SCAN: &str = "at-window";

/// What a clerk asks.
pub(in crate::flow) struct Asking<'a> {
    /// Who we are.
    pub(in crate::flow) issuer: &'a Issuer,
    /// In whose name.
    pub(in crate::flow) permit: &'a Permit<may::ServeAtWindow>,
    /// The code as it was scanned.
    pub(in crate::flow) code: &'a str,
    /// What the window does.
    pub(in crate::flow) purpose: &'a str,
    /// Now.
    pub(in crate::flow) at: Moment,
}

/// Why there is no answer. It says nothing about the code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// No connection, no answer in time, or the other side's own fault.
    #[error("no answer: {0}")]
    Silent(String),
    /// The other side does not answer us.
    #[error("they do not answer us: {0}")]
    Refused(String),
    /// The answer is not of the form that was agreed.
    #[error("the answer cannot be read: {0}")]
    Malformed(&'static str),
    /// The answer is not signed by who was asked, or answers another question.
    #[error("the answer is not signed by who was asked")]
    Unsigned,
    /// The answer was made long ago, or is of a future.
    #[error("the answer does not speak for now")]
    Stale,
    /// We have no key to ask with.
    #[error("nothing is asked: [issuing] status_key is missing, or does not sign")]
    NoKey,
}

impl Unanswered {
    /// For the clerk.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::Silent(_) => Sentence::new("对方的系统现在没有答复。", "The other system does not answer now."),
            Self::Refused(_) => Sentence::new(
                "对方的系统没有登记我们，不答复。",
                "The other system does not know us, and does not answer.",
            ),
            Self::Malformed(_) => {
                Sentence::new("对方的答复格式不对，没有采用。", "The answer cannot be read, and was not used.")
            }
            Self::Unsigned => Sentence::new(
                "对方的答复验签不过，没有采用。",
                "The answer is not signed by who was asked, and was not used.",
            ),
            Self::Stale => Sentence::new(
                "对方的答复不是现在的，没有采用。",
                "The answer does not speak for now, and was not used.",
            ),
            Self::NoKey => {
                Sentence::new("本系统没有配置答复密钥，不能向对方询问。", "No key is configured here to ask with.")
            }
        }
    }
}

/// What a platform says of a code of its own.
pub(in crate::flow) fn ask_platform(
    asking: &Asking<'_>,
    place: usize,
) -> Result<(Sentence, Result<Outcome, Unanswered>), IssueError> {
    let platform = asking.issuer.platforms.at(place);
    let Some((platform, line)) = platform.and_then(|found| Some((found, found.line.as_ref()?))) else {
        return Err(IssueError::Record("a platform that is not configured".to_owned()));
    };
    let outcome = asking.ask(line, "", |_| vec![platform.key.clone()])?;
    Ok((platform.name.clone(), outcome))
}

/// What the service of another locality says of a code that one of its holders shows.
pub(in crate::flow) fn ask_locality(
    asking: &Asking<'_>,
    used: &ListInUse,
    site: &Site,
) -> Result<Result<Outcome, Unanswered>, IssueError> {
    let address = used.operator.status_address.clone().unwrap_or_else(|| format!("https://{site}"));
    let line = match asking.issuer.platforms.line_to(&address, PATIENCE) {
        Ok(line) => line,
        Err(fault) => return Ok(Err(Unanswered::Silent(fault.to_string()))),
    };
    asking.ask(&line, PATH, |outcome| {
        let identifier = match outcome {
            Outcome::Presented(told) => told.identifier.parse::<LicenceIdentifier>().ok(),
            _ => None,
        };
        // what is said of a licence, a key says whose scope covers that
        match (outcome, identifier) {
            (Outcome::Presented(_), None) => Vec::new(),
            (_, identifier) => used.status_keys(identifier.as_ref(), asking.at),
        }
    })
}

impl Asking<'_> {
    /// Asks; `keys` are those that may sign what is said.
    fn ask(
        &self,
        line: &Line,
        path: &str,
        keys: impl FnOnce(&Outcome) -> Vec<ServiceKey>,
    ) -> Result<Result<Outcome, Unanswered>, IssueError> {
        let platforms = &self.issuer.platforms;
        if platforms.is_left_alone(line.base()) {
            return Ok(Err(Unanswered::Silent("it did not answer just now".to_owned())));
        }
        let Some((question, octets, signature)) = self.question()? else { return Ok(Err(Unanswered::NoKey)) };
        let sent =
            Sent { media_type: "application/json", header: Some((SIGNATURE_HEADER, &signature)), octets: &octets };
        let got = line.send(path, &sent, SIGNATURE_HEADER, ANSWER_LIMIT_BYTES);
        platforms.heard(line.base(), got.is_ok());
        let got = match got {
            Ok(got) => got,
            Err(why) => return Ok(Err(Unanswered::Silent(why))),
        };
        let outcome = match got.status {
            200 => answers_hold(&question, &octets, (&got.octets, got.header.as_deref()), keys, self.at),
            status @ (401 | 403) => Err(Unanswered::Refused(format!("status {status}"))),
            status => Err(Unanswered::Silent(format!("status {status}"))),
        };
        if let Err(why) = &outcome {
            tracing::warn!(asked = line.base(), %why, "a code was not resolved");
        }
        Ok(outcome)
    }

    /// The question, its octets and the signature over them; none without a key that signs.
    fn question(&self) -> Result<Option<(Question, Vec<u8>, String)>, IssueError> {
        let Some(status) = &self.issuer.status else { return Ok(None) };
        let Ok(Some(public)) = self.issuer.keys.describe(status.key()).map(|key| key.public_key) else {
            return Ok(None);
        };
        let PublicKey::Sm2(public) = public else { return Ok(None) };
        let (body, actor) = (self.permit.body().to_owned(), self.permit.actor());
        let today = Day::in_beijing_at(self.at)?.to_string();
        let named = self.issuer.store.read(|conn| bodies::name_on(conn, &body, &today).map_err(IssueError::from))?;
        let named = named.ok_or_else(|| IssueError::Record("a body without a name".to_owned()))?;
        // the same clerk asks under the same word, which tells nobody who that is
        let scan = sm3::digest(format!("{SCAN} {}/{} {}", actor.kind, actor.id, self.code).as_bytes());
        let question = Question {
            format: QUESTION.to_owned(),
            code: self.code.to_owned(),
            scan_id: hex::encode(scan).chars().take(32).collect(),
            nonce: hex::encode(random::octets::<16>()?),
            asked_at: self.at,
            asker_key: fingerprint(&ServiceKey::from_sm2(&public)),
            body: AskingBody { name: named.name, code: named.credit_code },
            window: None,
            purpose: self.purpose.to_owned(),
        };
        let octets = serde_json::to_vec(&question).map_err(|error| IssueError::Record(error.to_string()))?;
        let keys = self.issuer.keys.as_ref();
        let signature = status.sign(keys, &question_domain(), &octets, self.at);
        Ok(signature.map(|signature| (question, octets, signature)))
    }
}

/// Holds an answer against its question: 1 the form · 2 the signature, by a key that may say this · 3 the nonce ·
/// 4 now. `answer` is its octets and the header with the signature.
///
/// # Errors
/// [`Unanswered`].
pub fn answers_hold(
    question: &Question,
    asked: &[u8],
    (octets, signature): (&[u8], Option<&str>),
    keys: impl FnOnce(&Outcome) -> Vec<ServiceKey>,
    now: Moment,
) -> Result<Outcome, Unanswered> {
    let answer: Answer =
        serde_json::from_slice(octets).map_err(|_| Unanswered::Malformed("not the JSON of an answer"))?;
    if answer.format != ANSWER || !answer.answer.is_bounded() {
        return Err(Unanswered::Malformed("another format, or texts beyond their bounds"));
    }
    let signature = signature.and_then(of_header).ok_or(Unanswered::Unsigned)?;
    if !is_signed_in(&answer_domain(asked), octets, &signature, &keys(&answer.answer)) {
        return Err(Unanswered::Unsigned);
    }
    if answer.nonce != question.nonce {
        return Err(Unanswered::Malformed("the nonce of another question"));
    }
    if (now.unix_milliseconds() - answer.answered_at.unix_milliseconds()).abs() > SKEW_MILLISECONDS {
        return Err(Unanswered::Stale);
    }
    Ok(answer.answer)
}

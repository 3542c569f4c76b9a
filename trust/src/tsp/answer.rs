//! What came back, held against what was asked.

use super::{
    request::TimeStampRequest,
    response::{Failure, Response},
    token::{Token, TokenFault, TokenOffence},
};
use crate::{asn1::Asn1Error, base::Moment, x509::Certificate};

/// A token that answers the question.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The token alone, as received.
    pub token: Vec<u8>,
    /// genTime.
    pub time: Moment,
    /// Who made it. Whether that is anybody to be trusted is the verifier's business.
    pub authority: Certificate,
}

/// Why an answer is none to the question.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFault {
    /// Not a TimeStampResp.
    #[error("the answer: {0}")]
    Der(#[from] Asn1Error),
    /// The authority gives none.
    #[error("the authority refuses: status {status}, {}{text}", .failure.map_or("no reason", Failure::as_str))]
    Refused {
        /// PKIStatus.
        status: u64,
        /// Why.
        failure: Option<Failure>,
        /// Its words, after a colon.
        text: String,
    },
    /// No token in it.
    #[error("the token: {0}")]
    Token(#[from] TokenFault),
    /// The token does not hold.
    #[error(transparent)]
    Offence(#[from] TokenOffence),
    /// Another nonce, or none: perhaps an old answer.
    #[error("the answer has another nonce than the request")]
    Nonce,
    /// Under another policy.
    #[error("the answer is under another policy than the one that was asked for")]
    Policy,
    /// What was signed does not say under which certificate.
    #[error("the time stamp does not name the certificate of its authority")]
    Unnamed,
}

/// Holds an answer against its request: status, imprint, nonce, policy, value, the certificate of the authority
/// (critical timeStamping and nothing else) and its naming within what was signed. Paths to anchors are not looked for.
///
/// # Errors
/// [`AnswerFault`].
pub fn check_answer(request: &TimeStampRequest, octets: &[u8]) -> Result<Answered, AnswerFault> {
    let token = match Response::parse(octets)? {
        Response::Granted { token } => token,
        Response::Refused { status, text, failure } => {
            // somebody else's words go into our log: short, and without control characters
            let text = text.map_or_else(String::new, |text| {
                format!(": {}", text.chars().filter(|c| !c.is_control()).take(120).collect::<String>())
            });
            return Err(AnswerFault::Refused { status, failure, text });
        }
    };
    let parsed = Token::parse(token)?;
    if !parsed.imprint()?.is_same(request.imprint()) {
        return Err(TokenOffence::Imprint.into());
    }
    if parsed.nonce != request.nonce() {
        return Err(AnswerFault::Nonce);
    }
    if request.policy().is_some_and(|policy| policy != parsed.policy) {
        return Err(AnswerFault::Policy);
    }
    let authority = parsed.authority([])?;
    if !authority.is_named {
        return Err(AnswerFault::Unnamed);
    }
    Ok(Answered { token: token.to_vec(), time: parsed.time, authority: authority.certificate })
}

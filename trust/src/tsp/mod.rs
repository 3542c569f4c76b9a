//! Time stamps (RFC 3161, GB/T 20520): requests, answers and tokens, read and made.
//!
//! # Checking a token over a signature value
//! 1. the token parses: SignedData with TSTInfo ·
//! 2. messageImprint is the digest of the signature value ·
//! 3. the value over the token verifies with the authority's certificate, which the
//!    token's signingCertificate attribute names ·
//! 4. that certificate has extended key usage timeStamping alone and critical
//!    (RFC 3161 2.3) and was in its period at genTime ·
//! 5. there is a path from it to a configured anchor.
//!
//! # Making one
//! [`TimeStampRequest::from_der`] reads what is asked, strictly; [`TokenPlan::new`] writes
//! what is to be signed, [`TokenPlan::embed`] gives the token; [`granted`] and [`refused`] write
//! the answer. No key, no clock: time and serial number are arguments.
//!
//! # Asking for one
//! [`TimeStampRequest::new`] writes the question, [`check_answer`] holds what came back against it.

mod answer;
mod imprint;
mod info;
mod make;
mod request;
mod response;
#[cfg(test)]
mod tests;
mod token;

pub use answer::{AnswerFault, Answered, check_answer};
pub use imprint::{Imprint, ImprintFault, ImprintKind};
pub use info::Accuracy;
pub use make::{TokenOrder, TokenPlan, TokenPlanFault};
pub use request::{NONCE_OCTETS, REQUEST_OCTETS, RequestFault, TimeStampRequest};
pub use response::{Failure, Response, granted, refused};
pub use token::{Checked, Token, TokenFault, TokenOffence};

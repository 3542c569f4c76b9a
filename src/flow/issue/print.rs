//! Between steps 2 and 3: what stands behind the `#` of the printed code is signed
//! ([`yinxin_trust::code::print`]), so that an edited print is found out without a network.
//!
//! The key is that of the status service: the word of the register about a licence, as an offline
//! code is (ADR 38). It is stored with the draft, since a second signature would give other octets.
//! Where no such key is configured, or one of another suite, the code is an address alone.

use super::{IssueError, draft::Made};
use crate::flow::issuer::Issuer;
use yinxin_hsm::{Purpose, SignRequest, SignatureValue, ToSign};
use yinxin_trust::code::print::{PrintPlan, PrintedFacts, PrintedNumber};

/// With the payload of its printed code.
///
/// # Errors
/// What custody says of a key that is configured: a licence is not printed without what
/// those before and after it carry.
pub(super) fn signed(issuer: &Issuer, mut made: Made) -> Result<Made, IssueError> {
    let (Some(signer), Some(key)) = (&issuer.status, issuer.print_key()?) else { return Ok(made) };
    let record = |what: &dyn std::fmt::Display| IssueError::Record(what.to_string());
    let number: PrintedNumber = made.draft.number.parse().map_err(|offence| record(&offence))?;
    let (holder, until) = (made.application.holder(), made.application.until());
    let code = made.draft.code.parse().map_err(|_| record(&"a code"))?;
    let facts = PrintedFacts { holder, number: &number, until };
    let site = &issuer.settings.code_site;
    let plan =
        PrintPlan::new(&code, &facts, made.draft.stamped_at, site, key.public()).map_err(|error| record(&error))?;
    let request = SignRequest::new(Purpose::Status, ToSign::Message(plan.to_be_signed()), issuer.clock.now()?);
    let SignatureValue::Sm2(signature) = issuer.keys.sign(signer.key(), &request)? else {
        return Err(record(&"a signature of another suite"));
    };
    let printed = plan.embed(&signature).map_err(|error| record(&error))?;
    made.draft.print = Some(printed.payload().as_str().to_owned());
    Ok(made)
}

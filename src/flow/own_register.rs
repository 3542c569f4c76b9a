//! The register of this installation as evidence: what it issued itself needs no
//! question over a line.

use super::{
    issuer::Issuer,
    register::{Answer, ByCode, Register, RegisterFault},
    seal_status,
    standing::{self, PublicStanding, StandingError},
};
use std::sync::Arc;
use yinxin_trust::{
    base::Moment,
    code::ShortCode,
    licence::{identifier::LicenceIdentifier, state::State},
    verify::{Registered, SealName, SealStates},
};

/// What this installation's register is called where no licence names its body.
const NAME: &str = "本服务登记库";

/// The register of this installation, and another for licences of bodies whose
/// register this is not.
pub struct OwnRegister {
    issuer: Arc<Issuer>,
    elsewhere: Option<Arc<dyn Register>>,
}

impl OwnRegister {
    /// Asks the issuer's register first, and `elsewhere` about other bodies.
    pub fn new(issuer: Arc<Issuer>, elsewhere: Option<Arc<dyn Register>>) -> Self {
        Self { issuer, elsewhere }
    }
}

impl Register for OwnRegister {
    fn standing(&self, identifier: &str, at: Moment) -> Result<Answer, RegisterFault> {
        let asked: LicenceIdentifier =
            identifier.parse().map_err(|_| RegisterFault::Malformed("no identifier to ask with".to_owned()))?;
        match standing::by_identifier(&self.issuer, &asked, Some(at)) {
            Ok(found) => Ok(Answer::Known(Box::new(registered(found)?))),
            Err(StandingError::NotRegistered) => Ok(Answer::NotRegistered { as_of: at, source: NAME.to_owned() }),
            Err(StandingError::NotCompetent) => match &self.elsewhere {
                Some(register) => register.standing(identifier, at),
                None => Err(RegisterFault::NotCompetent),
            },
            Err(StandingError::Register(error)) => Err(RegisterFault::Unreachable(error.to_string())),
        }
    }

    fn seal(&self, seal: &SealName, licence: Option<&LicenceIdentifier>) -> Result<SealStates, RegisterFault> {
        match (seal_status::own(&self.issuer, seal), &self.elsewhere) {
            (Err(RegisterFault::NotCompetent), Some(register)) => register.seal(seal, licence),
            (answer, _) => answer,
        }
    }

    fn by_code(&self, operator: &str, code: &ShortCode) -> Result<ByCode, RegisterFault> {
        self.elsewhere.as_ref().map_or(Err(RegisterFault::NotCompetent), |register| register.by_code(operator, code))
    }

    fn name(&self) -> &str {
        self.elsewhere.as_ref().map_or(NAME, |register| register.name())
    }
}

fn registered(found: PublicStanding) -> Result<Registered, RegisterFault> {
    let malformed = |what: &str| RegisterFault::Malformed(what.to_owned());
    let state: State = standing::state_of(found.state).ok_or_else(|| malformed("state"))?;
    let digest = hex::decode(&found.document_sm3).ok().and_then(|octets| octets.try_into().ok());
    Ok(Registered {
        identifier: found.identifier.parse().map_err(|_| malformed("identifier"))?,
        state,
        since: found.since,
        until: found.until,
        version: found.version,
        document_sm3: Some(digest.ok_or_else(|| malformed("document_sm3"))?),
        as_of: found.as_of,
        source: found.source,
        signed: None,
    })
}

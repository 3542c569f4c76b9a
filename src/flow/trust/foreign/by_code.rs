//! What registers of other localities say of a printed code.
//!
//! The answer names the licence; its signature is over the code too, by a status service whose
//! scope covers that licence. What held is kept as answers about licences are.

use super::{ForeignRegisters, KEPT, Locality, SKEW_MILLISECONDS};
use crate::{
    flow::{
        register::{ByCode, RegisterFault},
        standing_signature::{domain_of, is_signed_in, of_header},
        status_client::known_by_code,
    },
    store::trust::{self, ForeignStanding},
};
use yinxin_trust::{base::Moment, code::ShortCode};

/// Under which name it is kept: no identifier of a licence has a space in it.
fn kept_by(code: &ShortCode) -> String {
    format!("code {}", code.as_str())
}

impl ForeignRegisters {
    /// What the register of a locality says of a printed code, signed by a service whose scope covers the
    /// licence that it names.
    pub(super) fn ask_code(&self, locality: &Locality, code: &ShortCode, now: Moment) -> Result<ByCode, RegisterFault> {
        let fault = match locality.fresh_by_code(code, now) {
            Ok((row, told)) => {
                self.keep(locality, row);
                return Ok(told);
            }
            Err(fault) => fault,
        };
        let found = self.store.read(|conn| trust::find_standing(conn, &locality.operator, &kept_by(code)));
        let row = found.ok().flatten().ok_or_else(|| fault.clone())?;
        let mut told = locality.told_by_code(code, &row.octets, &row.signature, now).map_err(|_| fault.clone())?;
        if self.is_past(&told.registered, now) {
            return Err(fault);
        }
        tracing::warn!(operator = locality.name, %fault, "a kept answer about a code stands in");
        told.registered.source.push_str(KEPT);
        Ok(told)
    }
}

impl Locality {
    /// What its register says of a printed code now, and the row to keep of it.
    fn fresh_by_code(&self, code: &ShortCode, now: Moment) -> Result<(ForeignStanding, ByCode), RegisterFault> {
        let malformed = |why: &str| RegisterFault::Malformed(why.to_owned());
        let unreachable = |why: &str| RegisterFault::Unreachable(why.to_owned());
        let client = self.client.as_ref().ok_or_else(|| unreachable("no address of its register was pinned"))?;
        let said = client.ask_code(code)?;
        let said = said.ok_or_else(|| unreachable("it says without a signature that it does not know the code"))?;
        let signature = said.signature.as_deref().and_then(of_header);
        let signature = signature.ok_or_else(|| malformed("the answer is not signed"))?;
        let told = self.told_by_code(code, &said.octets, &signature, now)?;
        let as_of = told.registered.as_of.unix_milliseconds();
        if (now.unix_milliseconds() - as_of).abs() > SKEW_MILLISECONDS {
            return Err(malformed("the answer does not speak for now"));
        }
        let (operator_id, identifier) = (self.operator.clone(), kept_by(code));
        Ok((ForeignStanding { operator_id, identifier, octets: said.octets, signature, as_of }, told))
    }

    /// What octets say by a printed code, where a service signed them that may speak of that licence.
    fn told_by_code(
        &self,
        code: &ShortCode,
        octets: &[u8],
        signature: &[u8],
        now: Moment,
    ) -> Result<ByCode, RegisterFault> {
        let told = known_by_code(octets)?;
        let keys = self.keys(&told.registered.identifier, now);
        if is_signed_in(&domain_of(code), octets, signature, &keys) {
            return Ok(told);
        }
        Err(RegisterFault::Malformed("the answer is not signed by a status service of the list".to_owned()))
    }
}

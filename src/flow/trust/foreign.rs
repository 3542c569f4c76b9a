//! How licences of other localities stand: asked of the register that their operator's
//! list names, by the address that was pinned here.
//!
//! 1 a granted status service whose scope covers body and type of the licence · 2 the
//! register's answer · 3 signed by the key of that service · 4 about this licence, for
//! a present no more than five minutes from ours. What does not hold is no answer. The
//! last answer that held is kept, and stands in for one that does not come for as long
//! as the policy says; it says so, and for which instant it speaks. An unsigned "not
//! registered" is no answer either: anybody on the way could give it.

mod by_code;

use super::ListInUse;
use crate::{
    clock::Clock,
    flow::{
        introduction::Introduction,
        issuer::Issuer,
        register::{Answer, ByCode, Register, RegisterFault},
        seal_status,
        standing_signature::{is_signed_in, of_header, signer},
        status_client::{StatusClient, known},
    },
    store::{
        Store,
        trust::{self, ForeignStanding},
    },
};
use std::sync::{Arc, PoisonError, RwLock};
use yinxin_trust::{
    base::{Day, Moment},
    code::ShortCode,
    evidence::SignedOctets,
    licence::{identifier::LicenceIdentifier, state::State},
    trust_list::ServiceKey,
    verify::{Registered, SealName, SealStates},
};

/// How far the present of a register may be from ours.
const SKEW_MILLISECONDS: i64 = 300_000;

/// What the report calls these registers where none of them answered.
const NAME: &str = "信任列表所列登记库";

/// Said of an answer that did not come just now.
const KEPT: &str = "（留存的答复）";

/// The registers that the lists in use name, and another for licences that none of them
/// covers. Safe to use from several threads.
pub struct ForeignRegisters {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    /// How old a kept answer may be.
    max_age_milliseconds: i64,
    known: RwLock<Arc<[Locality]>>,
    /// In whose name they are asked.
    asker: Option<Arc<Issuer>>,
    elsewhere: Option<Arc<dyn Register>>,
}

/// Another locality.
struct Locality {
    operator: String,
    name: String,
    used: ListInUse,
    /// None where no address was pinned.
    client: Option<StatusClient>,
}

impl ForeignRegisters {
    /// Without lists yet; `elsewhere` is asked about licences that no list covers.
    pub fn new(
        store: Arc<Store>,
        clock: Arc<dyn Clock>,
        max_age_minutes: u32,
        elsewhere: Option<Arc<dyn Register>>,
    ) -> Self {
        let max_age_milliseconds = i64::from(max_age_minutes) * 60_000;
        Self { store, clock, max_age_milliseconds, known: RwLock::new(Arc::from([])), asker: None, elsewhere }
    }

    /// Asks as the register of this installation, where it has a key to say so.
    #[must_use]
    pub fn asking_as(self, issuer: Arc<Issuer>) -> Self {
        Self { asker: Some(issuer), ..self }
    }

    /// Takes the lists in use.
    pub fn replace(&self, lists: &[ListInUse]) {
        let localities = lists.iter().map(|used| {
            let address = used.operator.status_address.as_deref();
            let client = address.map(StatusClient::new).transpose().unwrap_or_else(|fault| {
                // checked when it was pinned
                tracing::error!(operator = used.operator.name, %fault, "a register cannot be asked");
                None
            });
            let client = client.map(|client| match &self.asker {
                Some(issuer) => client.introduced(Introduction::new(Arc::clone(issuer), used.clone())),
                None => client,
            });
            let (operator, name) = (used.operator.id.clone(), used.operator.name.clone());
            Locality { operator, name, used: used.clone(), client }
        });
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = localities.collect();
    }

    fn ask(&self, locality: &Locality, asked: &LicenceIdentifier, now: Moment) -> Result<Registered, RegisterFault> {
        let keys = locality.keys(asked, now);
        let fresh = locality.fresh(asked, &keys, now);
        let fault = match fresh {
            Ok((row, registered)) => {
                self.keep(locality, row);
                return Ok(registered);
            }
            Err(fault) => fault,
        };
        match self.kept(locality, asked, &keys, now) {
            Some(Ok(registered)) => {
                tracing::warn!(operator = locality.name, %fault, "a kept answer stands in");
                Ok(registered)
            }
            Some(Err(as_of)) => Err(RegisterFault::TooOld { as_of }),
            None => Err(fault),
        }
    }

    fn ask_seal(
        &self,
        locality: &Locality,
        seal: &SealName,
        keys: &[ServiceKey],
        now: Moment,
    ) -> Result<SealStates, RegisterFault> {
        let fault = match locality.fresh_seal(seal, keys, now) {
            Ok((row, states)) => {
                self.keep(locality, row);
                return Ok(states);
            }
            Err(fault) => fault,
        };
        let found = self.store.read(|conn| trust::find_standing(conn, &locality.operator, &kept_as(seal)));
        let row = found.ok().flatten().ok_or_else(|| fault.clone())?;
        let signed = is_signed_in(seal_status::DOMAIN, &row.octets, &row.signature, keys);
        let mut states = seal_status::known(seal, &row.octets).ok().filter(|_| signed).ok_or_else(|| fault.clone())?;
        let age = now.unix_milliseconds() - states.as_of.unix_milliseconds();
        if age < -SKEW_MILLISECONDS {
            return Err(fault);
        }
        if age > self.max_age_milliseconds {
            return Err(RegisterFault::TooOld { as_of: states.as_of });
        }
        tracing::warn!(operator = locality.name, %fault, "a kept answer about a seal stands in");
        states.source.push_str(KEPT);
        Ok(states)
    }

    /// Keeps an answer that held; one that cannot be kept is an answer all the same.
    fn keep(&self, locality: &Locality, row: ForeignStanding) {
        if let Err(error) = self.store.write(move |conn| trust::keep_standing(conn, &row)) {
            tracing::warn!(operator = locality.name, %error, "an answer could not be kept");
        }
    }

    /// Whether a kept answer is too old, or from a future. What was in force then may have run out since,
    /// which only its register can say.
    fn is_past(&self, registered: &Registered, now: Moment) -> bool {
        let age = now.unix_milliseconds() - registered.as_of.unix_milliseconds();
        let Ok(today) = Day::in_beijing_at(now) else { return true };
        let ran_out = registered.state == State::InForce && registered.until.is_past_on(today);
        age > self.max_age_milliseconds || age < -SKEW_MILLISECONDS || ran_out
    }

    /// The last answer that held, or of when it is where it is too old or has run out since.
    fn kept(
        &self,
        locality: &Locality,
        asked: &LicenceIdentifier,
        keys: &[ServiceKey],
        now: Moment,
    ) -> Option<Result<Registered, Moment>> {
        let found = self.store.read(|conn| trust::find_standing(conn, &locality.operator, asked.as_str()));
        let row = found.unwrap_or_else(|error| {
            tracing::warn!(operator = locality.name, %error, "a kept answer could not be read");
            None
        })?;
        let key = signer(&row.octets, &row.signature, keys)?;
        let mut registered = known(asked, &row.octets).ok()?;
        registered.signed = Some(SignedOctets { octets: row.octets, signature: row.signature, key: key.clone() });
        if now.unix_milliseconds() - registered.as_of.unix_milliseconds() < -SKEW_MILLISECONDS {
            return None;
        }
        if self.is_past(&registered, now) {
            return Some(Err(registered.as_of));
        }
        registered.source.push_str(KEPT);
        Some(Ok(registered))
    }
}

impl Register for ForeignRegisters {
    fn standing(&self, identifier: &str, at: Moment) -> Result<Answer, RegisterFault> {
        let asked: LicenceIdentifier =
            identifier.parse().map_err(|_| RegisterFault::Malformed("no identifier to ask with".to_owned()))?;
        let now = self.clock.now().map_err(|error| RegisterFault::Unreachable(error.to_string()))?;
        let known = Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner));
        let covering = known.iter().find(|locality| !locality.keys(&asked, now).is_empty());
        let Some(locality) = covering else {
            return match &self.elsewhere {
                Some(register) => register.standing(identifier, at),
                None => Err(RegisterFault::NotCompetent),
            };
        };
        if (at.unix_milliseconds() - now.unix_milliseconds()).abs() > SKEW_MILLISECONDS {
            let why = "registers of other localities are asked about the present only";
            return Err(RegisterFault::Unreachable(why.to_owned()));
        }
        self.ask(locality, &asked, now).map(|registered| Answer::Known(Box::new(registered)))
    }

    /// By the register of whoever's list covers the licence: a seal alone does not say whose it is.
    fn seal(&self, seal: &SealName, licence: Option<&LicenceIdentifier>) -> Result<SealStates, RegisterFault> {
        let now = self.clock.now().map_err(|error| RegisterFault::Unreachable(error.to_string()))?;
        let known = Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner));
        let covering = licence.and_then(|asked| {
            let of = |locality: &&Locality| !locality.keys(asked, now).is_empty();
            known.iter().find(of).map(|locality| (locality, locality.keys(asked, now)))
        });
        match (covering, &self.elsewhere) {
            (Some((locality, keys)), _) => self.ask_seal(locality, seal, &keys, now),
            (None, Some(register)) => register.seal(seal, licence),
            (None, None) => Err(RegisterFault::NotCompetent),
        }
    }

    fn by_code(&self, operator: &str, code: &ShortCode) -> Result<ByCode, RegisterFault> {
        let now = self.clock.now().map_err(|error| RegisterFault::Unreachable(error.to_string()))?;
        let known = Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner));
        let of = known.iter().find(|locality| locality.name == operator);
        self.ask_code(of.ok_or(RegisterFault::NotCompetent)?, code, now)
    }

    fn name(&self) -> &str {
        self.elsewhere.as_ref().map_or(NAME, |register| register.name())
    }
}

/// Under which name an answer about a seal is kept: no identifier of a licence has a space in it.
pub(in crate::flow) fn kept_as(seal: &SealName) -> String {
    format!("seal {} {}", seal.es_id, hex::encode(seal.sm3))
}

impl Locality {
    /// What its register says of a seal now, and the row to keep of it.
    fn fresh_seal(
        &self,
        seal: &SealName,
        keys: &[ServiceKey],
        now: Moment,
    ) -> Result<(ForeignStanding, SealStates), RegisterFault> {
        let malformed = |why: &str| RegisterFault::Malformed(why.to_owned());
        let no_address = || RegisterFault::Unreachable("no address of its register was pinned".to_owned());
        let said = self.client.as_ref().ok_or_else(no_address)?.ask_seal(seal).map_err(|fault| match fault {
            RegisterFault::NotCompetent => {
                RegisterFault::Unreachable("it says without a signature that it does not keep the seal".to_owned())
            }
            other => other,
        })?;
        let signature = said.signature.as_deref().and_then(of_header);
        let signature = signature.ok_or_else(|| malformed("the answer is not signed"))?;
        if !is_signed_in(seal_status::DOMAIN, &said.octets, &signature, keys) {
            return Err(malformed("the answer is not signed by a status service of the list"));
        }
        let states = seal_status::known(seal, &said.octets)?;
        let as_of = states.as_of.unix_milliseconds();
        if (now.unix_milliseconds() - as_of).abs() > SKEW_MILLISECONDS {
            return Err(malformed("the answer does not speak for now"));
        }
        let (operator_id, identifier) = (self.operator.clone(), kept_as(seal));
        Ok((ForeignStanding { operator_id, identifier, octets: said.octets, signature, as_of }, states))
    }

    /// The keys of the granted status services that cover a licence.
    fn keys(&self, asked: &LicenceIdentifier, now: Moment) -> Vec<ServiceKey> {
        self.used.status_keys(Some(asked), now)
    }

    /// What its register says now, and the row to keep of it.
    fn fresh(
        &self,
        asked: &LicenceIdentifier,
        keys: &[ServiceKey],
        now: Moment,
    ) -> Result<(ForeignStanding, Registered), RegisterFault> {
        let malformed = |why: &str| RegisterFault::Malformed(why.to_owned());
        let unreachable = |why: &str| RegisterFault::Unreachable(why.to_owned());
        let client = self.client.as_ref().ok_or_else(|| unreachable("no address of its register was pinned"))?;
        let said = match client.ask(asked, None) {
            Ok(Some(said)) => said,
            Ok(None) | Err(RegisterFault::NotCompetent) => {
                return Err(unreachable("it says without a signature that it does not know the licence"));
            }
            Err(fault) => return Err(fault),
        };
        let signature = said.signature.as_deref().and_then(of_header);
        let signature = signature.ok_or_else(|| malformed("the answer is not signed"))?;
        let key = signer(&said.octets, &signature, keys);
        let key = key.ok_or_else(|| malformed("the answer is not signed by a status service of the list"))?;
        let mut registered = known(asked, &said.octets)?;
        registered.signed =
            Some(SignedOctets { octets: said.octets.clone(), signature: signature.clone(), key: key.clone() });
        let as_of = registered.as_of.unix_milliseconds();
        if (now.unix_milliseconds() - as_of).abs() > SKEW_MILLISECONDS {
            return Err(malformed("the answer does not speak for now"));
        }
        let row = ForeignStanding {
            operator_id: self.operator.clone(),
            identifier: asked.as_str().to_owned(),
            octets: said.octets,
            signature,
            as_of,
        };
        Ok((row, registered))
    }
}

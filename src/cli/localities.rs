//! `yinxin demo --two-localities`: a licence of Fuyang (阜阳) is verified in Ouhai (瓯海),
//! over trust lists, through all that may come. Each locality has a folder, a register,
//! roots, keys and a port of its own; what goes between them goes over HTTP.

mod carried;
mod founding;
mod presented;

use self::founding::{Locality, OTHER_TYPE, Served, Wanted};
use super::{
    Exit,
    demo::step,
    register::{Stop, ended, now},
};
use crate::{
    clock::SystemClock,
    flow::{
        access::{Permit, may},
        own_register::OwnRegister,
        trust::{self, Accepted, ForeignRegisters, NewOperator, Offered, Published, Upkeep},
        verify::Verifier,
    },
    store::trust::TrustOperator,
};
use std::{path::Path, sync::Arc};
use yinxin_trust::{
    trust_list::AcceptancePolicy,
    verify::{Check, Report, StandingState, Verdict},
};

/// What Fuyang is called in Ouhai.
const FUYANG: &str = "阜阳";

/// How old a kept answer may be in Ouhai.
const MAX_AGE_MINUTES: u32 = 24 * 60;

pub(super) fn run(folder: &Path) -> Exit {
    ended(show(folder))
}

fn show(folder: &Path) -> Result<(), Stop> {
    let folder = founding::free_folder(folder)?;
    let fuyang = founding::fuyang(&folder.join("fuyang"))?;
    let ouhai = Ouhai::new(founding::ouhai(&folder.join("ouhai"))?);
    step("1", "建立两个演示属地", &format!("Fuyang and Ouhai in {}", folder.display()))?;
    let (issued, document) = fuyang.issue()?;
    step("2", "阜阳制发证照", &format!("licence {} issued by Fuyang", issued.number))?;
    let mut shown = Shown { number: 2, ouhai: &ouhai, document: &document };
    shown.verified(
        "瓯海核验：签发者不在信任列表中",
        Verdict::Indeterminate,
        "unknown_issuer",
        StandingState::Unknown,
    )?;

    let first = fuyang.make_list(&Wanted::sound())?;
    let served = fuyang.serve()?;
    served.publication.read()?;
    shown.said("阜阳发布信任列表", &format!("list 1, served at {}", served.running.address()))?;
    let operator = ouhai.add(&fuyang, &served)?;
    shown.taken(&operator, "瓯海收下列表，两人先后接受")?;
    shown.verified("瓯海再核验：真实、有效", Verdict::Valid, "ok", StandingState::InForce)?;
    fuyang.act(&issued, "suspend")?;
    shown.verified("阜阳暂扣，瓯海核验", Verdict::Valid, "ok", StandingState::Suspended)?;
    fuyang.act(&issued, "resume")?;
    fuyang.act(&issued, "revoke")?;
    shown.verified("阜阳吊销，瓯海核验", Verdict::Valid, "ok", StandingState::Revoked)?;
    presented::show(&mut shown, &fuyang)?;
    kept(&mut shown, served)?;
    carried::show(&mut shown, &fuyang, &folder.join("ferry"))?;
    refused(&mut shown, &fuyang, &operator, &first)?;
    bounded(&mut shown, &fuyang, &operator)?;
    shown.said("全部如预期", "everything came as expected")
}

/// Fuyang's server is down: what it signed last stands in, as long as the policy says.
fn kept(shown: &mut Shown<'_>, served: Served) -> Result<(), Stop> {
    served.running.stop().map_err(|error| Stop::internal(&error.to_string()))?;
    shown.verified("阜阳服务停机，凭留存的答复", Verdict::Valid, "ok", StandingState::Revoked)?;
    let report = shown.report()?;
    if !report.standing.source.as_deref().is_some_and(|source| source.contains("留存")) {
        return Err(unexpected("a kept answer does not say that it is one"));
    }
    // by a policy under which nothing kept is young enough
    let strict = shown.ouhai.verifier_keeping(0)?;
    let report = verify(&strict, shown.document)?;
    shown.expect("留存的答复过旧：状态不明", &report, Verdict::Valid, "ok", StandingState::Unknown)
}

/// Lists that are none, or not the next one: each refused by name.
fn refused(shown: &mut Shown<'_>, fuyang: &Locality, operator: &TrustOperator, first: &Published) -> Result<(), Stop> {
    let mut forged = first.clone();
    let place = forged.octets.iter().position(|octet| *octet == b'3').unwrap_or_default();
    if let Some(octet) = forged.octets.get_mut(place) {
        *octet = b'4';
    }
    shown.refused("被改动的列表", operator, &forged, "wrong_signature")?;
    let foreign = shown.ouhai.locality.make_list_as(fuyang)?;
    shown.refused("别的密钥签的列表", operator, &foreign, "wrong_signature")?;
    let second = fuyang.make_list(&Wanted::sound())?;
    shown.ouhai.take(operator, &second)?;
    shown.refused("退回旧期的列表", operator, first, "rolled_back")
}

/// What the list does not vouch for: each named.
fn bounded(shown: &mut Shown<'_>, fuyang: &Locality, operator: &TrustOperator) -> Result<(), Stop> {
    let narrow = Wanted { types: vec![OTHER_TYPE.to_owned()], ..Wanted::sound() };
    let list = fuyang.make_list(&narrow)?;
    shown.ouhai.take(operator, &list)?;
    let code = "out_of_scope_type";
    shown.verified("列表不认该类型：超出范围", Verdict::Indeterminate, code, StandingState::Unknown)?;
    let logged = Wanted { log_required: true, ..Wanted::sound() };
    let list = fuyang.make_list(&logged)?;
    shown.ouhai.take(operator, &list)?;
    shown.verified("要求日志证明而没有", Verdict::Indeterminate, "no_proof", StandingState::Unknown)
}

/// The locality that verifies.
struct Ouhai {
    locality: Locality,
    verifier: Verifier,
    upkeep: Upkeep,
}

impl Ouhai {
    fn new(locality: Locality) -> Self {
        let issuer = &locality.opened.issuer;
        let registers = foreign(&locality, MAX_AGE_MINUTES);
        let shared = (issuer.verifier.clone(), Arc::clone(&registers));
        let clock = Arc::new(SystemClock);
        let upkeep = Upkeep::new(Arc::clone(&issuer.store), clock, shared, AcceptancePolicy::default());
        let register = OwnRegister::new(Arc::clone(issuer), Some(registers));
        let verifier = issuer.verifier.clone().with_register(Arc::new(register));
        Self { locality, verifier, upkeep }
    }

    /// The same verifier under another policy for kept answers.
    fn verifier_keeping(&self, minutes: u32) -> Result<Verifier, Stop> {
        let registers = foreign(&self.locality, minutes);
        registers.replace(&trust::in_use(&self.locality.opened.issuer.store)?);
        let register = OwnRegister::new(Arc::clone(&self.locality.opened.issuer), Some(registers));
        Ok(self.verifier.clone().with_register(Arc::new(register)))
    }

    /// Pins Fuyang's key, as people got it from there, and its addresses.
    fn add(&self, fuyang: &Locality, served: &Served) -> Result<TrustOperator, Stop> {
        let at = format!("http://{}", served.running.address());
        let operator = NewOperator {
            name: FUYANG.to_owned(),
            key: fuyang.operator_key()?,
            list_address: Some(format!("{at}/.well-known/yinxin/trust-list.json")),
            revocation_address: Some(format!("{at}/.well-known/yinxin/revocation-lists.pem")),
            status_address: Some(at),
        };
        let store = &self.locality.opened.issuer.store;
        let permit: Permit<may::ManageTrust> = Permit::of_operator("");
        trust::add(store, &permit, operator, now()?)?;
        Ok(trust::show(store, FUYANG)?.operator)
    }

    /// Proposes a list, which both people accept.
    fn take(&self, operator: &TrustOperator, list: &Published) -> Result<(), Stop> {
        let (store, policy) = (&self.locality.opened.issuer.store, AcceptancePolicy::default());
        let actor = Permit::<may::ManageTrust>::of_operator("").actor().clone();
        match trust::offer(store, operator, list, &actor, &policy, now()?)? {
            Offered::Proposed { list, .. } => self.accept(&hex::encode(list.sm3())),
            Offered::InUse(_) | Offered::Followed { .. } => Err(unexpected("the list is in use already")),
        }
    }

    fn accept(&self, sm3: &str) -> Result<(), Stop> {
        for (place, expected) in [Accepted::Waits, Accepted::InUse].into_iter().enumerate() {
            let (store, policy) = (&self.locality.opened.issuer.store, AcceptancePolicy::default());
            let permit = self.locality.signed_in(place)?;
            if trust::accept(store, &permit, FUYANG, sm3, &policy, now()?)? != expected {
                return Err(unexpected("one person alone takes a list into use"));
            }
        }
        if self.upkeep.look()? { Ok(()) } else { Err(unexpected("the accepted list is not in use")) }
    }
}

fn foreign(locality: &Locality, max_age_minutes: u32) -> Arc<ForeignRegisters> {
    let store = Arc::clone(&locality.opened.issuer.store);
    Arc::new(ForeignRegisters::new(store, Arc::new(SystemClock), max_age_minutes, None))
}

/// Steps that are shown, each held against what is expected.
struct Shown<'a> {
    number: u32,
    ouhai: &'a Ouhai,
    document: &'a [u8],
}

impl Shown<'_> {
    fn said(&mut self, zh: &str, en: &str) -> Result<(), Stop> {
        self.number += 1;
        step(&self.number.to_string(), zh, en)
    }

    fn report(&self) -> Result<Report, Stop> {
        verify(&self.ouhai.verifier, self.document)
    }

    fn verified(&mut self, zh: &str, verdict: Verdict, code: &str, state: StandingState) -> Result<(), Stop> {
        let report = self.report()?;
        self.expect(zh, &report, verdict, code, state)
    }

    fn expect(
        &mut self,
        zh: &str,
        report: &Report,
        verdict: Verdict,
        code: &str,
        state: StandingState,
    ) -> Result<(), Stop> {
        let decided = decisive(report);
        let why = decided.map_or_else(String::new, |check| format!(" ({}: {})", check.code, check.sentence.zh));
        let standing = &report.standing;
        let since = standing.since.map_or_else(String::new, |day| format!(" since {day}"));
        let as_of = standing.as_of.map_or_else(String::new, |at| format!(", as of {at}"));
        let source = standing.source.as_deref().map_or_else(String::new, |source| format!(", {source}"));
        let words = format!("{}, {}{since}{as_of}{source}{why}", word(&report.verdict), word(&standing.state));
        self.said(zh, &words)?;
        let found = decided.map_or("ok", |check| check.code.as_str());
        if (report.verdict, found, standing.state) == (verdict, code, state) {
            return Ok(());
        }
        Err(unexpected(&format!("{} ({code}), {} was expected", word(&verdict), word(&state))))
    }

    /// A list that Fuyang serves is looked for, and two people accept it.
    fn taken(&mut self, operator: &TrustOperator, zh: &str) -> Result<(), Stop> {
        let store = &self.ouhai.locality.opened.issuer.store;
        self.ouhai.upkeep.refresh();
        let shown = trust::show(store, &operator.name)?;
        let changes = shown.changes(now()?, &AcceptancePolicy::default())?;
        let (list, _) = shown.proposed.ok_or_else(|| unexpected("no list waits"))?;
        self.said(zh, &format!("list {} proposed, {} changes", list.list().sequence(), changes.changes.len()))?;
        for change in &changes.changes {
            super::register::say(format_args!("      {}", change.sentence().zh))?;
        }
        self.ouhai.accept(&hex::encode(list.sm3()))?;
        // their revocation lists are taken in under the authorities of the accepted list
        self.ouhai.upkeep.refresh();
        Ok(())
    }

    /// A list that comes by file is refused by this word.
    fn refused(&mut self, zh: &str, operator: &TrustOperator, list: &Published, code: &str) -> Result<(), Stop> {
        let (store, policy) = (&self.ouhai.locality.opened.issuer.store, AcceptancePolicy::default());
        let actor = Permit::<may::ManageTrust>::of_operator("").actor().clone();
        match trust::offer(store, operator, list, &actor, &policy, now()?) {
            Err(error) if error.word() == Some(code) => self.said(zh, &format!("refused, {error}")),
            Err(error) => Err(unexpected(&format!("{code} was expected, not {error}"))),
            Ok(_) => Err(unexpected(&format!("{code} was expected, and the list was proposed"))),
        }
    }
}

fn verify(verifier: &Verifier, document: &[u8]) -> Result<Report, Stop> {
    verifier.verify(&document.to_vec(), None).map_err(|error| Stop::internal(&error.to_string()))
}

/// The check that decided, where one did.
fn decisive(report: &Report) -> Option<&Check> {
    let reason = report.reason?;
    let of_signatures = report.signatures.iter().flat_map(|signature| &signature.checks);
    let decides = |check: &&Check| check.id == reason && check.code != "ok";
    report.checks.iter().chain(of_signatures).find(decides)
}

/// The stable word of a state or verdict.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or("unknown").to_owned()
}

fn unexpected(what: &str) -> Stop {
    Stop::internal(&format!("not as expected: {what}"))
}

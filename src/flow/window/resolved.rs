//! Codes that somebody else knows (`crate::flow::resolver`, ADR 58 and 59).
//!
//! A code of a platform: 1 the platform is asked · 2 what it says of consent decides: for this purpose and now, the licences of
//! the holder that this register keeps and the consent names are shown, as their printed codes would show them, and
//! each showing is a use that the holder sees · 3 without it nothing of any licence is shown, and the clerk is told who the holder
//! is, to look up by number and holder. A code of another locality's holder: its service redeems it; what the holder
//! chose is shown, and the use is in the list there. Who does not answer, or not in what was agreed, makes nothing
//! forged: it could not be checked.

use super::{Brought, Counter, Seen, Told, kept, own, record, used::LookedAt};
use crate::{
    flow::{
        access::{Permit, Purpose, may},
        delegations::AgentShown,
        holders::{HolderCode, holdings::acts_of},
        issue::IssueError,
        kind::HasKind as _,
        lives,
        presentations::PresentationError,
        resolver::{
            Asking, Consent, HolderTold, Outcome, Pickup, Presented, Unanswered, UsedBefore, ask_locality, ask_platform,
        },
        shown::{self, Shown},
        standing,
    },
    store::{Conn, licences},
};
use serde_json::json;
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    code::{ShortCode, Site},
    delegation::Matter,
    licence::identifier::LicenceIdentifier,
};

/// Most licences of one holder that are shown at once, those in force before the others.
const MOST: usize = 6;

/// Licences of a holder that are looked through.
const LOOKED_THROUGH: u32 = 200;

/// What a platform said of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedSeen {
    /// What people call the platform.
    pub platform: Sentence,
    /// The holder's name; none where it told none.
    pub holder: Option<String>,
    /// For which purpose the holder agreed; none where they were not asked.
    pub agreed: Option<String>,
}

/// A licence of another locality that its holder shows.
#[derive(Clone, Debug, PartialEq)]
pub struct ElsewhereSeen {
    /// The operator whose locality it is.
    pub locality: String,
    /// What the holder shows, and what the licence is now.
    pub presented: Presented,
    /// Who shows it in the holder's place.
    pub agent: Option<AgentShown>,
}

/// The code of a platform.
pub(super) fn of_platform(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    (place, code): (usize, &str),
    purpose: &Purpose,
    at: Moment,
) -> Result<Vec<Seen>, PresentationError> {
    let asking = Asking { issuer: counter.issuer, permit, code, purpose: purpose.as_str(), at };
    let (platform, outcome) = ask_platform(&asking, place)?;
    let desk = Desk { counter, permit, platform, purpose, at };
    let seen = match outcome {
        Ok(Outcome::Holder { holder, consent: Some(consent) }) => desk.of_holder(&holder, &consent)?,
        Ok(Outcome::Holder { holder, consent: None }) => desk.told(Shown::HolderTold, Some(holder.name), None)?,
        Ok(Outcome::Pickup(pickup)) => desk.pickup(&pickup)?,
        Ok(Outcome::Expired) => desk.told(Shown::CodeExpired, None, None)?,
        Ok(Outcome::NotOurs) => desk.told(Shown::NotOurs, None, None)?,
        Ok(Outcome::Used(used)) => {
            vec![Seen { told: used_before(used), ..desk.seen(Shown::CodeUsed)? }]
        }
        // what only localities say
        Ok(Outcome::Presented(_) | Outcome::OtherMatter { .. } | Outcome::DelegationOver) => {
            desk.unanswered(&Unanswered::Malformed("no answer of a platform"))?
        }
        Err(why) => desk.unanswered(&why)?,
    };
    desk.write_down(&seen)?;
    Ok(seen)
}

/// What is done about the code of one platform.
struct Desk<'a> {
    counter: &'a Counter<'a>,
    permit: &'a Permit<may::ServeAtWindow>,
    platform: Sentence,
    purpose: &'a Purpose,
    at: Moment,
}

impl Desk<'_> {
    fn seen(&self, shown: Shown) -> Result<Seen, IssueError> {
        Seen::new(shown, Brought::Service(self.platform.clone()), self.at)
    }

    fn told(&self, shown: Shown, holder: Option<String>, agreed: Option<String>) -> Result<Vec<Seen>, IssueError> {
        let told = ResolvedSeen { platform: self.platform.clone(), holder, agreed };
        Ok(vec![Seen { told: Some(Told::Resolved(Box::new(told))), ..self.seen(shown)? }])
    }

    fn unanswered(&self, why: &Unanswered) -> Result<Vec<Seen>, IssueError> {
        Ok(vec![Seen { told: Some(Told::Unanswered(why.sentence())), ..self.seen(Shown::TryLater)? }])
    }

    /// Whether somebody agreed to what this window does, written in whichever way.
    fn is_for(&self, purpose: &str) -> bool {
        purpose.parse::<Matter>().is_ok_and(|agreed| agreed.is(self.purpose.as_str()))
    }

    /// The licences of a holder who agreed.
    fn of_holder(&self, holder: &HolderTold, consent: &Consent) -> Result<Vec<Seen>, IssueError> {
        let (name, agreed) = (Some(holder.name.clone()), Some(consent.purpose.clone()));
        if consent.until <= self.at {
            return self.told(Shown::CodeExpired, None, None);
        }
        if !self.is_for(&consent.purpose) {
            return self.told(Shown::HolderTold, name, agreed);
        }
        let Ok(code) = HolderCode::of(&holder.kind, &holder.number) else {
            return self.unanswered(&Unanswered::Malformed("no code of a holder"));
        };
        let issuer = self.counter.issuer;
        let mut found = Vec::new();
        for printed in issuer.store.read(|conn| self.printed(conn, &code, &consent.licence_types))? {
            found.extend(own::by_code(issuer, self.permit.body(), &printed, self.at)?);
        }
        if found.is_empty() {
            return self.told(Shown::NoMatch, name, agreed);
        }
        let told = ResolvedSeen { platform: self.platform.clone(), holder: name, agreed };
        found.into_iter().map(|own| self.shown(own, &told)).collect()
    }

    /// The printed codes of the licences that are shown: of the types that were agreed to, those in force first.
    fn printed(&self, conn: &mut Conn, code: &HolderCode, types: &[String]) -> Result<Vec<String>, IssueError> {
        let today = Day::in_beijing_at(self.at)?;
        let rows = licences::of_holder_and_types(conn, (code.kind(), code.expose()), types, LOOKED_THROUGH)?;
        let mut done = acts_of(conn, &rows)?;
        let mut all = Vec::with_capacity(rows.len());
        for (licence, latest) in rows {
            let acts = done.remove(&licence.id).unwrap_or_default();
            let lives::Found { licence, life, .. } = lives::found(licence, &acts)?;
            let version = lives::counting(conn, &licence, &life, latest, today)?;
            all.push((standing::word(life.on(today).state) != "in_force", version.code));
        }
        // the newest first, as they came
        all.sort_by_key(|(is_over, _)| *is_over);
        Ok(all.into_iter().take(MOST).map(|(_, code)| code).collect())
    }

    /// The one licence that a token is for.
    fn pickup(&self, pickup: &Pickup) -> Result<Vec<Seen>, IssueError> {
        let agreed = Some(pickup.purpose.clone());
        if pickup.until <= self.at {
            return self.told(Shown::CodeExpired, None, None);
        }
        if !self.is_for(&pickup.purpose) {
            return self.told(Shown::HolderTold, None, agreed);
        }
        if pickup.licence.parse::<LicenceIdentifier>().is_err() {
            return self.unanswered(&Unanswered::Malformed("no identifier of a licence"));
        }
        let issuer = self.counter.issuer;
        let own = match own::code_of(issuer, &pickup.licence)? {
            Some(code) => own::by_code(issuer, self.permit.body(), &code, self.at)?,
            None => None,
        };
        let Some(own) = own else { return self.told(Shown::CodeUnknown, None, agreed) };
        let told = ResolvedSeen { platform: self.platform.clone(), holder: None, agreed };
        Ok(vec![self.shown(own, &told)?])
    }

    fn shown(&self, own: own::OwnLicence, told: &ResolvedSeen) -> Result<Seen, IssueError> {
        let seen = kept(self.counter, own, Brought::Service(self.platform.clone()), self.at)?;
        Ok(Seen { told: Some(Told::Resolved(Box::new(told.clone()))), ..seen })
    }

    /// The question, and each licence that is shown as a use that its holder sees: in one write, before anything is.
    fn write_down(&self, seen: &[Seen]) -> Result<(), IssueError> {
        let first = seen.first();
        let detail = json!({
            "purpose": self.purpose.as_str(),
            "shown": first.map(|one| one.shown.code()),
            "incident": first.map(|one| &one.incident),
            "licences": seen.iter().filter(|one| one.own.is_some()).count(),
        });
        let looked: Vec<LookedAt> =
            seen.iter().filter_map(|one| one.own.as_ref()).map(LookedAt::of).collect::<Result<_, _>>()?;
        let issuer = self.counter.issuer;
        let (body, actor, at) = (self.permit.body().to_owned(), self.permit.actor().clone(), self.at);
        let (purpose, subject) = (self.purpose.as_str().to_owned(), self.platform.zh.clone());
        issuer.store.write(move |conn| {
            for one in &looked {
                one.note(conn, (&body, &actor), &purpose, at)?;
            }
            record(conn, (&body, &actor), "code.resolved", &subject, &detail, at)
        })
    }
}

/// The code that a holder of another locality shows.
pub(super) fn of_locality(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    (locality, site, code): (String, &Site, &ShortCode),
    purpose: &Purpose,
    at: Moment,
) -> Result<Seen, IssueError> {
    let nothing = |shown| Seen::new(shown, Brought::OfOthers(locality.clone()), at);
    let lists = counter.verifier.lists_in_use();
    let Some(used) = lists.iter().find(|used| used.operator.name == locality) else {
        return nothing(Shown::CodeOfOthers);
    };
    let text = site.presentation(code);
    let asking = Asking { issuer: counter.issuer, permit, code: &text, purpose: purpose.as_str(), at };
    let unanswered =
        |why: &Unanswered| Ok(Seen { told: Some(Told::Unanswered(why.sentence())), ..nothing(Shown::TryLater)? });
    match ask_locality(&asking, used, site)? {
        Ok(Outcome::Presented(presented)) => {
            let agent = presented.agent.clone().and_then(|agent| agent.shown());
            let shown = shown::of_register(&presented.state);
            if shown == Shown::NotInForce(yinxin_trust::verify::StandingState::Unknown) {
                return unanswered(&Unanswered::Malformed("a state that is not known"));
            }
            let told = ElsewhereSeen { locality: locality.clone(), presented: *presented, agent };
            Ok(Seen { told: Some(Told::Elsewhere(Box::new(told))), ..nothing(shown)? })
        }
        Ok(Outcome::Expired) => nothing(Shown::CodeExpired),
        Ok(Outcome::Used(used)) => Ok(Seen { told: used_before(used), ..nothing(Shown::CodeUsed)? }),
        Ok(Outcome::OtherMatter { agent }) => {
            let told = agent.shown().map(|agent| Told::Beyond(Box::new(agent)));
            Ok(Seen { told, ..nothing(Shown::AgentOtherMatter)? })
        }
        Ok(Outcome::DelegationOver) => nothing(Shown::DelegationOver),
        Ok(Outcome::NotOurs | Outcome::Holder { .. } | Outcome::Pickup(_)) => {
            unanswered(&Unanswered::Malformed("no answer of a locality"))
        }
        // nothing was asked: as before, the code is named and not looked up
        Err(Unanswered::NoKey) => nothing(Shown::CodeOfOthers),
        Err(why) => unanswered(&why),
    }
}

/// Where and when, in the words of a code that was used here.
fn used_before(used: UsedBefore) -> Option<Told> {
    let UsedBefore { by: body, window, at } = used;
    let told = PresentationError::Used { body, window, at }.fields().into_iter().next();
    told.map(|offence| Told::Used(offence.sentence))
}

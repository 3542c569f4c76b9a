//! Anchors that a trust list names, and what the list says they vouch for.
//!
//! A service of a list counts for a signature where, one after the other: 1 its scope
//! covers the document and its day ([`Scope::covers`](crate::trust_list::Scope::covers)), and so does what another list
//! grants it, where it counts by that ·
//! 2 it was granted at the signing time · 3 it was not withdrawn later, where nothing
//! proves that time · 4 the list is not overdue, or the policy takes overdue ones. A
//! certificate may stand in several services: one that counts suffices, else the one
//! that came furthest says why not.

use super::Use;
use crate::{
    base::{Day, Moment},
    evidence::SignedOctets,
    sm::sm3,
    trust_list::{Identity, Membership, Operator, Service, ServiceKey, SignedList, State, Stated},
    x509::{AnchorRefusal, Certificate, Ends},
};
use std::collections::HashMap;

/// The anchors of one accepted trust list.
#[derive(Debug)]
pub struct ListedAnchors {
    operator: Operator,
    sequence: u64,
    issued: Moment,
    next_update: Moment,
    sm3: sm3::Digest,
    /// By which other list it counts; none where its own key is pinned.
    membership: Option<Membership>,
    /// As it was taken, for whoever keeps what a verdict was made of.
    signed: SignedOctets,
    by_use: [OfUse; Use::ALL.len()],
    anchors: usize,
}

/// What a list has for one use.
#[derive(Debug, Default)]
struct OfUse {
    ends: Ends,
    /// By the certificate in DER, in the order of the list.
    services: HashMap<Box<[u8]>, Vec<Service>>,
}

/// What a listed anchor is asked to vouch for.
#[derive(Clone, Debug)]
pub struct Matter<'a> {
    /// In which role.
    pub wanted: Use,
    /// On what.
    pub stated: &'a Stated,
    /// The day of the stamp in Beijing; `None` beyond the calendar.
    pub on: Option<Day>,
    /// When whoever is vouched for signed, as they claim.
    pub at: Moment,
    /// Not later than this, by a time stamp.
    pub proven: Option<Moment>,
    /// For which time the report speaks.
    pub now: Moment,
    /// Whether overdue lists are refused.
    pub refuse_outdated: bool,
    /// Whether an unproven time counts although the service was withdrawn later.
    pub trust_claimed_time: bool,
}

/// A service that vouches.
#[derive(Clone, Copy, Debug)]
pub struct Vouching<'a> {
    /// Which one; the first of several.
    pub service: &'a Service,
    /// Since when it is withdrawn, where the signing time before that is only claimed.
    pub withdrawn_since: Option<Moment>,
    /// Whether any service that vouches asks for a proof of the log.
    pub log_required: bool,
}

impl ListedAnchors {
    /// What of a list can be an anchor, found by name.
    pub(super) fn new(signed: &SignedList, membership: Option<Membership>) -> Self {
        let list = signed.list();
        let mut by_use: [OfUse; Use::ALL.len()] = Default::default();
        let mut anchors = 0;
        for service in list.services() {
            let (Some(wanted), Identity::Certificate(certificate)) = (service.kind.anchor_use(), &service.identity)
            else {
                continue;
            };
            anchors += 1;
            let of_use = &mut by_use[wanted as usize];
            of_use.ends.extend([certificate.clone()]);
            of_use.services.entry(certificate.der().into()).or_default().push(service.clone());
        }
        Self {
            operator: list.operator().clone(),
            sequence: list.sequence(),
            issued: list.issued(),
            next_update: list.next_update(),
            sm3: *signed.sm3(),
            membership,
            signed: SignedOctets {
                octets: signed.octets().to_vec(),
                signature: signed.signature(),
                key: ServiceKey::from_sm2(signed.key()),
            },
            by_use,
            anchors,
        }
    }

    /// Who keeps the list.
    pub const fn operator(&self) -> &Operator {
        &self.operator
    }

    /// Its number.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// When it was made.
    pub const fn issued(&self) -> Moment {
        self.issued
    }

    /// When the next one is due.
    pub const fn next_update(&self) -> Moment {
        self.next_update
    }

    /// By which other list it counts; none where its own key is pinned.
    pub const fn membership(&self) -> Option<&Membership> {
        self.membership.as_ref()
    }

    /// Until when it counts without a word: by its own next update, or an earlier one of the list that names it.
    pub fn due(&self) -> Moment {
        self.membership.as_ref().map_or(self.next_update, |member| member.next_update().min(self.next_update))
    }

    /// Whether the next update is missed, or that of the list that names it.
    pub fn is_outdated_at(&self, now: Moment) -> bool {
        self.due() < now
    }

    /// SM3 of its octets.
    pub const fn sm3(&self) -> &sm3::Digest {
        &self.sm3
    }

    /// The list with its signature, as it was taken.
    pub const fn signed(&self) -> &SignedOctets {
        &self.signed
    }

    /// Services that can be anchors, whatever their state.
    pub const fn len(&self) -> usize {
        self.anchors
    }

    /// Whether nothing in the list can be an anchor.
    pub const fn is_empty(&self) -> bool {
        self.anchors == 0
    }

    /// Where paths of this use may end, before anybody asks whether it vouches.
    pub const fn ends(&self, wanted: Use) -> &Ends {
        &self.by_use[wanted as usize].ends
    }

    /// Whether the list vouches with this anchor.
    ///
    /// # Errors
    /// The nearest miss, and the name of the service; `None` where no service holds the anchor.
    pub fn vouches(
        &self,
        anchor: &Certificate,
        matter: &Matter<'_>,
    ) -> Result<Vouching<'_>, Option<(AnchorRefusal, &str)>> {
        let services = self.by_use[matter.wanted as usize].services.get(anchor.der());
        let mut found: Option<Vouching<'_>> = None;
        let mut nearest: Option<(AnchorRefusal, &str)> = None;
        for service in services.map_or(&[][..], Vec::as_slice) {
            match self.judge(service, matter) {
                Ok(withdrawn_since) => {
                    let log_required = requires_log(service, matter);
                    let vouching = found.get_or_insert(Vouching { service, withdrawn_since, log_required });
                    vouching.log_required |= log_required;
                }
                Err(refusal) if nearest.as_ref().is_none_or(|(known, _)| refusal < *known) => {
                    nearest = Some((refusal, &service.name));
                }
                Err(_) => {}
            }
        }
        found.ok_or(nearest)
    }

    /// The steps of the module. Answers since when the service is withdrawn, where that
    /// is after a time that is only claimed and counts all the same.
    fn judge(&self, service: &Service, matter: &Matter<'_>) -> Result<Option<Moment>, AnchorRefusal> {
        service.scope.covers(matter.stated, matter.on)?;
        if let Some(member) = &self.membership
            && member.scope().covers(matter.stated, matter.on).is_err()
        {
            return Err(AnchorRefusal::BeyondGrant { by: member.operator().to_owned() });
        }
        let Some(entry) = service.history.iter().rev().find(|entry| entry.from <= matter.at) else {
            let from = service.history.first().map_or_else(|| service.scope.from.begins(), |first| first.from);
            return Err(AnchorRefusal::NotYetGranted { from });
        };
        if entry.state == State::Withdrawn {
            return Err(AnchorRefusal::Withdrawn { from: entry.from });
        }
        // whoever may no longer be trusted could write any earlier time
        let later = service.history.iter().find(|entry| entry.from > matter.at && entry.state == State::Withdrawn);
        let later = later.map(|entry| entry.from).filter(|from| *from <= matter.now);
        let unproven = later.filter(|from| matter.proven.is_none_or(|proven| proven >= *from));
        if let Some(from) = unproven.filter(|_| !matter.trust_claimed_time) {
            return Err(AnchorRefusal::WithdrawnSince { from });
        }
        if matter.refuse_outdated && self.is_outdated_at(matter.now) {
            return Err(AnchorRefusal::Outdated { due: self.due() });
        }
        Ok(unproven)
    }
}

/// Whether a stamp needs a proof of the log: by the day that a time stamp proves, else by
/// the one that is claimed; always on a day beyond the calendar.
fn requires_log(service: &Service, matter: &Matter<'_>) -> bool {
    let on = matter.proven.map_or(matter.on, |proven| Day::in_beijing_at(proven).ok());
    on.map_or(service.log_required_from.is_some(), |on| service.requires_log_on(on))
}

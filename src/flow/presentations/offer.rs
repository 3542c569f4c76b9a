//! What of a licence its holder may show, and to whom it goes.

use super::PresentationError;
use crate::flow::{
    access::Holder,
    face_values,
    holders::holdings::{self, Held},
    issue::IssueError,
    issuer::Issuer,
    kind::FieldOffence,
    standing::{self, PublicField},
};
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    licence::{
        catalogue::{Audience, Disclosure},
        identifier::LicenceIdentifier,
        state::Standing,
    },
};

/// A licence with what may be shown of it.
#[derive(Clone, Debug)]
pub struct Offer {
    /// 电子证照标识 of the version that counts.
    pub identifier: String,
    /// What the type is called.
    pub type_title: Sentence,
    /// 证照颁发机构, as on the face.
    pub issuing_body: String,
    /// The holder, masked as for everybody who has the printed code.
    pub holder: String,
    /// Whether the type lets the holder show the whole of it.
    pub whole_name: bool,
    /// What it is today.
    pub standing: Standing,
    /// In the order of the type; none without a value.
    pub fields: Vec<Offered>,
}

/// One field of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Its name in the type.
    pub name: String,
    /// 照面项名称.
    pub title: String,
    /// As it is shown: masked where the type says so, whoever asks.
    pub value: String,
    /// To whom it goes.
    pub class: Class,
}

/// To whom a chosen field goes; the disclosure class of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Everybody who has the code sees it.
    Public,
    /// The same, with most of it starred.
    Masked,
    /// Only who redeems the code sees it, in clear: the holder consents by choosing it.
    WithConsent,
}

/// What a holder may show of a licence.
///
/// # Errors
/// [`PresentationError::NotHeld`], also for one of another holder.
pub fn offer(issuer: &Issuer, holder: &Holder, identifier: &LicenceIdentifier) -> Result<Offer, PresentationError> {
    let now = issuer.clock.now()?;
    issuer.store.read(|conn| {
        let held = holdings::find(conn, issuer, holder.code(), identifier)?.ok_or(PresentationError::NotHeld)?;
        Ok(Offer::of(&held, now)?)
    })
}

impl Offer {
    pub(in crate::flow) fn of(held: &Held, now: Moment) -> Result<Self, IssueError> {
        let values = face_values::shown_to(&held.kind, &held.version.fields, Audience::Shown)?;
        let fields = values.into_iter().filter(|value| !value.shown.value.trim().is_empty()).map(|value| {
            let class = match value.class {
                Disclosure::Public => Class::Public,
                Disclosure::Masked(_) => Class::Masked,
                Disclosure::WithConsent => Class::WithConsent,
            };
            let PublicField { name, title, value } = value.shown;
            Offered { name, title, value, class }
        });
        let name = &held.licence.holder_name;
        Ok(Self {
            identifier: held.version.identifier.clone(),
            type_title: held.kind.title(),
            issuing_body: held.issuing_body.clone(),
            holder: standing::public_holder(&held.kind, name),
            whole_name: face_values::holder_shown_to(&held.kind, name, Audience::Shown) == *name,
            standing: held.life.on(Day::in_beijing_at(now)?),
            fields: fields.collect(),
        })
    }

    /// With the fields of these names alone, each of which must be there.
    pub(super) fn chosen(self, names: &[String]) -> Result<Self, PresentationError> {
        let unknown = |name: &&String| self.fields.iter().all(|field| field.name != **name);
        let offences: Vec<_> = names.iter().filter(unknown).map(|name| not_offered(name)).collect();
        if !offences.is_empty() {
            return Err(PresentationError::Fields(offences));
        }
        let chosen = self.of_names(names);
        if chosen.fields.is_empty() { Err(PresentationError::Fields(vec![nothing_chosen()])) } else { Ok(chosen) }
    }

    /// With the fields of these names, where they are still there.
    pub(super) fn of_names(mut self, names: &[String]) -> Self {
        self.fields.retain(|field| names.contains(&field.name));
        self
    }
}

impl Offered {
    /// Whether everybody with the code sees it.
    pub(in crate::flow) fn goes_to_everybody(&self) -> bool {
        self.class != Class::WithConsent
    }

    pub(super) fn into_public_field(self) -> PublicField {
        PublicField { name: self.name, title: self.title, value: self.value }
    }
}

/// The name comes from outside: cut to what is said of it.
pub(in crate::flow) fn not_offered(name: &str) -> FieldOffence {
    let sentence = Sentence::new("这张证照没有可以出示的这一项。", "not a field of this licence that can be shown");
    FieldOffence { field: name.chars().take(64).collect(), code: "not_offered", sentence }
}

fn nothing_chosen() -> FieldOffence {
    let sentence = Sentence::new("请至少选一项。", "choose at least one field");
    FieldOffence { field: String::new(), code: "nothing_chosen", sentence }
}

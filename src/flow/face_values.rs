//! The values of a licence as an audience may see them: the one way from what the register keeps to
//! any view, so that no view forgets the class that the catalogue gives a field.

use super::{issue::IssueError, standing::PublicField, types::LicenceType};
use serde_json::{Map, Value};
use yinxin_trust::licence::{
    application::text_of,
    catalogue::{Audience, Disclosure},
    metadata::Element,
};

/// One field as it may be seen.
pub(in crate::flow) struct FaceValue {
    pub(in crate::flow) shown: PublicField,
    pub(in crate::flow) class: Disclosure,
}

/// The fields that an audience may see, in the order of the type.
///
/// # Errors
/// [`IssueError::Record`] for a record that is no JSON.
pub(in crate::flow) fn shown_to(
    kind: &LicenceType,
    stored: &[u8],
    audience: Audience,
) -> Result<Vec<FaceValue>, IssueError> {
    let data: Map<String, Value> =
        serde_json::from_slice(stored).map_err(|cause| IssueError::Record(cause.to_string()))?;
    let shown = kind.entry.fields.iter().filter_map(|field| {
        let value = field.disclosure.shown_to(audience, &text_of(data.get(&field.name)?))?;
        let shown = PublicField { name: field.name.clone(), title: kind.title_of(&field.name), value };
        Some(FaceValue { shown, class: field.disclosure })
    });
    Ok(shown.collect())
}

/// The name of a holder as an audience may see it, all stars where it may see nothing.
pub(in crate::flow) fn holder_shown_to(kind: &LicenceType, holder: &str, audience: Audience) -> String {
    let class = kind.entry.field_that_fills(Element::Holder).map(|field| field.disclosure);
    let shown = class.and_then(|class| class.shown_to(audience, holder));
    shown.unwrap_or_else(|| "*".repeat(holder.chars().count()))
}

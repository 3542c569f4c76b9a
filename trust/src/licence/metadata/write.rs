//! Writing: what [`Metadata::read`] reads back as the same.

use super::{Element, Expiry, Metadata, Naming};
use crate::base::Moment;

impl Metadata {
    /// Name and value pairs in the order of [`Element::ALL`], extensions and
    /// others after them. Dates are `yyyyMMdd`, times `yyyyMMddHHmmss` in
    /// Beijing, no end is 长期. Elements without a value are not written.
    pub fn to_pairs(&self, naming: Naming) -> Vec<(String, String)> {
        let elements =
            Element::ALL.iter().filter_map(|element| Some((element.name(naming).to_owned(), self.written(*element)?)));
        elements.chain(self.extensions.iter().cloned()).chain(self.others.iter().cloned()).collect()
    }

    /// The value of one element as it is written.
    pub fn written(&self, element: Element) -> Option<String> {
        match element {
            Element::Identifier => Some(self.identifier.to_string()),
            Element::TypeName => Some(self.type_name.clone()),
            Element::TypeCode => Some(self.type_code.to_string()),
            Element::Name => self.name.clone(),
            Element::Number => self.number.clone(),
            Element::Version => Some(self.version.to_string()),
            Element::IssuingBody => Some(self.issuing_body.clone()),
            Element::IssuingBodyCode => Some(self.issuing_body_code.clone()),
            Element::IssuedOn => Some(self.issued_on.compact()),
            Element::DefiningBody => self.defining_body.clone(),
            Element::DefiningBodyCode => self.defining_body_code.clone(),
            Element::Holder => Some(self.holder.as_str().to_owned()),
            Element::HolderCode => self.holder_code.as_ref().map(|code| code.expose().to_owned()),
            Element::HolderCodeTypeName => self.holder_code_type.map(|kind| kind.name().to_owned()),
            Element::HolderCodeType => self.holder_code_type.map(|kind| kind.code().to_owned()),
            Element::ValidFrom => self.valid_from.map(crate::base::Day::compact),
            Element::ValidUntil => self.valid_until.map(|until| match until {
                Expiry::Never => until.to_string(),
                Expiry::After(last) => last.compact(),
            }),
            Element::ValidityRange => self.validity_range.clone(),
            Element::Area => self.area.map(|area| area.to_string()),
            Element::ItemName => self.item_name.clone(),
            Element::ItemCode => self.item_code.clone(),
            Element::SealUser => self.seal_user.clone(),
            Element::SealedAt => self.sealed_at.map(fourteen_digits),
            Element::SealName => self.seal_name.clone(),
            Element::CreatedAt => self.created_at.map(fourteen_digits),
            Element::CopyCreatedAt => self.copy.as_ref().map(|copy| fourteen_digits(copy.created_at)),
            Element::CopyCreator => self.copy.as_ref().map(|copy| copy.creator.clone()),
            Element::CopyCause => self.copy.as_ref().map(|copy| copy.cause.clone()),
            Element::CopyExpiresAt => self.copy.as_ref().map(|copy| fourteen_digits(copy.expires_at)),
            Element::CopyRecipient => self.copy.as_ref().and_then(|copy| copy.recipient.clone()),
            Element::CopyNumber => self.copy.as_ref().and_then(|copy| copy.number.clone()),
            Element::ExtendInfo => self.extend_info.clone(),
            Element::Associated => self.associated.as_ref().map(ToString::to_string),
        }
    }
}

/// `yyyyMMddHHmmss`, Beijing time; fractions of a second are cut.
fn fourteen_digits(moment: Moment) -> String {
    moment.at_offset_hours(8).chars().filter(char::is_ascii_digit).collect()
}

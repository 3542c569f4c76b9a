//! Fields of a face and who may see them.

use super::{
    CatalogueOffence,
    raw::{RawDisclosure, RawField},
};
use crate::licence::metadata::Element;
use std::collections::BTreeSet;

/// Most fields of a type.
pub(super) const MOST: usize = 200;
/// Most characters that a mask leaves.
const MASK_KEEPS: usize = 16;
/// Longest name of a field.
const LONGEST_NAME: usize = 64;

/// One field of the face (照面信息).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name in application data and schema: lower-case letters, digits, underscores.
    pub name: String,
    /// Who may see it.
    pub disclosure: Disclosure,
    /// The metadata element that takes its value.
    pub fills: Option<Element>,
}

/// Who may see a field without the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclosure {
    /// Everybody who has the printed code.
    Public,
    /// The same, with most of it starred.
    Masked(Mask),
    /// Those to whom the holder shows it.
    WithConsent,
}

/// Which characters of a masked field stay; never more than half of the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mask {
    keep_first: usize,
    keep_last: usize,
}

/// Whom a view is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Anybody who has the printed code, or a code that is shown.
    Everybody,
    /// Whom the holder shows a field: the holder too, who sees what they will see.
    Shown,
    /// The body that keeps the licence, for a purpose that is written down.
    Keeper,
}

impl Disclosure {
    /// What an audience may see of a value; `None` where nothing. No view shows a value of a
    /// licence but by this.
    pub fn shown_to(self, audience: Audience, value: &str) -> Option<String> {
        match (audience, self) {
            (Audience::Keeper, _) | (Audience::Shown, Self::WithConsent) | (_, Self::Public) => Some(value.to_owned()),
            (Audience::Everybody | Audience::Shown, Self::Masked(mask)) => Some(mask.apply(value)),
            (Audience::Everybody, Self::WithConsent) => None,
        }
    }
}

impl Mask {
    /// Of a person's name where no type says how: its last character stays.
    pub const NAME: Self = Self { keep_first: 0, keep_last: 1 };

    /// Stars for all characters but the first and last few. Of a short value
    /// at most half of the characters stay, those at the end first.
    pub fn apply(self, value: &str) -> String {
        let count = value.chars().count();
        let last = self.keep_last.min(count / 2);
        let first = self.keep_first.min(count / 2 - last);
        let shown = |index: usize| index < first || index >= count - last;
        value.chars().enumerate().map(|(index, character)| if shown(index) { character } else { '*' }).collect()
    }
}

/// Checks the list as a whole; what is right comes out even where a neighbour is wrong.
pub(super) fn checked(raw: &[RawField], offences: &mut Vec<CatalogueOffence>) -> Vec<Field> {
    if raw.is_empty() || raw.len() > MOST {
        offences.push(CatalogueOffence::FieldCount { limit: MOST });
        return Vec::new();
    }
    let (mut names, mut elements) = (BTreeSet::new(), BTreeSet::new());
    let mut fields = Vec::new();
    for field in raw {
        if !is_name(&field.name) {
            offences.push(CatalogueOffence::FieldName { name: field.name.clone() });
        } else if !names.insert(field.name.as_str()) {
            offences.push(CatalogueOffence::FieldTwice { name: field.name.clone() });
        }
        let fills = field.fills.as_deref().and_then(|written| element(&field.name, written, offences));
        if let Some(element) = fills
            && !elements.insert(element)
        {
            offences.push(CatalogueOffence::ElementTwice { element });
        }
        let disclosure = disclosure(field, offences);
        fields.push(Field { name: field.name.clone(), disclosure, fills });
    }
    if !elements.contains(&Element::Holder) {
        offences.push(CatalogueOffence::ElementUnfilled { element: Element::Holder });
    }
    fields
}

/// Lower-case letters, digits, underscores, beginning with a letter.
pub(super) fn is_name(text: &str) -> bool {
    text.len() <= LONGEST_NAME
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

fn element(name: &str, written: &str, offences: &mut Vec<CatalogueOffence>) -> Option<Element> {
    let Some(element) = Element::of_name(written) else {
        offences.push(CatalogueOffence::Element { name: name.to_owned(), element: written.to_owned() });
        return None;
    };
    let by_applicant = matches!(
        element,
        Element::Number
            | Element::IssuingBody
            | Element::IssuedOn
            | Element::Holder
            | Element::HolderCode
            | Element::ValidFrom
            | Element::ValidUntil
            | Element::Area
    );
    if !by_applicant {
        offences.push(CatalogueOffence::ElementComputed { element });
    }
    Some(element)
}

fn disclosure(field: &RawField, offences: &mut Vec<CatalogueOffence>) -> Disclosure {
    match (field.disclosure, &field.mask) {
        (RawDisclosure::Public, None) => Disclosure::Public,
        (RawDisclosure::WithConsent, None) => Disclosure::WithConsent,
        (RawDisclosure::Masked, Some(mask)) => {
            let mask = Mask { keep_first: usize::from(mask.keep_first), keep_last: usize::from(mask.keep_last) };
            if mask.keep_first + mask.keep_last > MASK_KEEPS {
                offences.push(CatalogueOffence::MaskKeeps { name: field.name.clone(), limit: MASK_KEEPS });
            }
            Disclosure::Masked(mask)
        }
        _ => {
            offences.push(CatalogueOffence::Mask { name: field.name.clone() });
            Disclosure::WithConsent
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_never_show_more_than_half() {
        let mask = Mask { keep_first: 3, keep_last: 4 };
        assert_eq!(mask.apply("11010519491231002X"), "110***********002X");
        assert_eq!(mask.apply("张三丰"), "**丰");
        assert_eq!(mask.apply("张"), "*");
        assert_eq!(mask.apply(""), "");
        for count in 0..20 {
            let shown = mask.apply(&"x".repeat(count)).matches('x').count();
            assert!(shown <= count / 2, "{count}: {shown}");
        }
        assert_eq!(Mask { keep_first: 0, keep_last: 1 }.apply("张三"), "*三");
    }

    #[test]
    fn what_each_audience_sees() {
        let masked = Disclosure::Masked(Mask { keep_first: 0, keep_last: 1 });
        for (class, everybody, shown) in [
            (Disclosure::Public, Some("张三"), Some("张三")),
            (masked, Some("*三"), Some("*三")),
            (Disclosure::WithConsent, None, Some("张三")),
        ] {
            assert_eq!(class.shown_to(Audience::Everybody, "张三").as_deref(), everybody);
            assert_eq!(class.shown_to(Audience::Shown, "张三").as_deref(), shown);
            assert_eq!(class.shown_to(Audience::Keeper, "张三").as_deref(), Some("张三"));
        }
    }
}

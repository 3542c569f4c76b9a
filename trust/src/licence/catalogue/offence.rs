//! What can be wrong with a catalogue entry that is well-formed JSON.

use crate::{
    base::Day,
    licence::{codes::CreditCodeOffence, identifier::IdentifierOffence, metadata::Element},
};

/// One offence of a catalogue entry, with the member it stands in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueOffence {
    /// A text that may not be empty, or not that long.
    #[error("{member} has 1 to {limit} characters")]
    Text {
        /// Where.
        member: String,
        /// Most characters.
        limit: usize,
    },
    /// No type code.
    #[error("type_code: {0}")]
    TypeCode(IdentifierOffence),
    /// Revisions start with 1.
    #[error("revision starts with 1")]
    Revision,
    /// No credit code.
    #[error("{member}: {offence}")]
    CreditCode {
        /// Where.
        member: String,
        /// What is wrong with it.
        offence: CreditCodeOffence,
    },
    /// The defining body is another than the type code begins with.
    #[error("defining_body.code is not what the type code begins with")]
    DefiningBodyDiffers,
    /// No code of annex A of GB/T 36903.
    #[error("holder_code_types: {code:?} is none of the known ones")]
    HolderCodeType {
        /// As written.
        code: String,
    },
    /// The list of holder code types is empty, has one twice, or one that the
    /// holder category does not have.
    #[error("holder_code_types does not fit the holder category")]
    HolderCodeTypes,
    /// Which issuing bodies there may be: not a single level.
    #[error("issuing_levels is empty or has a level twice")]
    IssuingLevels,
    /// An issuing body stops before it starts.
    #[error("issuing body {code} stops on {until}, before it starts on {from}")]
    IssuingBodyPeriod {
        /// Its credit code.
        code: String,
        /// First day.
        from: Day,
        /// Last day.
        until: Day,
    },
    /// The same body in two periods that overlap.
    #[error("issuing body {code} stands there twice for the same days")]
    IssuingBodyTwice {
        /// Its credit code.
        code: String,
    },
    /// A name of a face that is no lower-case word with hyphens.
    #[error("face is a word of lower-case letters, digits and hyphens")]
    Face,
    /// No field at all, or more than 200.
    #[error("a type has 1 to {limit} fields")]
    FieldCount {
        /// Most fields.
        limit: usize,
    },
    /// A field's name is not lower-case letters, digits and underscores.
    #[error("field {name:?}: a name is lower-case letters, digits and underscores")]
    FieldName {
        /// As written.
        name: String,
    },
    /// Two fields of one name.
    #[error("field {name} stands there twice")]
    FieldTwice {
        /// Its name.
        name: String,
    },
    /// A masked field without a mask, or a mask on another field.
    #[error("field {name}: a mask belongs to masked fields, and to all of them")]
    Mask {
        /// Its name.
        name: String,
    },
    /// A mask that could show everything: at most 16 characters stay in all.
    #[error("field {name}: a mask keeps at most {limit} characters")]
    MaskKeeps {
        /// Its name.
        name: String,
        /// Most characters.
        limit: usize,
    },
    /// No element of GB/T 36903.
    #[error("field {name}: there is no metadata element {element:?}")]
    Element {
        /// Its name.
        name: String,
        /// As written.
        element: String,
    },
    /// Two fields for one element.
    #[error("{element} is filled by two fields")]
    ElementTwice {
        /// The element.
        element: Element,
    },
    /// No field for an element that every licence takes from its face.
    #[error("no field fills {element}")]
    ElementUnfilled {
        /// The element.
        element: Element,
    },
    /// An element that the issuing system computes cannot be a field.
    #[error("{element} is not for a field to fill")]
    ElementComputed {
        /// The element.
        element: Element,
    },
    /// A number rule that cannot make different numbers, or too long ones.
    #[error("number_rule: {0}")]
    NumberRule(&'static str),
    /// A rule of 0 or more than 100 years.
    #[error("validity_rule: 1 to 100 years")]
    ValidityYears,
    /// The validity rule needs a field that fills 证照有效期截止日期, or has no use for one.
    #[error("validity_rule and the fields do not fit: {0}")]
    ValidityField(&'static str),
    /// Something about the schema of the fields.
    #[error("schema: {0}")]
    Schema(super::schema::SchemaOffence),
}

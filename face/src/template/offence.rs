//! What can be wrong with a template, each offence by its name.

use yinxin_trust::licence::Offences;

/// Why a text is no face for a catalogue entry.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FaceError {
    /// More than 256 KiB.
    #[error("a face has at most {limit} octets")]
    TooLong {
        /// In octets.
        limit: usize,
    },
    /// No TOML, or not the members of a face; with the place.
    #[error("not the TOML of a face: {0}")]
    Toml(String),
    /// Well-formed, with offences.
    #[error("{0}")]
    Offences(#[from] Offences<FaceOffence>),
}

/// One thing that is wrong with a face. A place is the text of a box, shortened,
/// or the name of a table.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum FaceOffence {
    #[error("the face is called {face:?}, the catalogue entry names {entry:?}")]
    OtherFace { face: String, entry: String },
    #[error("a page is 50 to 1000 mm wide and high")]
    PageSize,
    #[error("{place}: {colour:?} is no colour such as #1a2b3c")]
    Colour { place: String, colour: String },
    #[error("there are more than {limit} shapes, texts and styles")]
    TooMany { limit: usize },
    #[error("what the face repeats makes its template page too large")]
    TooMuch,
    #[error("style {style}: there is no font {font:?}")]
    Font { style: String, font: String },
    #[error("style {style}: sizes are 1 to 100 mm and min_size is not over size")]
    Size { style: String },
    #[error("style {style}: leading is 1 to 4 ems, spacing 0 to 10")]
    Leading { style: String },
    #[error("{place}: there is no style {style:?}")]
    Style { place: String, style: String },
    #[error("{place}: the box is not on the page, or is empty")]
    Outside { place: String },
    #[error("{first} and {second} overlap")]
    Overlap { first: String, second: String },
    #[error("shape {number} is not one of rect, line, circle and path, filled or stroked")]
    Shape { number: usize },
    #[error("shape {number}: the path is not of M, L, B and C with numbers, or too long")]
    Path { number: usize },
    #[error("shape {number}: a line is 0.02 to 20 mm wide")]
    LineWidth { number: usize },
    #[error("shape {number} is repeated more than {limit} times, or not at all")]
    Repeat { number: usize, limit: usize },
    #[error("{place}: braces are not those of placeholders")]
    Braces { place: String },
    #[error("{place}: there is neither a field nor an element of the metadata called {name:?}")]
    Placeholder { place: String, name: String },
    #[error("{place}: {name} stands on attached pages only")]
    PageNumber { place: String, name: String },
    #[error("field {field} of the catalogue entry is neither on the face nor hidden")]
    NotShown { field: String },
    #[error("field {field} is hidden, and on the face")]
    HiddenAndShown { field: String },
    #[error("hidden names {field:?}, which is no field of the catalogue entry")]
    HiddenUnknown { field: String },
    #[error("{place}: no font has U+{code_point:04X}")]
    Uncovered { place: String, code_point: u32 },
    #[error("{place}: the text does not fit its box")]
    CaptionTooLong { place: String },
    #[error(
        "{place}: a text that may go on to an attached page has one field, a box of two lines at least, and a face with attached pages"
    )]
    Overflow { place: String },
    #[error("a seal's place has sides of 5 to 100 mm")]
    SealSize,
    #[error("the code's place is a square of at least 15 mm")]
    CodeSize,
    #[error("the box of attached pages holds fewer than three lines")]
    AttachedSize,
}

//! Fonts: TrueType outlines with a Unicode map, read once, then asked for
//! characters, advances and subsets.
//!
//! Two fonts ship with the crate, `song` and `song-bold` (`fonts/`); others come
//! as octets under a name. A character is taken from the font that the template
//! names and, where that has none, from the others in their order.

mod outline;
mod read;
mod subset;

pub use outline::{Outline, Step, Steps};
pub(crate) use subset::{Subset, subset, subset_named};

use core::fmt;
use resvg::usvg::fontdb;
use std::sync::Arc;

static REGULAR: &[u8] = include_bytes!("../../fonts/YinxinSong-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../fonts/YinxinSong-Bold.ttf");
/// Family of the shipped fonts, as their name tables have it.
const FAMILY: &str = "Yinxin Song";
/// Most fonts in a set.
const MOST: usize = 16;
/// Largest font, octets.
const BYTES: usize = 64 << 20;

/// Why octets are refused as a font.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum FontFault {
    #[error("the font's name {0:?} is not 1 to 32 lower-case letters, digits and hyphens")]
    Name(String),
    #[error("there is a font of the name {0} already")]
    NameTaken(String),
    #[error("there are more than {MOST} fonts")]
    TooMany,
    #[error("the font is larger than {BYTES} octets")]
    TooLarge,
    #[error("the font is a collection; one face of it is needed")]
    Collection,
    #[error("the font has no TrueType outlines")]
    NoOutlines,
    #[error("the font's tables do not fit together")]
    Damaged,
    #[error("the font has no Unicode map")]
    NoUnicodeMap,
    #[error("the font's licence does not let it be embedded (OS/2 fsType)")]
    EmbeddingForbidden,
}

/// One font, read.
pub(crate) struct Font {
    pub(crate) name: String,
    octets: Octets,
    /// Sorted by character.
    map: Box<[(u32, u16)]>,
    /// Of each glyph, in ems.
    advances: Box<[f64]>,
    units_per_em: f64,
    /// Above the baseline, in ems.
    pub(crate) ascent: f64,
    /// Below the baseline, in ems, positive.
    pub(crate) descent: f64,
    pub(crate) weight: u16,
}

#[derive(Clone)]
enum Octets {
    Shipped(&'static [u8]),
    Given(Arc<Vec<u8>>),
}

impl Octets {
    fn get(&self) -> &[u8] {
        match self {
            Self::Shipped(octets) => octets,
            Self::Given(octets) => octets,
        }
    }
}

impl Font {
    pub(crate) fn octets(&self) -> &[u8] {
        self.octets.get()
    }

    /// The glyph of a character.
    pub(crate) fn glyph(&self, character: char) -> Option<u16> {
        let found = self.map.binary_search_by_key(&u32::from(character), |(known, _)| *known).ok()?;
        self.map.get(found).map(|(_, glyph)| *glyph)
    }

    /// How far the next glyph stands, in ems.
    pub(crate) fn advance(&self, glyph: u16) -> f64 {
        self.advances.get(usize::from(glyph)).copied().unwrap_or(1.0)
    }

    pub(crate) fn units_per_em(&self) -> f64 {
        self.units_per_em
    }

    /// Draws a glyph in font units, y up.
    pub(crate) fn outline(&self, glyph: u16, builder: &mut dyn ttf_parser::OutlineBuilder) {
        if let Ok(face) = ttf_parser::Face::parse(self.octets(), 0) {
            let _ = face.outline_glyph(ttf_parser::GlyphId(glyph), builder);
        }
    }
}

/// A set of fonts, the shipped ones first.
#[derive(Clone)]
pub struct Fonts {
    fonts: Vec<Arc<Font>>,
    database: Arc<fontdb::Database>,
}

impl Fonts {
    /// `song` and `song-bold`. The first covers 通用规范汉字表 and GBK, the second
    /// 通用规范汉字表 and GB 2312.
    pub fn shipped() -> Self {
        let shipped = [("song", REGULAR), ("song-bold", BOLD)];
        let fonts = shipped.iter().filter_map(|(name, octets)| read::font(name, Octets::Shipped(octets)).ok());
        let mut database = fontdb::Database::new();
        for octets in [REGULAR, BOLD] {
            database.load_font_source(fontdb::Source::Binary(Arc::new(octets)));
        }
        // whatever family the text of a seal asks for, it is drawn with ours
        database.set_serif_family(FAMILY);
        database.set_sans_serif_family(FAMILY);
        database.set_monospace_family(FAMILY);
        Self { fonts: fonts.map(Arc::new).collect(), database: Arc::new(database) }
    }

    /// With one more font: TrueType outlines, one face.
    ///
    /// # Errors
    /// [`FontFault`].
    pub fn with(mut self, name: &str, octets: Vec<u8>) -> Result<Self, FontFault> {
        let is_name = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-';
        if !(1..=32).contains(&name.len()) || !name.bytes().all(is_name) {
            return Err(FontFault::Name(name.chars().take(40).collect()));
        }
        if self.index(name).is_some() {
            return Err(FontFault::NameTaken(name.to_owned()));
        }
        if self.fonts.len() >= MOST {
            return Err(FontFault::TooMany);
        }
        if octets.len() > BYTES {
            return Err(FontFault::TooLarge);
        }
        let font = read::font(name, Octets::Given(Arc::new(octets)))?;
        self.fonts.push(Arc::new(font));
        Ok(self)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fonts.iter().map(|font| font.name.as_str())
    }

    /// Whether the font of this name has the character.
    pub fn covers(&self, name: &str, character: char) -> bool {
        self.index(name).is_some_and(|index| self.fonts[index].glyph(character).is_some())
    }

    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.fonts.iter().position(|font| font.name == name)
    }

    pub(crate) fn get(&self, index: usize) -> &Font {
        &self.fonts[index]
    }

    /// The font and the glyph of a character, `first` asked first.
    pub(crate) fn find(&self, first: usize, character: char) -> Option<(usize, u16)> {
        let others = (0..self.fonts.len()).filter(|index| *index != first);
        core::iter::once(first)
            .chain(others)
            .find_map(|index| self.fonts.get(index)?.glyph(character).map(|glyph| (index, glyph)))
    }

    /// For the text in seals that are SVG.
    pub(crate) fn database(&self) -> Arc<fontdb::Database> {
        self.database.clone()
    }
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests;

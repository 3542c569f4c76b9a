//! What is asked for.

use super::StampError;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use yinxin_trust::sm::sm3;
use yinxin_view::{Edge, Occurrence, Spot};

/// Wishes of one order at most.
const MOST_PLACES: usize = 100;
/// Characters of a title that are kept.
pub(super) const TITLE_CHARACTERS: usize = 200;

/// A document to be stamped.
#[derive(Clone, Debug, PartialEq)]
pub struct StampOrder {
    /// Id of the seal, of the caller's body or of another.
    pub seal: String,
    /// Where the stamp is shown, one wish at least.
    pub places: Vec<Place>,
    /// Whether a signed document may show what its signatures do not cover: the new stamp then covers it.
    pub accept_uncovered: bool,
    /// Whoever asks again with the same key and the same document gets the same stamp.
    pub key: String,
}

/// A digest to be stamped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DigestOrder {
    /// Id of the seal, of the caller's body or of another.
    pub seal: String,
    /// SM3 of Signature.xml, 64 hexadecimal digits.
    pub data_hash: String,
    /// Absolute path of Signature.xml in its package, visible ASCII.
    pub property: String,
    /// What the caller calls the document, for the ledger; nobody here can say that it is so. Up to 200 characters.
    #[serde(default)]
    pub title: Option<String>,
}

/// A wish where a stamp is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Place {
    /// The top left corner of the stamp on a page.
    At {
        /// From 1 on.
        page: usize,
        /// Millimetres from the left edge.
        x_mm: f64,
        /// Millimetres from the top edge.
        y_mm: f64,
    },
    /// Its middle on the middle of a word of the text.
    Word {
        /// The word.
        text: String,
        /// Which of its places.
        #[serde(default)]
        which: Which,
        /// Moved to the right, millimetres.
        #[serde(default)]
        dx_mm: f64,
        /// Moved down, millimetres.
        #[serde(default)]
        dy_mm: f64,
    },
    /// Its middle on the middle of an object with this name or ID.
    Field(String),
    /// 骑缝章: a strip on each page.
    Riding {
        /// Along which edge.
        edge: EdgeName,
        /// Its middle along the edge, millimetres from the top or the left.
        at_mm: f64,
    },
}

/// Which places of a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// The only one or the last one.
    #[default]
    Last,
    /// All of them.
    Every,
    /// This one, from 1 on.
    Number(usize),
}

/// An edge of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum EdgeName {
    Left,
    Right,
    Top,
    Bottom,
}

/// Text that is no [`Place`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a place is at:PAGE,X,Y, word:TEXT (the last one), word#N:TEXT, every:TEXT, field:NAME or riding:EDGE,AT, in \
     millimetres, or a JSON object as the API takes it"
)]
pub struct NoPlace;

/// As it is typed: see [`NoPlace`].
impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        if text.starts_with('{') {
            return serde_json::from_str(text).map_err(|_| NoPlace);
        }
        let (kind, rest) = text.split_once(':').ok_or(NoPlace)?;
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|value| value.is_finite()).ok_or(NoPlace);
        let word = |which| Self::Word { text: rest.to_owned(), which, dx_mm: 0.0, dy_mm: 0.0 };
        match kind {
            "word" => Ok(word(Which::Last)),
            "every" => Ok(word(Which::Every)),
            "field" => Ok(Self::Field(rest.to_owned())),
            "at" => match rest.split(',').collect::<Vec<_>>().as_slice() {
                [page, x, y] => {
                    let page = page.trim().parse().map_err(|_| NoPlace)?;
                    Ok(Self::At { page, x_mm: number(x)?, y_mm: number(y)? })
                }
                _ => Err(NoPlace),
            },
            "riding" => {
                let (edge, at) = rest.split_once(',').ok_or(NoPlace)?;
                let edge = match edge.trim() {
                    "left" => EdgeName::Left,
                    "right" => EdgeName::Right,
                    "top" => EdgeName::Top,
                    "bottom" => EdgeName::Bottom,
                    _ => return Err(NoPlace),
                };
                Ok(Self::Riding { edge, at_mm: number(at)? })
            }
            kind => {
                let which = kind.strip_prefix("word#").ok_or(NoPlace)?;
                Ok(word(Which::Number(which.parse().map_err(|_| NoPlace)?)))
            }
        }
    }
}

/// The wishes as the viewer takes them.
pub(super) fn spots(places: &[Place]) -> Vec<Spot> {
    let one = |place: &Place| match place {
        Place::At { page, x_mm, y_mm } => Spot::At { page: *page, x: *x_mm, y: *y_mm },
        Place::Word { text, which, dx_mm, dy_mm } => {
            let which = match which {
                Which::Last => Occurrence::Last,
                Which::Every => Occurrence::Every,
                Which::Number(number) => Occurrence::Number(*number),
            };
            Spot::Word { text: text.clone(), which, dx: *dx_mm, dy: *dy_mm }
        }
        Place::Field(name) => Spot::Field(name.clone()),
        Place::Riding { edge, at_mm } => {
            let edge = match edge {
                EdgeName::Left => Edge::Left,
                EdgeName::Right => Edge::Right,
                EdgeName::Top => Edge::Top,
                EdgeName::Bottom => Edge::Bottom,
            };
            Spot::Riding { edge, at: *at_mm }
        }
    };
    places.iter().map(one).collect()
}

impl StampOrder {
    /// What makes two orders with one key the same.
    pub(super) fn digest(&self, document: &sm3::Digest) -> Result<sm3::Digest, StampError> {
        if self.places.len() > MOST_PLACES {
            return Err(StampError::Order("at most 100 places in one order"));
        }
        digest_of(&("document", &self.seal, &self.places, self.accept_uncovered, hex::encode(document)))
    }
}

impl DigestOrder {
    /// The digest that is stamped, once the order is one.
    pub(super) fn checked(&self) -> Result<sm3::Digest, StampError> {
        let data_hash: Option<sm3::Digest> =
            hex::decode(&self.data_hash).ok().and_then(|octets| octets.as_slice().try_into().ok());
        let data_hash = data_hash.ok_or(StampError::Order("data_hash is 64 hexadecimal digits"))?;
        let is_path = self.property.starts_with('/')
            && self.property.len() <= 1024
            && self.property.bytes().all(|octet| octet.is_ascii_graphic());
        if !is_path {
            return Err(StampError::Order("property is an absolute path of visible ASCII characters"));
        }
        if self.title.as_ref().is_some_and(|title| crate::flow::text::line(title, TITLE_CHARACTERS).is_none()) {
            return Err(StampError::Order("a title has 1 to 200 characters on one line"));
        }
        Ok(data_hash)
    }

    /// What makes two orders with one key the same.
    pub(super) fn digest(&self) -> Result<sm3::Digest, StampError> {
        digest_of(&("digest", &self.seal, self.data_hash.to_ascii_lowercase(), &self.property, &self.title))
    }
}

fn digest_of(asked: &impl Serialize) -> Result<sm3::Digest, StampError> {
    let octets = serde_json::to_vec(asked).map_err(|cause| StampError::record(&cause))?;
    Ok(sm3::digest(&octets))
}

/// A title of a document, on one line and cut; none where it says nothing.
pub(super) fn title_of(title: Option<&str>) -> Option<String> {
    let line: String = title?.chars().filter(|c| !c.is_control()).take(TITLE_CHARACTERS).collect();
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_typed() {
        let word = |text: &str, which| Place::Word { text: text.to_owned(), which, dx_mm: 0.0, dy_mm: 0.0 };
        for (text, place) in [
            ("at:2,10.5,20", Place::At { page: 2, x_mm: 10.5, y_mm: 20.0 }),
            ("word:盖章:处", word("盖章:处", Which::Last)),
            ("word#2:盖章", word("盖章", Which::Number(2))),
            ("every:盖章", word("盖章", Which::Every)),
            ("field:签章处", Place::Field("签章处".to_owned())),
            ("riding:right,148.5", Place::Riding { edge: EdgeName::Right, at_mm: 148.5 }),
            (
                r#"{"word":{"text":"章","which":{"number":3},"dx_mm":-2}}"#,
                Place::Word { text: "章".to_owned(), which: Which::Number(3), dx_mm: -2.0, dy_mm: 0.0 },
            ),
        ] {
            assert_eq!(text.parse(), Ok(place), "{text}");
        }
        for text in ["", "盖章", "at:1,2", "at:x,1,2", "at:1,NaN,2", "riding:up,1", "word#x:y", "{\"at\":{}}"] {
            assert_eq!(text.parse::<Place>(), Err(NoPlace), "{text}");
        }
    }

    #[test]
    fn an_order_for_a_digest_is_held_to_its_form() {
        let sound = DigestOrder {
            seal: "s".into(),
            data_hash: "0A".repeat(32),
            property: "/Doc_0/Signs/Sign_0/Signature.xml".into(),
            title: Some("合同".into()),
        };
        assert_eq!(sound.checked().unwrap(), [10; 32]);
        for wrong in [
            DigestOrder { data_hash: "0A".repeat(31), ..sound.clone() },
            DigestOrder { data_hash: "xy".repeat(32), ..sound.clone() },
            DigestOrder { property: "Doc_0".into(), ..sound.clone() },
            DigestOrder { property: "/印".into(), ..sound.clone() },
            DigestOrder { title: Some("a\nb".into()), ..sound.clone() },
        ] {
            assert!(matches!(wrong.checked(), Err(StampError::Order(_))), "{wrong:?}");
        }
        // the same asked in other letters is the same
        let small = DigestOrder { data_hash: "0a".repeat(32), ..sound.clone() };
        assert_eq!(small.digest().unwrap(), sound.digest().unwrap());
        assert_ne!(DigestOrder { title: None, ..small }.digest().unwrap(), sound.digest().unwrap());
    }

    #[test]
    fn titles_are_one_line_and_cut() {
        assert_eq!(title_of(Some(" 采购\n合同 ")).as_deref(), Some("采购合同"));
        assert_eq!(title_of(Some(" \t")), None);
        assert_eq!(title_of(Some(&"长".repeat(999))).map(|title| title.chars().count()), Some(TITLE_CHARACTERS));
    }
}

//! Where a stamp is shown (StampAnnot, GB/T 33190 18.2.3).

use super::{WriteFault, markup, signature_list::id_of};

/// Places of one stamp at most.
const MOST: usize = 1000;

/// One place where the stamp is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// ID of the page, not its number.
    pub page: String,
    /// Where on the page.
    pub boundary: Boundary,
    /// Which part of the boundary is shown; whole without it.
    pub clip: Option<Boundary>,
}

/// A rectangle, millimetres from the top left, to three decimals.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Boundary {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// One place at least, and not more than are read.
pub(in crate::ofd) fn check_count(placements: &[Placement]) -> Result<(), WriteFault> {
    match placements.len() {
        0 => Err(WriteFault::NoPlacement),
        1..=MOST => Ok(()),
        _ => Err(WriteFault::TooManyPlacements),
    }
}

/// The elements of the places, their IDs counted from `first_id` on.
pub(super) fn elements(places: &[Placement], first_id: u64) -> Result<String, WriteFault> {
    let mut out = String::new();
    for (place, id) in places.iter().zip(first_id..) {
        let clip = match &place.clip {
            Some(clip) => format!(" Clip=\"{}\"", clip.text()?),
            None => String::new(),
        };
        let (id, page, boundary) = (id_of(id), markup::escape(&place.page), place.boundary.text()?);
        out += &format!("<ofd:StampAnnot ID=\"{id}\" PageRef=\"{page}\" Boundary=\"{boundary}\"{clip}/>");
    }
    Ok(out)
}

impl Boundary {
    /// `x y w h`. The rectangle may begin outside the page (骑缝章).
    fn text(&self) -> Result<String, WriteFault> {
        let place = |value: f64| value.is_finite() && value.abs() <= 2000.0;
        let side = |value: f64| (1.0..=2000.0).contains(&value);
        if !(place(self.x) && place(self.y) && side(self.width) && side(self.height)) {
            return Err(WriteFault::Boundary);
        }
        let numbers = [self.x, self.y, self.width, self.height].map(|value| {
            let text = format!("{value:.3}");
            let short = text.trim_end_matches('0').trim_end_matches('.');
            if short == "-0" { "0".to_owned() } else { short.to_owned() }
        });
        Ok(numbers.join(" "))
    }
}

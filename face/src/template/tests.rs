use super::*;
use crate::testing::{BUSINESS, CONSTRUCTION, FOOD, entry};

#[test]
fn the_shipped_faces_fit_their_entries() {
    let fonts = Arc::new(Fonts::shipped());
    for (face, json) in [FOOD, BUSINESS, CONSTRUCTION] {
        if let Err(error) = Face::parse(face, &entry(json), &fonts) {
            panic!("{error}");
        }
    }
}

//! A verdict of each state with the words of the table and nothing else, as the window shows it: some states are
//! rare, and how they look and sound is tried on these.

use super::{
    Desk,
    views::{blank, in_lang, whole_page, wording},
};
use crate::{
    config::Site,
    flow::access::PurposeError,
    web::pages::{PageState, state_words, visit::Visit, words::Words},
};

/// The page of a state, as `/window` would show it.
///
/// # Errors
/// When the template cannot be written, which means that memory ran out.
pub fn window_specimen(state: PageState, site: &Site) -> Result<String, askama::Error> {
    let purpose = "核验".parse().map_err(|error: PurposeError| askama::Error::Custom(Box::new(error)))?;
    let desk = Desk { visit: Visit::of_nobody(), purpose };
    let of = |lang| {
        let desk = in_lang(&desk, lang);
        let (title, why, next) = state_words::in_full(state, lang);
        let words = Words { title: title.to_owned(), why: why.to_owned(), next: next.to_owned() };
        wording(&desk, vec![blank(0, state, words, lang)])
    };
    whole_page(&desk, site, of, Vec::new())
}

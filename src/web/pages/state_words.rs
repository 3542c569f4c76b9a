//! The one table of the states that are shown: code, family, headline and next step. Pages show it and screen readers speak
//! it; the API gives it, and docs/states.md is written from it.

use super::{
    prefs::Lang,
    state::{Family, PageState},
    words,
};
use crate::flow::shown::NONSTANDARD_FORM;
use serde::Serialize;
use std::fmt::Write as _;

/// One state in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StateWords {
    /// Its stable code, such as `VALID`.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// `valid` (green, disc), `info` (blue, square), `caution` (amber, triangle), `refuse` (red, octagon) or `neutral` (grey, ring).
    #[schema(value_type = String)]
    pub family: &'static str,
    /// The verdict itself.
    pub title: BothWords,
    /// What to do.
    pub next: BothWords,
    /// Whether it is no state but a note that stands beside one, as in the header `yinxin-note`.
    pub is_note: bool,
}

/// The same in two languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BothWords {
    /// Chinese.
    #[schema(value_type = String)]
    pub zh: &'static str,
    /// English.
    #[schema(value_type = String)]
    pub en: &'static str,
}

/// Every state, in the order of the table, and the note that stands beside some.
pub fn state_words() -> Vec<StateWords> {
    let of = |state: PageState| {
        let ((zh, zh_next), (en, en_next)) = (in_short(state, Lang::Zh), in_short(state, Lang::En));
        StateWords {
            code: state.code(),
            family: state.family().tone(),
            title: BothWords { zh, en },
            next: BothWords { zh: zh_next, en: en_next },
            is_note: false,
        }
    };
    let ((zh, zh_next), (en, en_next)) = (words::nonstandard(Lang::Zh), words::nonstandard(Lang::En));
    let note = StateWords {
        code: NONSTANDARD_FORM,
        family: Family::Caution.tone(),
        title: BothWords { zh, en },
        next: BothWords { zh: zh_next, en: en_next },
        is_note: true,
    };
    PageState::every().map(of).chain([note]).collect()
}

/// The table as docs/states.md has it.
pub fn states_document() -> String {
    let mut text = String::from(
        "# What is shown\n\nWritten by `yinxin states`. `POST /api/v1/verifications` says the code in the header `yinxin-state`, \
         a note in `yinxin-note`; `GET /api/v1/states` gives this table.\n\n| state | look | verdict | next step |\n|---|---|---|---|\n",
    );
    for one in state_words() {
        let StateWords { code, family, title, next, is_note } = one;
        let look = match family {
            _ if is_note => "amber note beside the verdict",
            family if family == Family::Valid.tone() => "green disc",
            family if family == Family::Info.tone() => "blue square",
            family if family == Family::Caution.tone() => "amber triangle",
            family if family == Family::Refuse.tone() => "red octagon",
            _ => "grey ring",
        };
        // to a text, which takes everything
        let _ = writeln!(text, "| {code} | {look} | {}<br>{} | {}<br>{} |", title.zh, title.en, next.zh, next.en);
    }
    text
}

/// Headline and next step of a state by itself.
pub(super) fn in_short(state: PageState, lang: Lang) -> (&'static str, &'static str) {
    let (title, _, next) = in_full(state, lang);
    (title, next)
}

/// Headline, what it rests on and next step of a state by itself.
pub(super) fn in_full(state: PageState, lang: Lang) -> (&'static str, &'static str, &'static str) {
    match state {
        PageState::NotInForce(_) => words::of_register(state, lang),
        PageState::SealBad => words::seal_does_not_hold(lang),
        PageState::FileBad => words::file_is_not_sound(lang),
        other => words::fixed(other, true, lang),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_what_the_table_says() {
        assert_eq!(states_document(), include_str!("../../../docs/states.md"), "write it anew: yinxin states");
    }

    #[test]
    fn every_state_says_what_it_is_and_what_to_do() {
        let all = state_words();
        let mut codes: Vec<_> = all.iter().map(|one| one.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert!(codes.len() == all.len() && all.len() > 30, "a state stands twice in the table");
        // who hears it, or reads it in a list, must not take one for another
        for titles in [|one: &StateWords| one.title.zh, |one: &StateWords| one.title.en] {
            let mut titles: Vec<_> = all.iter().map(titles).collect();
            titles.sort_unstable();
            titles.dedup();
            assert_eq!(titles.len(), all.len(), "two states share a headline");
        }
        for one in &all {
            for text in [one.title.zh, one.title.en, one.next.zh, one.next.en] {
                assert!(!text.trim().is_empty(), "{}", one.code);
            }
        }
        let family = |code: &str| all.iter().find(|one| one.code == code).unwrap().family;
        assert_eq!((family("VALID"), family("TAMPERED"), family("CANNOT_CHECK")), ("valid", "refuse", "neutral"));
    }
}

//! A form that was refused comes again as it was sent, with what is wrong above it: nothing is typed twice.

use super::{
    input::Sent,
    seals::TYPE_FIELD,
    views::{self, Html},
};
use crate::web::{
    Problem,
    pages::{
        handlers::{HTML, or_plain, page},
        login::from_here,
        prefs::Lang,
    },
};
use actix_web::HttpResponse;

/// What stands in a form: nothing yet, or what was sent and why it was refused.
#[derive(Clone, Copy)]
pub(super) struct Again<'a>(Option<(&'a Sent, &'a Problem, Lang)>);

impl<'a> Again<'a> {
    /// The form as it is first.
    pub(super) const FRESH: Self = Self(None);

    pub(super) const fn refused(sent: &'a Sent, problem: &'a Problem, lang: Lang) -> Self {
        Self(Some((sent, problem, lang)))
    }

    pub(super) const fn is_refused(&self) -> bool {
        self.0.is_some()
    }

    /// What a field said.
    pub(super) fn of(&self, name: &str) -> &'a str {
        self.of_or(name, "")
    }

    /// The same, or what stands there at first.
    pub(super) fn of_or(&self, name: &str, first: &'a str) -> &'a str {
        self.0.map_or(first, |(sent, ..)| sent.get(name).map(String::as_str).unwrap_or_default())
    }

    /// Whether a type of licence was chosen.
    pub(super) fn has_type(&self, code: &str) -> bool {
        let of = |name: &String| name.strip_prefix(TYPE_FIELD) == Some(code);
        self.0.is_some_and(|(sent, ..)| sent.keys().any(of))
    }

    /// Title of what is wrong, and what of the fields, or else its sentence.
    pub(super) fn fault(&self) -> Option<(&'static str, String)> {
        let (_, problem, lang) = self.0?;
        let (title, text) = views::said(problem, lang);
        let of_fields: Vec<&str> = problem.offences().iter().map(|offence| lang.of(&offence.sentence)).collect();
        Some((title, if of_fields.is_empty() { text } else { of_fields.join(" ") }))
    }

    /// The answer with the form.
    pub(super) fn answer(problem: &Problem, html: Html) -> HttpResponse {
        from_here(page(problem.response_with(HTML, or_plain(html))))
    }
}

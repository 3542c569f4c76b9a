//! The kinds of letters: small files beside the faces, read once, checked while they are read.

use crate::flow::window::day_as_written;
use serde::Deserialize;
use std::{collections::BTreeMap, sync::LazyLock};
use yinxin_trust::base::{Day, Sentence};

/// Shipped with the program.
const SHIPPED: [&str; 2] =
    [include_str!("../../../schemas/letters/consent.toml"), include_str!("../../../schemas/letters/commitment.toml")];

/// Most characters that a field may have room for.
const LONGEST: usize = 200;

/// Longest that a letter may hold, years.
const LONGEST_YEARS: u16 = 3;

static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
    let read = |text: &&str| toml::from_str::<File>(text).ok().and_then(|file| Template::of(file).ok());
    SHIPPED.iter().filter_map(read).collect()
});

/// A kind of letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its stable word.
    pub name: String,
    /// What it is called.
    pub title: Sentence,
    /// What it is good for, in few words.
    pub about: Sentence,
    /// What is filled in, in order.
    pub fields: Vec<Field>,
    statement: String,
}

/// Something to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its stable word.
    pub name: String,
    /// What it is called.
    pub title: Sentence,
    /// What goes in.
    pub kind: FieldKind,
}

/// What goes into a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line of at most so many characters.
    Line(usize),
    /// A day from today on, at most three years ahead.
    Day,
}

/// Why a file is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a letter wants 1 to 12 fields of different names, lines with room for 1 to {LONGEST} characters, and a statement whose places are its fields"
)]
pub(super) struct TemplateFault;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    letter: String,
    title: String,
    title_en: String,
    about: String,
    about_en: String,
    statement: String,
    field: Vec<FieldFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldFile {
    name: String,
    title: String,
    title_en: String,
    kind: KindFile,
    most: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindFile {
    Line,
    Day,
}

impl Template {
    /// Every kind.
    pub fn all() -> &'static [Self] {
        &TEMPLATES
    }

    /// The kind of a word.
    pub fn of_name(name: &str) -> Option<&'static Self> {
        TEMPLATES.iter().find(|template| template.name == name)
    }

    fn of(file: File) -> Result<Self, TemplateFault> {
        let mut fields: Vec<Field> = Vec::new();
        for one in file.field {
            let kind = match (one.kind, one.most) {
                (KindFile::Line, Some(most @ 1..=LONGEST)) => FieldKind::Line(most),
                (KindFile::Day, None) => FieldKind::Day,
                _ => return Err(TemplateFault),
            };
            if fields.iter().any(|known| known.name == one.name) {
                return Err(TemplateFault);
            }
            fields.push(Field { name: one.name, title: Sentence::new(one.title, one.title_en), kind });
        }
        let template = Self {
            name: file.letter,
            title: Sentence::new(file.title, file.title_en),
            about: Sentence::new(file.about, file.about_en),
            fields,
            statement: file.statement,
        };
        let some: BTreeMap<_, _> = template.fields.iter().map(|field| (field.name.clone(), String::new())).collect();
        let is_sound = (1..=12).contains(&template.fields.len()) && template.filled_statement(&some).is_some();
        if is_sound { Ok(template) } else { Err(TemplateFault) }
    }

    /// What was filled in, cut to one line each. `Err` names the fields that cannot be taken, in their order.
    pub(super) fn read(
        &self,
        given: &BTreeMap<String, String>,
        today: Day,
    ) -> Result<BTreeMap<String, String>, Vec<String>> {
        let (mut filled, mut wrong) = (BTreeMap::new(), Vec::new());
        for field in &self.fields {
            let text = given.get(&field.name).map(String::as_str).unwrap_or_default();
            let read = match field.kind {
                FieldKind::Line(most) => crate::flow::text::line(text, most),
                FieldKind::Day => day_as_written(text).filter(|day| is_near(today, *day)).map(|day| day.to_string()),
            };
            match read {
                Some(text) => drop(filled.insert(field.name.clone(), text)),
                None => wrong.push(field.name.clone()),
            }
        }
        if wrong.is_empty() { Ok(filled) } else { Err(wrong) }
    }

    /// The statement with every place filled; `None` where a place has no field. What was filled in is taken as it is,
    /// braces in it too.
    pub(super) fn filled_statement(&self, filled: &BTreeMap<String, String>) -> Option<String> {
        let (mut out, mut rest) = (String::new(), self.statement.as_str());
        while let Some((before, from)) = rest.split_once('{') {
            let (name, after) = from.split_once('}')?;
            out.push_str(before);
            let text = filled.get(name)?;
            match Day::parse(text) {
                Ok(day) if self.fields.iter().any(|field| field.name == name && field.kind == FieldKind::Day) => {
                    out.push_str(&day.chinese());
                }
                _ => out.push_str(text),
            }
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }
}

fn is_near(today: Day, day: Day) -> bool {
    today <= day && today.last_of_years(LONGEST_YEARS).is_some_and(|last| day <= last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn every_shipped_letter_is_read() {
        let names: Vec<_> = Template::all().iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["consent", "commitment"]);
        assert_eq!(Template::all().len(), SHIPPED.len());
    }

    #[test]
    fn what_is_filled_in_is_taken_as_it_is() {
        let consent = Template::of_name("consent").unwrap();
        let today = Day::new(2026, 11, 30).unwrap();
        let given = filled(&[("to", " {until}局 "), ("matter", "办证"), ("purpose", "核对"), ("until", "2026-12-31")]);
        let read = consent.read(&given, today).unwrap();
        let statement = consent.filled_statement(&read).unwrap();
        assert!(
            statement.starts_with("本人同意{until}局为办理“办证”") && statement.contains("至2026年12月31日为止"),
            "{statement}"
        );
        for (name, text) in [
            ("to", ""),
            ("to", "甲\n乙"),
            ("to", &*"局".repeat(61)),
            ("until", "2026-11-29"),
            ("until", "2029-12-31"),
            ("until", "明天"),
        ] {
            let mut wrong = given.clone();
            wrong.insert(name.to_owned(), text.to_owned());
            assert_eq!(consent.read(&wrong, today), Err(vec![name.to_owned()]), "{name} {text}");
        }
        assert_eq!(consent.read(&BTreeMap::new(), today).unwrap_err(), ["to", "matter", "purpose", "until"]);
    }

    #[test]
    fn files_that_are_none() {
        let sound = SHIPPED[0];
        let read = |text: &str| toml::from_str::<File>(text).map_err(|_| TemplateFault).and_then(Template::of);
        assert!(read(sound).is_ok());
        for (from, to) in [
            ("{matter}", "{nothing}"),
            ("{matter}", "{matter"),
            ("most = 60", "most = 0"),
            ("most = 60", "most = 201"),
            ("name = \"matter\"", "name = \"to\""),
            ("kind = \"day\"", "kind = \"day\"\nmost = 3"),
            ("letter = ", "kind = "),
        ] {
            assert_eq!(read(&sound.replacen(from, to, 1)), Err(TemplateFault), "{to}");
        }
    }
}

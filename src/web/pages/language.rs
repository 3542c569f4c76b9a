//! Further languages of the pages, each by a file (docs/languages.md, ADR 60).
//!
//! A page in a further language is the English page with its sentences replaced: what stands between tags, and in
//! attributes that people read. What the file does not have stays English. Scripts, addresses and what is typed into
//! fields are left alone, so that a file changes words and nothing else.

use serde::Deserialize;
use std::{borrow::Cow, collections::BTreeMap, fs, io, path::Path};

/// Most octets of a file.
const LARGEST_FILE: usize = 1 << 20;
/// Most sentences in it.
const MOST_SENTENCES: usize = 5000;
/// Most characters of a sentence.
const LONGEST_SENTENCE: usize = 1000;
/// What stands for a part that varies.
const GAP: &str = "{}";
/// Most such parts in a sentence.
const MOST_GAPS: usize = 6;

/// Attributes that people read or hear; and those by which pages hand sentences to scripts.
const READ: [&str; 4] = ["aria-label", "alt", "title", "placeholder"];
const HANDED: &str = "data-";

/// Why a file of a language cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LanguageFault {
    /// It is not TOML of this form.
    #[error("not a file of a language: {0}")]
    Syntax(String),
    /// Larger than a mebioctet, or more than 5,000 sentences.
    #[error("at most 1 MiB and 5,000 sentences")]
    TooLarge,
    /// The tag is no small one of BCP 47, or one of the two languages that are there.
    #[error("tag: two or three letters and parts of up to eight, such as bo or mn-Cyrl, not zh or en")]
    Tag,
    /// The name is empty or long.
    #[error("name: 1 to 30 characters on one line")]
    Name,
    /// A sentence is empty, long or has control characters; or its gaps are other than in English.
    #[error("sentence {0:?}: not empty, at most 1,000 characters on one line, with as many {{}} as the English")]
    Sentence(String),
}

/// One further language.
#[derive(Debug)]
pub struct Language {
    tag: String,
    name: String,
    right_to_left: bool,
    whole: BTreeMap<String, String>,
    /// With gaps; what stands between them, in both.
    patterns: Vec<(Vec<String>, Vec<String>)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    tag: String,
    name: String,
    #[serde(default)]
    right_to_left: bool,
    sentences: BTreeMap<String, String>,
}

impl Language {
    /// Reads a file.
    ///
    /// # Errors
    /// What the system says; [`LanguageFault`] with the name of the file.
    pub fn read(file: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(file)?;
        Self::parse(&text).map_err(|fault| io::Error::other(format!("{}: {fault}", file.display())))
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// [`LanguageFault`]
    pub fn parse(text: &str) -> Result<Self, LanguageFault> {
        if text.len() > LARGEST_FILE {
            return Err(LanguageFault::TooLarge);
        }
        let file: File = toml::from_str(text).map_err(|error| LanguageFault::Syntax(error.message().to_owned()))?;
        if file.sentences.len() > MOST_SENTENCES {
            return Err(LanguageFault::TooLarge);
        }
        if !is_tag(&file.tag) {
            return Err(LanguageFault::Tag);
        }
        if !is_line(&file.name, 30) {
            return Err(LanguageFault::Name);
        }
        let (mut whole, mut patterns) = (BTreeMap::new(), Vec::new());
        for (english, own) in file.sentences {
            let gaps = english.matches(GAP).count();
            if !is_line(&english, LONGEST_SENTENCE)
                || !is_line(&own, LONGEST_SENTENCE)
                || own.matches(GAP).count() != gaps
                || gaps > MOST_GAPS
            {
                return Err(LanguageFault::Sentence(english.chars().take(60).collect()));
            }
            if gaps == 0 {
                whole.insert(english, own);
            } else {
                let parts = |text: &str| text.split(GAP).map(str::to_owned).collect::<Vec<_>>();
                patterns.push((parts(&english), parts(&own)));
            }
        }
        // the one that says most is tried first
        patterns.sort_by_key(|(english, _)| std::cmp::Reverse(english.iter().map(String::len).sum::<usize>()));
        Ok(Self { tag: file.tag, name: file.name, right_to_left: file.right_to_left, whole, patterns })
    }

    /// The value of `lang` in addresses and of the attribute.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// What the language calls itself.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A sentence in this language, where it has it.
    fn say(&self, english: &str) -> Option<Cow<'_, str>> {
        if let Some(own) = self.whole.get(english) {
            return Some(Cow::Borrowed(own));
        }
        self.patterns.iter().find_map(|(parts, own)| {
            let varying = varying(english, parts)?;
            let mut said = String::with_capacity(english.len() * 2);
            for (n, part) in own.iter().enumerate() {
                said.push_str(part);
                // what varies may be a sentence by itself
                if let Some(gap) = varying.get(n) {
                    said.push_str(self.whole.get(*gap).map_or(gap, String::as_str));
                }
            }
            Some(Cow::Owned(said))
        })
    }

    /// An English page in this language.
    pub fn page(&self, english: &str) -> String {
        let mut page = String::with_capacity(english.len() + english.len() / 4);
        let mut rest = english;
        while let Some(begin) = rest.find('<') {
            let (text, tagged) = rest.split_at(begin);
            self.text(&mut page, text);
            let end = tag_end(tagged);
            let (tag, after) = tagged.split_at(end);
            self.tag_into(&mut page, tag);
            rest = after;
            // what stands in these is no sentence
            if let Some(close) = ["<script", "<style"].iter().position(|raw| tag.starts_with(raw)) {
                let close = ["</script", "</style"].get(close).and_then(|close| rest.find(close)).unwrap_or(rest.len());
                let (raw, after) = rest.split_at(close);
                page.push_str(raw);
                rest = after;
            }
        }
        self.text(&mut page, rest);
        page
    }

    fn text(&self, page: &mut String, text: &str) {
        let sentence = text.trim();
        let said = if sentence.is_empty() { None } else { self.say(&unescaped(sentence)) };
        match said {
            None => page.push_str(text),
            Some(said) => {
                let begin = text.find(sentence).unwrap_or_default();
                page.push_str(text.get(..begin).unwrap_or_default());
                escape_into(page, &said);
                page.push_str(text.get(begin + sentence.len()..).unwrap_or_default());
            }
        }
    }

    /// A tag: its sentences, its language, and the language of the addresses in it.
    fn tag_into(&self, page: &mut String, tag: &str) {
        let mut rest = tag;
        let is_link_elsewhere = tag.contains(" hreflang=");
        while let Some(at) = rest.find("=\"") {
            let (before, value) = (rest.get(..at).unwrap_or_default(), rest.get(at + 2..).unwrap_or_default());
            let name = before.rsplit([' ', '\n', '\t']).next().unwrap_or_default();
            let Some(end) = value.find('"') else { break };
            let (value, after) = value.split_at(end);
            page.push_str(before);
            page.push_str("=\"");
            match name {
                "lang" if value == "en" && !is_link_elsewhere => {
                    escape_into(page, &self.tag);
                    if self.right_to_left {
                        page.push_str("\" dir=\"rtl");
                    }
                }
                "href" | "action" | "formaction" if !is_link_elsewhere => {
                    page.push_str(&value.replace("lang=en", &format!("lang={}", self.tag)));
                }
                "value" if value == "en" && tag.contains(" name=\"lang\"") => page.push_str(&self.tag),
                name if READ.contains(&name) || name.starts_with(HANDED) => match self.say(&unescaped(value)) {
                    Some(said) => escape_into(page, &said),
                    None => page.push_str(value),
                },
                _ => page.push_str(value),
            }
            rest = after;
        }
        page.push_str(rest);
    }
}

/// Where a tag ends: quotes may hide a `>`.
fn tag_end(text: &str) -> usize {
    let mut quoted = false;
    for (at, octet) in text.bytes().enumerate() {
        match octet {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// What stands in the gaps of a pattern, where it is that sentence.
fn varying<'t>(text: &'t str, parts: &[String]) -> Option<Vec<&'t str>> {
    let (first, others) = parts.split_first()?;
    let (last, between) = others.split_last()?;
    let mut rest = text.strip_prefix(first.as_str())?;
    let mut found = Vec::with_capacity(others.len());
    for part in between {
        let (gap, after) = rest.split_once(part.as_str())?;
        found.push(gap);
        rest = after;
    }
    found.push(rest.strip_suffix(last.as_str())?);
    Some(found)
}

fn is_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let is_first = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|octet| octet.is_ascii_lowercase());
    let is_further =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|octet| octet.is_ascii_alphanumeric());
    let first = parts.next().unwrap_or_default();
    is_first(first) && !["zh", "en"].contains(&first) && parts.clone().count() <= 3 && parts.all(is_further)
}

fn is_line(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
}

/// The characters that templates escape.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let text = text.replace("&lt;", "<").replace("&#60;", "<").replace("&gt;", ">").replace("&#62;", ">");
    let text = text.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#x27;", "'").replace("&#39;", "'");
    Cow::Owned(text.replace("&amp;", "&").replace("&#38;", "&"))
}

fn escape_into(page: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '<' => page.push_str("&lt;"),
            '>' => page.push_str("&gt;"),
            '&' => page.push_str("&amp;"),
            '"' => page.push_str("&quot;"),
            other => page.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        tag = "bo"
        name = "བོད་སྐད"
        [sentences]
        "Verify" = "ར་སྤྲོད"
        "In force" = "ནུས་ལྡན <b>"
        "{} s left, then renewed" = "སྐར་ཆ {}"
        "since {}, by {}" = "{} ({})"
    "#;

    #[test]
    fn a_page_says_the_same_in_the_words_of_the_file_and_keeps_the_rest() {
        let language = Language::parse(FILE).unwrap();
        let page = r#"<html lang="en"><a href="/verify?lang=en&size=large" title="Verify"> Verify </a><a href="/verify?lang=en" hreflang="en" lang="en">English</a>
<p>Not there &amp; so English</p><input name="x" value="Verify"><input type="hidden" name="lang" value="en"><b data-left="{n} s left, then renewed">12 s left, then renewed</b><i>since 2026, by In force</i><script>Verify</script></html>"#;
        let own = language.page(page);
        assert!(own.contains(r#"<html lang="bo">"#), "{own}");
        assert!(own.contains(r#"href="/verify?lang=bo&size=large" title="ར་སྤྲོད"> ར་སྤྲོད </a>"#), "{own}");
        assert!(own.contains(r#"<a href="/verify?lang=en" hreflang="en" lang="en">English</a>"#), "{own}");
        assert!(own.contains("<p>Not there &amp; so English</p>"), "{own}");
        assert!(own.contains(r#"name="x" value="Verify"><input type="hidden" name="lang" value="bo">"#), "{own}");
        assert!(own.contains(r#"<b data-left="སྐར་ཆ {n}">སྐར་ཆ 12</b>"#), "{own}");
        assert!(own.contains("<i>2026 (ནུས་ལྡན &lt;b&gt;)</i>"), "words of a file are text: {own}");
        assert!(own.contains("<script>Verify</script>"), "{own}");
        for cut in 0..page.len() {
            language.page(page.get(..cut).unwrap_or_default());
        }
    }

    #[test]
    fn what_is_written_from_right_to_left_says_so() {
        let language = Language::parse("tag = \"ug\"\nname = \"u\"\nright_to_left = true\n[sentences]").unwrap();
        assert_eq!(language.page("<main lang=\"en\">x"), "<main lang=\"ug\" dir=\"rtl\">x");
    }

    #[test]
    fn a_file_that_is_none_is_refused_by_name() {
        let with = |tag: &str, name: &str, words: &str| {
            Language::parse(&format!("tag = {tag:?}\nname = {name:?}\n[sentences]\n{words}"))
        };
        for tag in ["zh", "en", "en-GB", "e", "BO", "bo_x", "bo-", "\"><"] {
            assert_eq!(with(tag, "x", "").unwrap_err(), LanguageFault::Tag, "{tag}");
        }
        assert!(with("mn-Cyrl", "x", "").is_ok());
        assert_eq!(with("bo", "", "").unwrap_err(), LanguageFault::Name);
        for words in
            ["\"a\" = \"\"", "\"a {}\" = \"b\"", "\"a\" = \"b\\u0000\"", "\"{}{}{}{}{}{}{}\" = \"{}{}{}{}{}{}{}\""]
        {
            assert!(matches!(with("bo", "x", words), Err(LanguageFault::Sentence(_))), "{words}");
        }
        assert!(matches!(with("bo", "x", "x = 1"), Err(LanguageFault::Syntax(_))));
        assert!(matches!(Language::parse(&" ".repeat(LARGEST_FILE + 1)), Err(LanguageFault::TooLarge)));
    }
}

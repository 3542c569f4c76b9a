//! The language of the report, and what of a document may reach a terminal.

use clap::ValueEnum;
use std::env;
use yinxin_trust::base::Sentence;

/// The language of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Lang {
    /// 简体中文
    Zh,
    /// English
    En,
}

impl Lang {
    /// By the first of LC_ALL, LC_MESSAGES and LANG that is set.
    pub(super) fn of_locale() -> Self {
        Self::of_variables(["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| env::var(name).ok()))
    }

    fn of_variables(variables: [Option<String>; 3]) -> Self {
        let locale = variables.into_iter().flatten().find(|value| !value.is_empty());
        if locale.is_some_and(|l| l.starts_with("zh")) { Self::Zh } else { Self::En }
    }

    /// One of two wordings.
    pub(super) const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// One wording of a sentence, fit for a terminal.
    pub(super) fn sentence(self, sentence: &Sentence) -> String {
        shown(self.pick(&sentence.zh, &sentence.en))
    }
}

/// Text of a document, fit for a terminal: names in a forged document must not
/// move the cursor, recolour our words or turn their direction.
pub(super) fn shown(text: &str) -> String {
    text.chars().map(|c| if moves_text(c) { '\u{fffd}' } else { c }).collect()
}

/// The same of a line in columns, whose tabs stay.
pub(super) fn shown_columns(line: &str) -> String {
    line.split('\t').map(shown).collect::<Vec<_>>().join("\t")
}

fn moves_text(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales() {
        let of = |all: &str, messages: &str, lang: &str| {
            Lang::of_variables([all, messages, lang].map(|v| Some(v.to_owned())))
        };
        assert_eq!(of("", "", "zh_CN.UTF-8"), Lang::Zh);
        assert_eq!(of("", "en_GB.UTF-8", "zh_CN.UTF-8"), Lang::En);
        assert_eq!(of("C", "zh_CN.UTF-8", "zh_CN.UTF-8"), Lang::En);
        assert_eq!(Lang::of_variables([None, None, None]), Lang::En);
    }

    #[test]
    fn nothing_of_a_document_moves_the_cursor() {
        assert_eq!(shown("a\u{1b}[2Jb\r\n\u{202e}c"), "a\u{fffd}[2Jb\u{fffd}\u{fffd}\u{fffd}c");
        assert_eq!(shown("某市公章"), "某市公章");
    }
}

//! Text as it flows: a day is never broken, an identifier breaks behind its dots and nowhere else.

use askama::filters::HtmlSafe;
use core::fmt;

/// Length of `2026-11-21`.
const DAY: usize = 10;

/// Longest word without a space that may break anywhere, in octets.
const WORD: usize = 30;

/// A text of which days stay whole and long identifiers break behind dots. Escaped here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flowing<'a>(pub(super) &'a str);

impl HtmlSafe for Flowing<'_> {}

impl fmt::Display for Flowing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_of_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let mut rest = self.0;
        while !rest.is_empty() {
            let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if is_day(word) {
                write!(f, "<span class=\"nowrap\">{word}</span>")?;
            } else if word.len() > WORD {
                f.write_str(&word.replace('.', ".<wbr>"))?;
            } else {
                f.write_str(word)?;
            }
            let other = after.find(is_of_word).unwrap_or(after.len());
            let (between, next) = after.split_at(other);
            for c in between.chars() {
                match c {
                    '&' => f.write_str("&amp;")?,
                    '<' => f.write_str("&lt;")?,
                    '>' => f.write_str("&gt;")?,
                    '"' => f.write_str("&quot;")?,
                    '\'' => f.write_str("&#39;")?,
                    c => write!(f, "{c}")?,
                }
            }
            rest = next;
        }
        Ok(())
    }
}

fn is_day(word: &str) -> bool {
    let form = |(n, octet): (usize, u8)| if matches!(n, 4 | 7) { octet == b'-' } else { octet.is_ascii_digit() };
    word.len() == DAY && word.bytes().enumerate().all(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_stay_whole_identifiers_break_behind_dots_and_nothing_is_markup() {
        let of = |text: &str| Flowing(text).to_string();
        assert_eq!(of("有效期至 2031-11-21。"), "有效期至 <span class=\"nowrap\">2031-11-21</span>。");
        assert_eq!(
            of("1.2.156.3005.2.11100000000013338W011.1"),
            "1.<wbr>2.<wbr>156.<wbr>3005.<wbr>2.<wbr>11100000000013338W011.<wbr>1"
        );
        assert_eq!(of("v1.2 <b a='1'>&\"甲\""), "v1.2 &lt;b a=&#39;1&#39;&gt;&amp;&quot;甲&quot;");
        assert_eq!((of(""), of("2031-1-21"), of("甲")), (String::new(), "2031-1-21".to_owned(), "甲".to_owned()));
    }
}

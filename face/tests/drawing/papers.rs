//! Sheets of our own: text that is text, the file as it is, and what does not fit by name.

use std::sync::Arc;
use yinxin_face::{Fonts, Paper, PaperError};
use yinxin_testkit::moment;

const FILE: &[u8] = b"{\"key\":\"AAAA\"}";

fn rows(values: &[(&str, &str)]) -> Vec<(String, String)> {
    values.iter().map(|(caption, value)| ((*caption).to_owned(), (*value).to_owned())).collect()
}

fn draw(rows: &[(String, String)], note: &str) -> Result<Vec<u8>, PaperError> {
    let at = moment("2026-11-22T02:00:00Z");
    let paper = Paper {
        title: "核验凭证",
        subtitle: "Receipt of a verification",
        rows,
        note,
        attachment: ("receipt.json", FILE),
        at,
    };
    paper.pdf(&Arc::new(Fonts::shipped()))
}

#[test]
fn the_words_are_text_and_the_file_is_whole() {
    let rows = rows(&[("编号 Number", "0123 4567 89ab cdef"), ("用证事由 Purpose", "食品经营许可延续")]);
    let pdf = draw(&rows, "以签名文件为准").unwrap();
    assert!(pdf.windows(FILE.len()).any(|window| window == FILE), "stored as it is");
    assert!(pdf.windows(13).any(|window| window == b"EmbeddedFiles"));
    assert_eq!(draw(&rows, "以签名文件为准").unwrap(), pdf, "the same octets again");
    let Some(text) = super::copies::text_of(&pdf) else { return };
    for piece in ["核验凭证", "0123 4567 89ab cdef", "食品经营许可延续", "以签名文件为准"] {
        assert!(text.contains(piece), "{piece} is missing in {text}");
    }
}

#[test]
fn what_cannot_be_shown_is_named() {
    let long = "很长".repeat(400);
    let fault = draw(&rows(&[("事由", &long)]), "").unwrap_err();
    assert_eq!(fault, PaperError::TooLong { caption: "事由".to_owned() });
    let many: Vec<_> = (0..40).map(|n| (format!("第 {n} 行"), "值".to_owned())).collect();
    assert!(matches!(draw(&many, ""), Err(PaperError::TooLong { .. })));
    // a purpose of 200 characters fits, and an odd character is seen to be one
    let longest = format!("{}\u{1f600}", "长".repeat(199));
    let pdf = draw(&rows(&[("事由", &longest)]), "").unwrap();
    let Some(text) = super::copies::text_of(&pdf) else { return };
    assert_eq!((text.matches('长').count(), text.matches('□').count()), (199, 1));
}

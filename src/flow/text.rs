//! Names that people give.

/// A name without spaces around it, where it is 1 to `most` characters on one line.
pub(super) fn line(text: &str, most: usize) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_without_spaces_around() {
        assert_eq!(line(" 王 五 ", 3).as_deref(), Some("王 五"));
        for wrong in ["", "  ", "a\nb", "abcd"] {
            assert_eq!(line(wrong, 3), None, "{wrong:?}");
        }
    }
}

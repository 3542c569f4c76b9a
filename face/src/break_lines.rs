//! Where a line may end: between most Chinese characters, never inside a word or a
//! number, never before a closing mark or after an opening one (禁则).

/// Marks that begin no line.
const CLOSING: &str = "、。，．：；！？）〕］｝〉》」』】〗’”…—～·%‰℃)]},.:;!?";
/// Marks that end no line.
const OPENING: &str = "（〔［｛〈《「『【〖‘“([{";

/// Whether a line may end between two characters that follow each other.
pub(crate) fn may_end_between(before: char, after: char) -> bool {
    if before == '\n' {
        return true;
    }
    if after == ' ' || after == '\n' || CLOSING.contains(after) || OPENING.contains(before) {
        return false;
    }
    !(is_of_word(before) && is_of_word(after))
}

/// Letters, digits and what joins them, outside the scripts without spaces.
fn is_of_word(character: char) -> bool {
    (character.is_alphanumeric() && u32::from(character) < 0x2e80) || matches!(character, '-' | '_' | '/' | '.' | '@')
}

/// Cuts advances into lines of at most `width`; `None` where one alone is wider.
/// A line break in the text ends a line and belongs to it; so does a space,
/// which may stand over the edge.
pub(crate) fn break_lines(
    characters: &[char],
    advance: impl Fn(usize) -> f64,
    width: f64,
) -> Option<Vec<core::ops::Range<usize>>> {
    const SLACK: f64 = 1e-6;
    let mut lines = Vec::new();
    let (mut begin, mut used, mut end) = (0, 0.0, None);
    let mut at = 0;
    while at < characters.len() {
        let character = characters[at];
        if at > begin && may_end_between(characters[at - 1], character) {
            end = Some(at);
        }
        if character == '\n' {
            lines.push(begin..at + 1);
            (begin, used, end) = (at + 1, 0.0, None);
            at += 1;
            continue;
        }
        used += advance(at);
        if used > width + SLACK && character != ' ' {
            if at == begin {
                return None;
            }
            // a word wider than the line is cut after a dot or a dash, else where it must be
            let joint = || (begin + 1..=at).rev().find(|cut| matches!(characters[cut - 1], '.' | '-' | '/'));
            let cut = end.or_else(joint).unwrap_or(at);
            lines.push(begin..cut);
            (begin, used, end) = (cut, 0.0, None);
            at = cut;
            continue;
        }
        at += 1;
    }
    if begin < characters.len() {
        lines.push(begin..characters.len());
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, width: f64) -> Option<Vec<String>> {
        let characters: Vec<char> = text.chars().collect();
        let advance = |at: usize| if characters[at].is_ascii() { 0.5 } else { 1.0 };
        let lines = break_lines(&characters, advance, width)?;
        Some(lines.into_iter().map(|line| characters[line].iter().collect()).collect())
    }

    #[test]
    fn lines_end_where_they_may() {
        assert_eq!(lines("热食类食品制售", 3.0).unwrap(), ["热食类", "食品制", "售"]);
        // the comma takes its character along
        assert_eq!(lines("热食类，冷食", 3.0).unwrap(), ["热食", "类，冷", "食"]);
        assert_eq!(lines("热食（冷食）", 3.0).unwrap(), ["热食", "（冷", "食）"]);
        assert_eq!(lines("路1024号", 2.5).unwrap(), ["路", "1024", "号"]);
        assert_eq!(lines("ab cd ef", 2.5).unwrap(), ["ab cd ", "ef"]);
        assert_eq!(lines("甲\n乙丙\n\n丁", 9.0).unwrap(), ["甲\n", "乙丙\n", "\n", "丁"]);
        assert_eq!(lines("1234567890", 2.0).unwrap(), ["1234", "5678", "90"]);
        assert_eq!(lines("1.2.156.3005", 4.0).unwrap(), ["1.2.156.", "3005"]);
        assert_eq!(lines("", 2.0).unwrap(), Vec::<String>::new());
        assert_eq!(lines("甲", 0.9), None);
    }

    #[test]
    fn nothing_is_lost_and_nothing_is_too_wide() {
        let text = "食品销售（含冷藏冷冻食品、特殊食品）；Food (cold), 2026年。".repeat(5);
        for width in 1..40 {
            let lines = lines(&text, f64::from(width)).unwrap();
            assert_eq!(lines.concat(), text);
            for line in lines {
                let wide: f64 = line.trim_end().chars().map(|c| if c.is_ascii() { 0.5 } else { 1.0 }).sum();
                assert!(wide <= f64::from(width), "{line:?} {width}");
            }
        }
    }
}

//! Entry names: how octets become text, and which names are offences.

use crate::ofd::Offence;

/// Longest name taken, in octets.
pub(super) const NAME_BYTES: usize = 1024;

/// The name as text. Names are UTF-8 whether or not the flag says so; those
/// that are not are mostly GBK from older tools, and are read as GB 18030 so
/// that links find them; what is neither is shown with replacement characters.
pub(super) fn decode(octets: &[u8]) -> String {
    if let Ok(text) = core::str::from_utf8(octets) {
        return text.to_owned();
    }
    encoding_rs::GB18030
        .decode_without_bom_handling_and_without_replacement(octets)
        .map_or_else(|| String::from_utf8_lossy(octets).into_owned(), |text| text.into_owned())
}

/// Every offence in a name; a directory's final slash is none.
pub(super) fn offences(name: &str) -> Vec<Offence> {
    let mut found = Vec::new();
    let mut when = |condition: bool, offence| {
        if condition {
            found.push(offence);
        }
    };
    let body = name.strip_suffix('/').unwrap_or(name);
    let drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let absolute = name.starts_with('/') || drive;
    when(name.is_empty(), Offence::EmptyName);
    when(absolute, Offence::AbsoluteName);
    when(name.contains('\\'), Offence::BackslashInName);
    when(name.chars().any(char::is_control), Offence::ControlInName);
    let mut segments = body.split(['/', '\\']);
    when(segments.clone().any(|s| s == ".."), Offence::ClimbingName);
    when(!name.is_empty() && !absolute && segments.any(|s| s.is_empty() || s == "."), Offence::NameNotCanonical);
    found
}

/// The form under which names that differ only in case are one.
pub(super) fn folded(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bad_name_is_named() {
        for (name, offence) in [
            ("", Offence::EmptyName),
            ("/etc/passwd", Offence::AbsoluteName),
            ("C:/x", Offence::AbsoluteName),
            ("a\\b", Offence::BackslashInName),
            ("a\0b", Offence::ControlInName),
            ("../a", Offence::ClimbingName),
            ("a/../b", Offence::ClimbingName),
            ("a/..", Offence::ClimbingName),
            ("a\\..\\b", Offence::ClimbingName),
            ("./a", Offence::NameNotCanonical),
            ("a//b", Offence::NameNotCanonical),
        ] {
            assert!(offences(name).contains(&offence), "{name:?}");
        }
        for name in ["OFD.xml", "Doc_0/", "Doc_0/Pages/Page_0/Content.xml", "附件/说明.txt", "a..b/...c"] {
            assert!(offences(name).is_empty(), "{name:?}");
        }
    }

    #[test]
    fn gbk_names_are_read() {
        assert_eq!(decode(b"\xd5\xd5.txt"), "照.txt");
        assert_eq!(decode("照.txt".as_bytes()), "照.txt");
        assert_eq!(decode(b"\xff\xff.txt"), "\u{fffd}\u{fffd}.txt");
    }
}

//! The time a report speaks for, as people write it.

use yinxin_trust::base::Moment;

/// Neither an instant nor a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 instant such as 2026-11-21T08:30:00Z, nor a day such as 2026-11-21")]
pub struct JudgedAtError;

/// Reads an RFC 3339 instant, or a calendar day, which stands for its first
/// instant in Beijing (days on licences are days of Asia/Shanghai).
///
/// # Errors
/// [`JudgedAtError`] for any other text.
pub fn parse(text: &str) -> Result<Moment, JudgedAtError> {
    let day = text.len() == 10 && !text.contains('T');
    let instant = if day { format!("{text}T00:00:00+08:00") } else { text.to_owned() };
    Moment::parse(&instant).map_err(|_| JudgedAtError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_and_days() {
        assert_eq!(parse("2024-06-01").unwrap().to_string(), "2024-05-31T16:00:00Z");
        assert_eq!(parse("2024-06-01T08:00:00+08:00").unwrap().to_string(), "2024-06-01T00:00:00Z");
        for text in ["", "today", "2024-02-30", "2024-6-1", "2024-06-01T08:00:00", "２０２４-06"] {
            assert_eq!(parse(text), Err(JudgedAtError), "{text}");
        }
    }
}

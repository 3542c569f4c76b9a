//! Reports and errors as JSON.

use serde::Serialize;
use std::io::{self, Write};
use yinxin_trust::{base::Sentence, verify::Report};

/// Why a file has no report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct FileProblem {
    /// Stable code.
    pub(super) code: &'static str,
    /// The same for people.
    #[serde(flatten)]
    pub(super) sentence: Sentence,
}

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    #[serde(flatten)]
    report: &'a Report,
}

#[derive(Serialize)]
struct ErrorLine<'a> {
    file: &'a str,
    error: &'a FileProblem,
}

/// Writes one answer: laid out, the report alone, for one file; on a line of
/// its own, the file's name first, for several. An error always names its file.
pub(super) fn write(
    out: &mut dyn Write,
    several: bool,
    file: &str,
    answer: Result<&Report, &FileProblem>,
) -> io::Result<()> {
    match answer {
        Ok(report) if several => serde_json::to_writer(&mut *out, &Line { file, report })?,
        Ok(report) => serde_json::to_writer_pretty(&mut *out, report)?,
        Err(error) if several => serde_json::to_writer(&mut *out, &ErrorLine { file, error })?,
        Err(error) => serde_json::to_writer_pretty(&mut *out, &ErrorLine { file, error })?,
    }
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::text::samples::report;

    #[test]
    fn the_forms() {
        let text = |several, answer: Result<&Report, &FileProblem>| {
            let mut out = vec![];
            write(&mut out, several, "a.ofd", answer).unwrap();
            String::from_utf8(out).unwrap()
        };
        let (report, problem) = (report(), FileProblem { code: "unreadable", sentence: Sentence::new("读不到", "no") });
        assert_eq!(serde_json::from_str::<Report>(&text(false, Ok(&report))).unwrap(), report);
        assert!(text(false, Ok(&report)).starts_with("{\n  \"version\""));
        let line = text(true, Ok(&report));
        assert!(line.starts_with("{\"file\":\"a.ofd\",\"version\":1,") && line.matches('\n').count() == 1);
        assert_eq!(
            text(true, Err(&problem)),
            "{\"file\":\"a.ofd\",\"error\":{\"code\":\"unreadable\",\"zh\":\"读不到\",\"en\":\"no\"}}\n"
        );
    }
}

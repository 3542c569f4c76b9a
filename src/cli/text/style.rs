//! Colours; the stream drops them where nobody can see them (NO_COLOR, pipes).

use anstyle::{AnsiColor, Style};

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const PASSED: Style = AnsiColor::Green.on_default().bold();
pub(super) const FAILED: Style = AnsiColor::Red.on_default().bold();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default();
/// No conclusion: never the colour of a failure.
pub(super) const OPEN: Style = AnsiColor::Cyan.on_default().bold();

pub(super) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

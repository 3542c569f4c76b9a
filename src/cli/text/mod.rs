//! The report for people.
//!
//! Two rules stand above all others: what a failed signature covered is never
//! presented as true, and "could not check" never reads like "forged".

#[cfg(test)]
pub(super) mod samples;
mod signature;
mod style;
#[cfg(test)]
mod tests;

use super::{
    Exit,
    json::FileProblem,
    lang::{Lang, shown as shown_text},
};
use crate::flow::shown::{self, Shown};
use anstyle::Style;
use std::io::{self, Write};
use style::{BOLD, DIM, FAILED, OPEN, PASSED, WARNING, paint};
use yinxin_trust::{
    base::Moment,
    verify::{
        Check, CheckId, CopyUse, CoverageState, DocumentKind, Outcome, Report, StandingState, TrustMode, Verdict,
    },
};

/// Writes one answer.
pub(super) fn write(
    out: &mut dyn Write,
    lang: Lang,
    file: &str,
    answer: Result<&Report, &FileProblem>,
    of_use: Option<&CopyUse<'_>>,
) -> io::Result<()> {
    match answer {
        Ok(report) => write_report(out, lang, file, report, of_use),
        Err(problem) => {
            let word = lang.pick("无法核验", "NOT CHECKED");
            writeln!(out, "{}  {}", paint(OPEN, &format!("? {word}")), paint(BOLD, &shown_text(file)))?;
            writeln!(out, "  {}", lang.sentence(&problem.sentence))?;
            writeln!(out, "  {}\n", lang.pick("没有核验结论。", "There is no verdict on it."))
        }
    }
}

/// How many files ended how.
#[derive(Default)]
pub(super) struct Tally(Vec<(Exit, usize)>);

impl Tally {
    pub(super) fn count(&mut self, exit: Exit) {
        match self.0.iter_mut().find(|(e, _)| *e == exit) {
            Some((_, n)) => *n += 1,
            None => self.0.push((exit, 1)),
        }
    }

    pub(super) fn write(&self, out: &mut dyn Write, lang: Lang) -> io::Result<()> {
        let parts: Vec<_> = self.0.iter().map(|(exit, n)| format!("{} {n}", exit_word(lang, *exit))).collect();
        let total: usize = self.0.iter().map(|(_, n)| n).sum();
        writeln!(out, "{} {total}: {}", lang.pick("文件", "Files"), parts.join(", "))
    }
}

fn write_report(
    out: &mut dyn Write,
    lang: Lang,
    file: &str,
    report: &Report,
    of_use: Option<&CopyUse<'_>>,
) -> io::Result<()> {
    let (style, mark) = look(report);
    let word = format!("{mark} {}", verdict_word(lang, report));
    writeln!(out, "{}  {}", paint(style, &word), paint(BOLD, &shown_text(file)))?;
    writeln!(out, "  {}", reason(lang, report))?;
    write_copy(out, lang, report, of_use)?;
    if report.trust.mode == TrustMode::NotConfigured && report.verdict == Verdict::Indeterminate {
        writeln!(out, "  {}", no_anchor(lang))?;
    }
    if shown::state(report) == Shown::NoRevocationList {
        writeln!(out, "  {}", no_list(lang))?;
    }
    write_coverage(out, lang, report)?;
    write_document(out, lang, report)?;
    for (n, signature) in report.signatures.iter().enumerate() {
        signature::write(out, lang, n + 1, signature)?;
    }
    if !report.checks.is_empty() {
        writeln!(out, "  {}", paint(BOLD, lang.pick("整个文件", "The file as a whole")))?;
        write_checks(out, lang, &report.checks)?;
    }
    if !report.warnings.is_empty() {
        writeln!(out, "  {}", paint(BOLD, lang.pick("请留意", "Worth knowing")))?;
        for warning in &report.warnings {
            let line = format!("! {}", lang.sentence(&warning.sentence));
            writeln!(out, "    {} {}", paint(WARNING, &line), paint(DIM, &shown_text(&warning.code)))?;
        }
    }
    writeln!(out)
}

/// Whether an annotated copy is for the use that was named; what it is for stands among the checks.
fn write_copy(out: &mut dyn Write, lang: Lang, report: &Report, of_use: Option<&CopyUse<'_>>) -> io::Result<()> {
    let genuine = matches!(report.verdict, Verdict::Valid | Verdict::Intact);
    let copy = report.licence.as_ref().and_then(|licence| licence.copy.as_ref()).filter(|_| genuine);
    let Some(copy) = copy else { return Ok(()) };
    let refusal = match of_use {
        Some(of) => copy.refusal(of, report.checked_at),
        None => copy.unusable(report.checked_at),
    };
    let said = match (refusal, of_use) {
        (Some(refusal), _) => lang.sentence(&refusal.sentence()),
        (None, Some(_)) => lang.pick("加注件写的就是这件事。", "The annotated copy is for this.").to_owned(),
        (None, None) => lang
            .pick(
                "这是加注件，只限所写的用途（--purpose 可以核对）。",
                "This is an annotated copy, for the stated use alone (--purpose compares it).",
            )
            .to_owned(),
    };
    writeln!(out, "  {}", paint(if refusal.is_some() { WARNING } else { PASSED }, &said))
}

fn look(report: &Report) -> (Style, &'static str) {
    match (report.verdict, Exit::of(report)) {
        (Verdict::Valid | Verdict::Intact, Exit::Valid) => (PASSED, "✔"),
        (Verdict::Valid | Verdict::Intact, _) => (WARNING, "▲"),
        (Verdict::Invalid, _) => (FAILED, "✘"),
        (Verdict::Indeterminate, _) => (OPEN, "?"),
        (Verdict::Unsigned, _) => (OPEN, "○"),
    }
}

fn verdict_word(lang: Lang, report: &Report) -> &'static str {
    match (report.verdict, Exit::of(report)) {
        (Verdict::Valid, Exit::PartlyCovered) => {
            lang.pick("有效，但部分内容未被签章保护", "VALID, BUT ONLY PART OF IT IS PROTECTED")
        }
        (Verdict::Intact, Exit::PartlyCovered) => lang
            .pick("完整，未核对签发者身份；部分内容未被签章保护", "INTACT, SIGNER NOT CHECKED; ONLY PART IS PROTECTED"),
        (Verdict::Valid, Exit::NotInForce)
            if shown::state(report) == Shown::NotInForce(StandingState::NotRegistered) =>
        {
            lang.pick("签章真实，但登记库没有这张证", "GENUINE, BUT NOT REGISTERED")
        }
        (Verdict::Valid, Exit::NotInForce) if shown::state(report) == Shown::CopyForOtherPurpose => {
            lang.pick("签章真实，但加注件不能再用", "GENUINE, BUT THE COPY MAY BE USED NO MORE")
        }
        (Verdict::Valid, Exit::NotInForce) => lang.pick("签章真实，但证照现在无效", "GENUINE, BUT NOT IN FORCE"),
        (Verdict::Intact, Exit::NotInForce) => {
            lang.pick("完整，未核对签发者身份；证照现在无效", "INTACT, SIGNER NOT CHECKED; NOT IN FORCE")
        }
        (Verdict::Valid, _) => lang.pick("有效", "VALID"),
        (Verdict::Intact, _) => lang.pick("完整，未核对签发者身份", "INTACT, SIGNER NOT CHECKED"),
        (Verdict::Invalid, _) => lang.pick("无效", "INVALID"),
        (Verdict::Indeterminate, _) => lang.pick("无法确定", "INDETERMINATE"),
        (Verdict::Unsigned, _) => lang.pick("没有签章", "UNSIGNED"),
    }
}

const fn exit_word(lang: Lang, exit: Exit) -> &'static str {
    match exit {
        Exit::Valid => lang.pick("通过", "passed"),
        Exit::Invalid => lang.pick("无效", "invalid"),
        Exit::Indeterminate => lang.pick("无法确定", "indeterminate"),
        Exit::Unsigned => lang.pick("没有签章", "unsigned"),
        Exit::PartlyCovered => lang.pick("仅部分受保护", "partly covered"),
        Exit::NotInForce => lang.pick("真实但现在无效", "genuine but not in force"),
        Exit::NotADocument => lang.pick("不是可核验的文件", "not a document"),
        Exit::Unreadable => lang.pick("读不到", "unreadable"),
        Exit::Usage | Exit::Internal | Exit::Unavailable | Exit::Refused => lang.pick("出错", "errors"),
    }
}

/// The sentence of the check that decided, else what the verdict means.
fn reason(lang: Lang, report: &Report) -> String {
    if let Some(check) = report.reason.and_then(|id| deciding(report, id)) {
        return format!("{} {}", lang.sentence(&check.sentence), paint(DIM, check.id.as_str()));
    }
    match report.verdict {
        Verdict::Valid => lang.pick(
            "所需的各项检查都通过，证书链到达已配置的信任锚。",
            "Every check that is needed passed, up to a configured anchor.",
        ),
        Verdict::Intact => lang.pick(
            "盖章以后没有改动；按要求未核对是谁盖的章。",
            "Unchanged since it was stamped; whose stamp it is was not asked.",
        ),
        Verdict::Invalid => lang.pick("与其签章不符，不要凭它办事。", "Not what its stamps say; do not rely on it."),
        Verdict::Indeterminate => lang.pick(
            "需要的检查没能完成；这不代表文件有问题。",
            "A check that is needed could not be made; this says nothing against the file.",
        ),
        Verdict::Unsigned => lang.pick("文件里没有签章，无从核验。", "It carries no stamp that could be checked."),
    }
    .to_owned()
}

/// The check of that id whose outcome explains the verdict.
fn deciding(report: &Report, id: CheckId) -> Option<&Check> {
    let all = || report.checks.iter().chain(report.signatures.iter().flat_map(|s| &s.checks)).filter(|c| c.id == id);
    let of = |outcome| all().find(|c| c.outcome == outcome);
    of(Outcome::Failed).or_else(|| of(Outcome::Indeterminate)).or_else(|| of(Outcome::Skipped)).or_else(|| all().next())
}

const fn no_anchor(lang: Lang) -> &'static str {
    lang.pick(
        "没有配置信任锚：请用 --trust FILE 指定 PEM 证书，或在 yinxin.toml 写 [trust] anchors = \"FILE\"。",
        "No trust anchor is configured: give a PEM bundle with --trust FILE, or set [trust] anchors = \"FILE\" in yinxin.toml.",
    )
}

const fn no_list(lang: Lang) -> &'static str {
    lang.pick(
        "缺少撤销名单：请用 --crl FILE 指定，或在 yinxin.toml 写 [verify] revocation_lists = [\"FILE\"]。",
        "A revocation list is missing: give one with --crl FILE, or set [verify] revocation_lists = [\"FILE\"] in yinxin.toml.",
    )
}

fn write_coverage(out: &mut dyn Write, lang: Lang, report: &Report) -> io::Result<()> {
    let Some(coverage) = &report.coverage else { return Ok(()) };
    let genuine = matches!(report.verdict, Verdict::Valid | Verdict::Intact);
    match coverage.state {
        CoverageState::Complete if genuine => {
            writeln!(out, "  {}", lang.pick("整个文件都受签章保护。", "The whole document is protected."))
        }
        CoverageState::Complete => Ok(()),
        CoverageState::Partial => {
            writeln!(out, "  {}", lang.pick("没有被有效签名覆盖的内容：", "Not covered by any valid signature:"))?;
            for entry in coverage.uncovered.iter().take(SHOWN_ENTRIES) {
                writeln!(out, "    - {}", shown_text(entry))?;
            }
            match coverage.uncovered.len().saturating_sub(SHOWN_ENTRIES) {
                0 => Ok(()),
                more => writeln!(out, "    … {more} {}", lang.pick("项未列出（见 --json）", "more (see --json)")),
            }
        }
    }
}

/// Entries listed in the text; JSON holds all.
const SHOWN_ENTRIES: usize = 20;

fn write_document(out: &mut dyn Write, lang: Lang, report: &Report) -> io::Result<()> {
    let facts = &report.document;
    let kind = match facts.kind {
        DocumentKind::Ofd if facts.licence => lang.pick("OFD 电子证照", "OFD licence"),
        DocumentKind::Ofd => lang.pick("OFD 文件", "OFD document"),
        DocumentKind::Seal => lang.pick("电子印章", "electronic seal"),
        DocumentKind::SignatureValue => lang.pick("签名值", "signature value"),
        DocumentKind::Disclosure => lang.pick("证照出示文件", "chosen fields of a licence"),
    };
    let mut line = format!("{kind}, {} {}", facts.bytes, lang.pick("字节", "bytes"));
    if let Some(pages) = facts.pages {
        line += &format!(", {pages} {}", lang.pick("页", "pages"));
    }
    field(out, lang.pick("文件", "document"), &line)?;
    if let Some(title) = &facts.title {
        let certain = matches!(report.verdict, Verdict::Valid | Verdict::Intact);
        let label = if certain {
            lang.pick("标题", "title")
        } else {
            lang.pick("标题（未验证）", "title (not verified)")
        };
        field(out, label, &shown_text(title))?;
    }
    let genuine = matches!(report.verdict, Verdict::Valid | Verdict::Intact);
    if let Some(disclosure) = report.disclosure.as_ref().filter(|_| genuine) {
        for one in &disclosure.fields {
            field(out, &shown_text(&one.title), &shown_text(&one.value))?;
        }
        let more = format!("{} {}", disclosure.withheld, lang.pick("项，没有核对", "fields, not checked"));
        field(out, lang.pick("没有出示", "not shown"), &more)?;
    } else if let Some(licence) = report.licence.as_ref().filter(|_| genuine) {
        let of_licence = [&licence.type_name, &licence.number, &licence.holder, &licence.issuing_body];
        let line: Vec<String> = of_licence.into_iter().flatten().map(|text| shown_text(text)).collect();
        field(out, lang.pick("证照", "licence"), &line.join(", "))?;
        if let Some(until) = licence.valid_until {
            field(out, lang.pick("证照有效期至", "valid until"), &until.to_string())?;
        }
    }
    if genuine && report.standing.state != StandingState::Unknown {
        let source = report.standing.source.as_deref().map(shown_text).unwrap_or_default();
        let as_of = report.standing.as_of.map(|m| beijing(lang, m)).unwrap_or_default();
        let line = format!("{} {as_of} {source}", standing_word(lang, report.standing.state));
        field(out, lang.pick("证照状态", "standing"), line.trim_end())?;
    }
    field(out, lang.pick("核验时点", "judged at"), &beijing(lang, report.checked_at))?;
    let anchors = report.trust.anchors;
    let trust = match report.trust.mode {
        TrustMode::Anchors => match report.trust.revocation_as_of {
            Some(as_of) => format!(
                "{anchors} {} {}",
                lang.pick("个信任锚；撤销名单截至", "anchors; revocation lists as of"),
                beijing(lang, as_of)
            ),
            None => format!("{anchors} {}", lang.pick("个信任锚", "anchors")),
        },
        TrustMode::NotConfigured => lang.pick("没有配置", "none configured").to_owned(),
        TrustMode::None => lang.pick("未核对（--trust none）", "not asked (--trust none)").to_owned(),
    };
    field(out, lang.pick("信任", "trust"), &trust)?;
    match &report.trust.algorithms {
        Some(file) => {
            let what = lang.pick("日的规定，SM3", "policy of that day, sm3");
            field(out, lang.pick("算法", "algorithms"), &format!("{} {what} {}", file.dated, file.sm3))
        }
        None => Ok(()),
    }
}

const fn standing_word(lang: Lang, state: StandingState) -> &'static str {
    match state {
        StandingState::InForce => lang.pick("有效", "in force"),
        StandingState::NotYet => lang.pick("还没生效", "not yet in force"),
        StandingState::Expired => lang.pick("已到期", "expired"),
        StandingState::Suspended => lang.pick("已暂扣", "suspended"),
        StandingState::Revoked => lang.pick("已吊销", "revoked"),
        StandingState::Withdrawn => lang.pick("已撤销", "withdrawn"),
        StandingState::Cancelled => lang.pick("已注销", "cancelled"),
        StandingState::Superseded => lang.pick("已换新证", "superseded"),
        StandingState::Transferred => lang.pick("已转出", "transferred"),
        StandingState::NotRegistered => lang.pick("登记库没有这张证", "not registered"),
        StandingState::Unknown => lang.pick("未知", "unknown"),
    }
}

/// Failed first, then what could not be decided, then the rest in their order.
fn write_checks(out: &mut dyn Write, lang: Lang, checks: &[Check]) -> io::Result<()> {
    let mut sorted: Vec<_> = checks.iter().collect();
    sorted.sort_by_key(|check| match check.outcome {
        Outcome::Failed => 0,
        Outcome::Indeterminate => 1,
        Outcome::Passed | Outcome::Skipped => 2,
    });
    for check in sorted {
        let (style, mark) = match check.outcome {
            Outcome::Passed => (PASSED, "✔"),
            Outcome::Failed => (FAILED, "✘"),
            Outcome::Indeterminate => (OPEN, "?"),
            Outcome::Skipped => (DIM, "-"),
        };
        let sentence = lang.sentence(&check.sentence);
        let skipped = if check.outcome == Outcome::Skipped { lang.pick("（未查）", " (not checked)") } else { "" };
        let code = shown_text(&check.code);
        let tail = if code == "ok" || code.is_empty() { String::new() } else { format!(" {code}") };
        writeln!(out, "    {} {sentence}{skipped} {}", paint(style, mark), paint(DIM, &format!("{}{tail}", check.id)))?;
    }
    Ok(())
}

fn field(out: &mut dyn Write, label: &str, value: &str) -> io::Result<()> {
    writeln!(out, "  {} {value}", paint(DIM, &format!("{label}:")))
}

fn beijing(lang: Lang, moment: Moment) -> String {
    format!("{} {}", moment.at_offset_hours(8), lang.pick("（北京时间）", "(Beijing)"))
}

//! The checklist: six rows that people read, and below them every single check.

use super::{
    labels::{self, Group},
    mark::Mark,
    prefs::Lang,
    state::{Family, PageState},
    words,
};
use yinxin_trust::verify::{Check, CheckId, CoverageState, Outcome, Report, SignatureReport};

/// How many sentences a row shows before it refers to the full list.
const SENTENCES: usize = 4;

/// One row: a group of checks and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) tone: &'static str,
    pub(super) mark: Mark,
    pub(super) what: String,
    /// Sentences, one a line.
    pub(super) details: Vec<String>,
    /// The word at its end.
    pub(super) outcome: &'static str,
}

impl Row {
    /// Something that was found good, of what was brought without a document.
    pub(super) fn passed(what: String, lang: Lang) -> Self {
        Self::of(Shown::Passed, what, lang)
    }

    /// Something that nobody could be asked about.
    pub(super) fn not_checked(what: String, lang: Lang) -> Self {
        Self::of(Shown::NotConfigured, what, lang)
    }

    /// What a register, or the paper, does not say for a licence, in the family of what is shown for it.
    pub(super) fn out_of_force(what: String, state: PageState, lang: Lang) -> Self {
        Self::of(Shown::out_of_force(state), what, lang)
    }

    fn of(shown: Shown, what: String, lang: Lang) -> Self {
        Self { tone: shown.tone(), mark: shown.mark(), what, details: Vec::new(), outcome: shown.word(lang) }
    }
}

/// The checks of the document, or of one signature, one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) lines: Vec<Line>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) tone: &'static str,
    pub(super) mark: Mark,
    pub(super) label: &'static str,
    pub(super) sentence: String,
    pub(super) outcome: &'static str,
    pub(super) id: &'static str,
    pub(super) code: String,
}

/// How a check is shown: its outcome, seen in the light of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shown {
    NotApplicable,
    NotConfigured,
    Passed,
    /// It passed, but in a stamp or a document that does not hold.
    NoteOnly,
    /// Part of what is shown is not protected, which alone is no failure.
    Partly,
    /// The register was asked, and does not say that the licence is in force.
    OutOfForce,
    /// The same, where the licence is not to be accepted at all.
    Ended,
    Open,
    Failed,
}

impl Shown {
    /// As red as the verdict, and no redder.
    fn out_of_force(state: PageState) -> Self {
        if state.family() == Family::Refuse { Self::Ended } else { Self::OutOfForce }
    }

    fn tone(self) -> &'static str {
        match self {
            Self::Passed => "valid",
            Self::Partly | Self::OutOfForce => "caution",
            Self::Failed | Self::Ended => "refuse",
            Self::NotApplicable | Self::NotConfigured | Self::NoteOnly | Self::Open => "neutral",
        }
    }

    fn mark(self) -> Mark {
        Mark::small(match self {
            Self::Passed => "m-valid",
            Self::Partly | Self::OutOfForce => "m-warn",
            Self::Failed | Self::Ended => "m-revoked",
            Self::Open => "m-cannot",
            Self::NoteOnly | Self::NotApplicable | Self::NotConfigured => "m-skip",
        })
    }

    fn word(self, lang: Lang) -> &'static str {
        match self {
            Self::Passed => lang.t("通过", "Passed"),
            Self::NoteOnly => lang.t("仅供参考", "For information"),
            Self::Partly => lang.t("仅部分", "In part"),
            Self::OutOfForce | Self::Ended => lang.t("不能用", "Not in force"),
            Self::Open => lang.t("没查清", "Open"),
            Self::Failed => lang.t("不通过", "Failed"),
            Self::NotConfigured => lang.t("没有查", "Not checked"),
            Self::NotApplicable => lang.t("不适用", "Not needed"),
        }
    }
}

/// Codes of checks that apply, and for which nobody could be asked.
const NOT_LOOKED_AT: [&str; 7] = [
    "not_configured",
    "not_asked",
    "no_path",
    "other_form",
    "register_unreachable",
    "answer_too_old",
    "register_not_competent",
];

fn is_revocation(id: CheckId) -> bool {
    matches!(id, CheckId::SignerRevocation | CheckId::SealMakerRevocation)
}

fn shown(check: &Check, signature: Option<&SignatureReport>, report: &Report, state: PageState) -> Shown {
    match check.outcome {
        // of what is no licence: that alone makes no verdict red
        Outcome::Failed | Outcome::Indeterminate if check.id == CheckId::PackageCoverage && is_partial_alone(state) => {
            Shown::Partly
        }
        // The document is genuine: what only its register says is as red as the verdict.
        Outcome::Failed | Outcome::Passed
            if check.id == CheckId::LicenceRegistered && matches!(state, PageState::NotInForce(_)) =>
        {
            Shown::out_of_force(state)
        }
        _ if check.id == CheckId::LicenceCopy && state == PageState::CopyForOtherPurpose => Shown::OutOfForce,
        Outcome::Failed => Shown::Failed,
        Outcome::Indeterminate => Shown::Open,
        // Needed, and looked for in vain.
        Outcome::Skipped if is_revocation(check.id) && check.code.contains("list") => Shown::Open,
        Outcome::Skipped if NOT_LOOKED_AT.contains(&check.code.as_str()) => Shown::NotConfigured,
        Outcome::Skipped => Shown::NotApplicable,
        // Without a stamp there is nothing that a file could be held against.
        Outcome::Passed if state == PageState::Unsigned => Shown::NoteOnly,
        Outcome::Passed if state.refuses_file() || signature.is_some_and(|s| !holds(s, report)) => Shown::NoteOnly,
        Outcome::Passed => Shown::Passed,
    }
}

/// Whether that a document is covered in part is a condition, and not why it is refused.
fn is_partial_alone(state: PageState) -> bool {
    state.vouched() || (state.family() == Family::Neutral && state != PageState::Unsigned)
}

/// Whether what a signature says may be shown at all.
pub(super) fn holds(signature: &SignatureReport, report: &Report) -> bool {
    let by_maker = || {
        report.document.kind == yinxin_trust::verify::DocumentKind::Seal
            && signature.checks.iter().any(|c| c.id == CheckId::SealValue && c.outcome == Outcome::Passed)
    };
    signature.value_verified || by_maker()
}

/// Everything about one check that a row needs.
struct Item<'a> {
    shown: Shown,
    check: &'a Check,
    /// Counted from 1, where there are several.
    signature: Option<usize>,
}

fn items<'a>(report: &'a Report, state: PageState) -> Vec<Item<'a>> {
    let several = report.signatures.len() > 1;
    let document =
        report.checks.iter().map(|check| Item { shown: shown(check, None, report, state), check, signature: None });
    let signatures = report.signatures.iter().enumerate().flat_map(|(index, s)| {
        s.checks.iter().map(move |check| Item {
            shown: shown(check, Some(s), report, state),
            check,
            signature: several.then_some(index + 1),
        })
    });
    document.chain(signatures).collect()
}

/// The six rows: failed ones first, and of these the one that decided.
pub(super) fn rows(report: &Report, state: PageState, lang: Lang) -> Vec<Row> {
    let items = items(report, state);
    let mut rows: Vec<(Group, Shown, Row)> = Group::ALL
        .into_iter()
        .filter_map(|group| {
            let of_group: Vec<&Item<'_>> = items.iter().filter(|i| labels::group(i.check.id) == group).collect();
            row(group, &of_group, report, state, lang).map(|(shown, row)| (group, shown, row))
        })
        .collect();
    let deciding = report.reason.map(labels::group);
    rows.sort_by_key(|(group, shown, _)| {
        let rank = match shown {
            Shown::Failed => 0,
            Shown::Partly | Shown::OutOfForce | Shown::Ended => 1,
            Shown::Open => 2,
            _ => 3,
        };
        (rank, rank < 3 && deciding != Some(*group))
    });
    if !state.refuses_file() {
        return rows.into_iter().map(|(_, _, row)| row).collect();
    }
    // Of a file that is refused, what else was found is no news: one row says so.
    let (news, rest): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, shown, _)| *shown >= Shown::Partly);
    let subjects: Vec<&str> = rest.iter().map(|(group, ..)| group.noun(lang)).collect();
    let mut rows: Vec<Row> = news.into_iter().map(|(_, _, row)| row).collect();
    if !subjects.is_empty() {
        rows.push(Row {
            tone: Shown::NoteOnly.tone(),
            mark: Shown::NoteOnly.mark(),
            what: sentence_case(&subjects.join(lang.t("、", ", "))),
            details: vec![
                lang.t(
                    "文件已不可信，这些结果不再显示。每一项都在下面的技术细节里。",
                    "The file cannot be relied on, so these results are not shown. Each is in the technical details.",
                )
                .to_owned(),
            ],
            outcome: lang.t("不显示", "Not shown"),
        });
    }
    rows
}

fn row(group: Group, items: &[&Item<'_>], report: &Report, state: PageState, lang: Lang) -> Option<(Shown, Row)> {
    let worst = items.iter().map(|i| i.shown).max()?;
    let of_licences = matches!(group, Group::Register | Group::Log);
    if worst == Shown::NotApplicable
        // there is no such log yet: a line in every verdict would teach to overlook what was not checked
        || (group == Group::Log && worst == Shown::NotConfigured)
        || (of_licences && worst == Shown::NotConfigured && !(report.document.licence && state != PageState::Unsigned))
    {
        return None;
    }
    let is_worst = |i: &&&Item<'_>| i.shown == worst;
    let decided = items.iter().filter(is_worst).find(|i| Some(i.check.id) == report.reason);
    let first = decided.or_else(|| items.iter().find(is_worst))?;
    let what = match worst {
        Shown::Failed => sentence_case(labels::fault(first.check.id, lang)),
        Shown::Partly => labels::open(CheckId::PackageCoverage, lang).to_owned(),
        Shown::OutOfForce | Shown::Ended if first.check.id == CheckId::LicenceCopy => {
            sentence_case(labels::fault(CheckId::LicenceCopy, lang))
        }
        Shown::OutOfForce | Shown::Ended => match first.check.outcome {
            Outcome::Failed => labels::open(first.check.id, lang).to_owned(),
            _ => words::words(state, report, lang).title,
        },
        Shown::Open => labels::open(first.check.id, lang).to_owned(),
        Shown::Passed if group == Group::Content && report.disclosure.is_some() => {
            lang.t("出示的字段没有被改动", "The fields are unchanged").to_owned()
        }
        Shown::Passed if group == Group::Content && report.coverage.is_none() => {
            lang.t("签章数据成立", "The signature data hold").to_owned()
        }
        Shown::Passed => group.passed(lang).to_owned(),
        _ => group.subject(lang).to_owned(),
    };
    let mut details: Vec<String> = match worst {
        Shown::Passed => passed_detail(group, items, report, lang).into_iter().collect(),
        Shown::NoteOnly if state == PageState::Unsigned => {
            vec![
                lang.t(
                    "文件能读，但没有签章，改没改过无从说起。",
                    "It can be read, but without a stamp nobody can tell.",
                )
                .to_owned(),
            ]
        }
        Shown::NoteOnly => Vec::new(),
        Shown::Partly => vec![uncovered(report, lang)],
        Shown::OutOfForce | Shown::Ended if first.check.id == CheckId::LicenceCopy => {
            vec![lang.of(&first.check.sentence).to_owned()]
        }
        Shown::OutOfForce | Shown::Ended => out_of_force(report, lang),
        _ => worst_details(items, worst, state, lang),
    };
    if worst != Shown::NotConfigured {
        details.extend(not_asked(items, lang));
    }
    Some((worst, Row { tone: worst.tone(), mark: worst.mark(), what, details, outcome: worst.word(lang) }))
}

/// Since when, and who says so.
fn out_of_force(report: &Report, lang: Lang) -> Vec<String> {
    let since = report.standing.since.map(|since| match lang {
        Lang::Zh => format!("自 {since} 起"),
        Lang::En => format!("Since {since}"),
    });
    since.into_iter().chain(report.standing.source.clone()).collect()
}

fn uncovered(report: &Report, lang: Lang) -> String {
    let n = report.coverage.as_ref().map_or(0, |c| c.uncovered.len());
    match (n, lang) {
        (_, Lang::Zh) => format!("有 {n} 个部分未被签章保护，名称列在本页。其余内容没有被改动。"),
        (1, Lang::En) => {
            "1 part is outside the protection; it is named on this page. The rest is unchanged.".to_owned()
        }
        (_, Lang::En) => {
            format!("{n} parts are outside the protection; they are named on this page. The rest is unchanged.")
        }
    }
}

fn worst_details(items: &[&Item<'_>], worst: Shown, state: PageState, lang: Lang) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    let mut more = 0_usize;
    // Where the stamp does not hold, it protects nothing: that follows, and is no news of its own.
    let follows = |i: &&&Item<'_>| state == PageState::Tampered && i.check.id == CheckId::PackageCoverage;
    for item in items.iter().filter(|i| i.shown == worst && !follows(i)) {
        let sentence = lang.of(&item.check.sentence);
        let text = match item.signature {
            Some(n) => format!("{}{sentence}", nth(n, lang)),
            None => sentence.to_owned(),
        };
        if sentences.contains(&text) {
            continue;
        }
        if sentences.len() < SENTENCES { sentences.push(text) } else { more += 1 }
    }
    if more > 0 {
        sentences.push(match lang {
            Lang::Zh => format!("还有 {more} 项，见下面的技术细节。"),
            Lang::En => format!("{more} more stand in the technical details below."),
        });
    }
    sentences
}

fn nth(n: usize, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("第 {n} 个签章："),
        Lang::En => format!("Stamp {n}: "),
    }
}

/// What a passed group says about this very file.
fn passed_detail(group: Group, items: &[&Item<'_>], report: &Report, lang: Lang) -> Option<String> {
    let names = |pick: &dyn Fn(&SignatureReport) -> Option<String>| {
        let mut names: Vec<String> = Vec::new();
        for name in report.signatures.iter().filter_map(pick) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        (!names.is_empty() && names.len() <= SENTENCES).then(|| names.join(lang.t("、", ", ")))
    };
    match group {
        Group::Content if report.disclosure.is_some() => sentence_of(CheckId::DisclosureFields, items, lang),
        Group::Content => {
            let complete = report.coverage.as_ref().is_some_and(|c| c.state == CoverageState::Complete);
            match (complete, report.document.pages, lang) {
                (true, Some(1), Lang::Zh) => Some("签章保护整份文件，共 1 页".to_owned()),
                (true, Some(n), Lang::Zh) => Some(format!("签章保护整份文件，共 {n} 页")),
                (true, Some(1), Lang::En) => Some("The stamp protects the whole file, 1 page".to_owned()),
                (true, Some(n), Lang::En) => Some(format!("The stamp protects the whole file, {n} pages")),
                (true, None, _) => Some(lang.t("签章保护整份文件", "The stamp protects the whole file").to_owned()),
                (false, ..) => None,
            }
        }
        Group::Seal => names(&|s| s.seal.as_ref().map(|seal| seal.name.clone())),
        Group::Body => names(&|s| s.signer.as_ref().map(|signer| signer.name.clone())),
        Group::Certificate => sentence_of(CheckId::SignerPeriod, items, lang),
        Group::Register => sentence_of(CheckId::LicenceRegistered, items, lang),
        Group::Log => sentence_of(CheckId::LogInclusion, items, lang),
    }
}

fn sentence_of(id: CheckId, items: &[&Item<'_>], lang: Lang) -> Option<String> {
    let said = items.iter().find(|i| i.check.id == id && i.shown == Shown::Passed);
    let sentence = lang.of(&said?.check.sentence);
    // what the row says already it does not say again
    let is_news = sentence.trim_end_matches(['。', '.']) != labels::group(id).passed(lang);
    is_news.then(|| sentence.to_owned())
}

/// Checks that nobody could make here, named so that they do not count as passed.
fn not_asked(items: &[&Item<'_>], lang: Lang) -> Option<String> {
    let mut ids: Vec<CheckId> = Vec::new();
    for item in items.iter().filter(|i| i.shown == Shown::NotConfigured) {
        if !ids.contains(&item.check.id) {
            ids.push(item.check.id);
        }
    }
    let names: Vec<&str> = ids.iter().map(|&id| subject_of_skip(id, lang)).collect();
    (!names.is_empty()).then(|| match lang {
        Lang::Zh => format!("没有查：{}", names.join("、")),
        Lang::En => format!("Not checked: {}", names.join(", ")),
    })
}

fn subject_of_skip(id: CheckId, lang: Lang) -> &'static str {
    match id {
        CheckId::SignerRevocation => lang.t("签章证书是否被撤销", "revocation of the signer's certificate"),
        CheckId::SealMakerRevocation => lang.t("制章者证书是否被撤销", "revocation of the maker's certificate"),
        CheckId::SealStatus => lang.t("印章是否停用", "whether the seal was suspended"),
        CheckId::Timestamp => lang.t("时间戳", "the time stamp"),
        CheckId::LicenceRegistered => lang.t("登记状态", "the register"),
        other => labels::label(other, lang),
    }
}

fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Every check, for those who want to know.
pub(super) fn sections(report: &Report, state: PageState, lang: Lang) -> Vec<Section> {
    let line = |check: &Check, signature: Option<&SignatureReport>| {
        let shown = shown(check, signature, report, state);
        // A sentence may repeat what the stamp says of itself; where the stamp does not hold, it does not stand here.
        let silent = shown == Shown::NoteOnly && signature.is_some_and(|s| !holds(s, report));
        Line {
            tone: shown.tone(),
            mark: shown.mark(),
            label: labels::label(check.id, lang),
            sentence: if silent { String::new() } else { lang.of(&check.sentence).to_owned() },
            outcome: shown.word(lang),
            id: check.id.as_str(),
            code: check.code.clone(),
        }
    };
    let document = (!report.checks.is_empty()).then(|| Section {
        title: lang.t("整份文件", "The document").to_owned(),
        lines: report.checks.iter().map(|c| line(c, None)).collect(),
    });
    let signatures = report.signatures.iter().enumerate().map(|(index, s)| Section {
        title: match lang {
            Lang::Zh => format!("第 {} 个签章", index + 1),
            Lang::En => format!("Stamp {}", index + 1),
        },
        lines: s.checks.iter().map(|c| line(c, Some(s))).collect(),
    });
    document.into_iter().chain(signatures).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{samples, state::state};
    use super::*;

    fn rows_of(report: &Report) -> Vec<Row> {
        rows(report, state(report), Lang::Zh)
    }

    #[test]
    fn the_order_is_that_of_the_reader() {
        let rows = rows_of(&samples::licence());
        let what: Vec<&str> = rows.iter().map(|r| r.what.as_str()).collect();
        let expected = ["内容没有被改动", "印章真实", "签章者在互认名单里", "签章证书当时可用", "现在有没有效"];
        assert_eq!(what, expected, "no line for a log that there is none of");
        assert!(
            rows[1].details.iter().any(|d| d.starts_with("没有查：") && d.contains("印章是否停用")),
            "{:?}",
            rows[1]
        );
        assert_eq!(rows[4].outcome, "没有查");
    }

    #[test]
    fn failed_rows_come_first_and_nothing_is_green_then() {
        let rows = rows_of(&samples::tampered());
        assert_eq!((rows[0].tone, rows[0].outcome), ("refuse", "不通过"));
        assert!(rows.iter().all(|r| r.tone != "valid"), "{rows:#?}");
    }

    #[test]
    fn red_is_for_failed_checks_only() {
        for report in [samples::licence(), samples::partly(), samples::untrusted(), samples::unsigned()] {
            assert!(rows_of(&report).iter().all(|r| r.tone != "refuse"));
        }
        let untrusted = rows_of(&samples::untrusted());
        assert_eq!((untrusted[0].tone, untrusted[0].what.as_str()), ("neutral", "签章者不在互认名单里"));
    }

    #[test]
    fn what_the_register_says_is_of_the_family_of_the_verdict() {
        for (report, tone, mark) in
            [(samples::revoked(), "refuse", "m-revoked"), (samples::not_registered(), "caution", "m-warn")]
        {
            let rows = rows_of(&report);
            assert_eq!((rows[0].tone, rows[0].outcome), (tone, "不能用"), "{rows:#?}");
            assert_eq!(rows[0].mark, Mark::small(mark), "one shape for one family");
            assert!(rows[1..].iter().all(|row| row.tone == "valid" || row.tone == "neutral"), "{rows:#?}");
            assert!(rows.iter().all(|row| row.what != "登记库有此证"), "{rows:#?}");
        }
        assert!(rows_of(&samples::revoked())[0].details.contains(&"自 2026-09-18 起".to_owned()));
        assert!(rows_of(&samples::in_force()).iter().any(|row| row.what == "登记库有此证" && row.tone == "valid"));
    }

    #[test]
    fn a_list_that_is_missing_is_open_and_comes_first() {
        let rows = rows_of(&samples::no_list());
        assert_eq!((rows[0].tone, rows[0].what.as_str()), ("neutral", "签章证书是否被撤销没有查到"));
        assert_eq!(rows[0].outcome, "没查清");
    }

    #[test]
    fn without_a_stamp_nothing_is_called_unchanged() {
        let rows = rows_of(&samples::unsigned());
        assert!(rows.iter().all(|r| r.tone == "neutral" && r.what != "内容没有被改动"), "{rows:#?}");
        let mut value = samples::licence();
        value.coverage = None;
        value.document.kind = yinxin_trust::verify::DocumentKind::SignatureValue;
        assert!(rows_of(&value).iter().all(|r| r.what != "内容没有被改动"));
    }

    #[test]
    fn the_headline_of_a_failed_row_is_the_cause() {
        let mut report = samples::tampered();
        let mut coverage = report.checks[3].clone();
        assert_eq!(coverage.id, CheckId::PackageCoverage);
        coverage.outcome = Outcome::Failed;
        report.checks[3] = coverage;
        let rows = rows_of(&report);
        assert_eq!(rows[0].what, "内容与签章不符");
        assert!(rows[0].details.iter().all(|d| !d.contains("全部受签章保护")), "{rows:#?}");
    }

    #[test]
    fn a_stamp_that_does_not_verify_says_nothing() {
        let report = samples::tampered();
        let text = format!("{:?}", sections(&report, state(&report), Lang::Zh));
        for secret in ["市场监督管理局", "专用章", "2026"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

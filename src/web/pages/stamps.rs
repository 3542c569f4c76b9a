//! Who stamped it: what may be said of each signature.

use super::{checklist::holds, prefs::Lang, state::PageState, time};
use std::borrow::Cow;
use yinxin_trust::{
    licence::catalogue::Mask,
    verify::{CertificateFacts, Report, SealVersion, SignatureKind, SignatureReport, StampedAt, TimeSource},
};

/// A name and what stands beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: Cow<'static, str>,
    pub(super) value: String,
    /// A remark in smaller type; may be empty.
    pub(super) remark: &'static str,
}

impl Field {
    pub(super) fn new(name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), remark: "" }
    }
}

/// One signature as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) title: String,
    /// Whether the names are facts here, and not merely what the stamp says of itself.
    pub(super) vouched: bool,
    /// Whether a natural person signed: then there is no seal to be shown.
    pub(super) is_person: bool,
    pub(super) fields: Vec<Field>,
}

/// The facts of one certificate, for the technical details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Certificate {
    pub(super) title: String,
    pub(super) fields: Vec<Field>,
}

/// The stamps that may be shown: none where the file is refused, for then its own words are not to be believed.
pub(super) fn stamps(report: &Report, state: PageState, lang: Lang) -> Vec<Stamp> {
    if state.refuses_file() {
        return Vec::new();
    }
    report.signatures.iter().filter(|s| holds(s, report)).map(|s| stamp(s, state, lang)).collect()
}

fn stamp(signature: &SignatureReport, state: PageState, lang: Lang) -> Stamp {
    let is_person = signature.signer.as_ref().is_some_and(|signer| signer.natural_person);
    let signer = signature.signer.as_ref().map(shown_name);
    let title = match (&signature.seal, &signer, signature.kind) {
        (None, Some(name), SignatureKind::Sign) if is_person => match lang {
            Lang::Zh => format!("自然人 {name} 的签名"),
            Lang::En => format!("Signature of a natural person, {name}"),
        },
        (Some(seal), _, _) => seal.name.clone(),
        (None, Some(name), SignatureKind::Sign) => match lang {
            Lang::Zh => format!("{name} 的数字签名"),
            Lang::En => format!("Digital signature of {name}"),
        },
        (None, ..) => lang.t("没有写名字的签章", "A stamp without a name").to_owned(),
    };
    let mut fields = Vec::new();
    let by = if is_person { lang.t("签名人", "Signed by") } else { lang.t("签章者", "Signed by") };
    fields.extend(signer.map(|name| Field {
        remark: if is_person {
            lang.t("自然人，不是单位；姓名隐去一部分", "a natural person, no body; partly hidden")
        } else {
            ""
        },
        ..Field::new(by, name)
    }));
    fields.extend(signature.stamped_at.as_ref().map(|at| stamped_at(at, lang)));
    if let Some(seal) = &signature.seal {
        if let Some(maker) = &seal.maker {
            fields.push(Field::new(lang.t("制章者", "Seal made by"), maker.name.clone()));
        }
        let (from, to) = (time::day(seal.valid_from, lang), time::day(seal.valid_to, lang));
        let period = match lang {
            Lang::Zh => format!("{from} 至 {to}"),
            Lang::En => format!("{from} to {to}"),
        };
        fields.push(Field::new(lang.t("印章有效期", "Seal valid"), period));
        fields.push(Field::new(lang.t("印章编号", "Seal number"), seal.id.clone()));
    }
    fields.retain(|f| !f.value.trim().is_empty());
    Stamp { title, vouched: state.vouched(), is_person, fields }
}

/// The name of a body as it is; of a natural person what everybody may see.
fn shown_name(facts: &CertificateFacts) -> String {
    if facts.natural_person { Mask::NAME.apply(&facts.name) } else { facts.name.clone() }
}

/// The subject, with the name of a natural person covered there too.
fn shown_subject(facts: &CertificateFacts) -> String {
    let is_named = facts.natural_person && !facts.name.is_empty();
    if is_named { facts.subject.replace(&facts.name, &shown_name(facts)) } else { facts.subject.clone() }
}

fn stamped_at(at: &StampedAt, lang: Lang) -> Field {
    let remark = match at.source {
        TimeSource::TimeStamp => lang.t("北京时间，有时间戳证明", "Beijing time, proved by a time stamp"),
        TimeSource::TimeInfo | TimeSource::SigningTime | TimeSource::SignatureDateTime => lang.t(
            "北京时间，签章者自己写的，没有时间戳证明",
            "Beijing time, as the signer claims; no time stamp proves it",
        ),
    };
    Field { name: lang.t("签章时间", "Stamped at").into(), value: time::instant(at.time, lang), remark }
}

/// The generation of a stamp, by the standard that defines it.
pub(super) fn standard(signature: &SignatureReport) -> &'static str {
    match (signature.kind, signature.seal_version) {
        (_, Some(SealVersion::V1)) => "GM/T 0031-2014",
        (_, Some(SealVersion::V4)) => "GB/T 38540-2020",
        (_, Some(SealVersion::V5)) => "GM/T 0031-2025",
        (SignatureKind::Sign, None) => "GB/T 35275",
        (SignatureKind::Seal, None) => "",
    }
}

/// Certificates of signatures that verify; of others there is nothing to say.
pub(super) fn certificates(report: &Report, lang: Lang) -> Vec<Certificate> {
    let mut all = Vec::new();
    for (index, signature) in report.signatures.iter().enumerate().filter(|(_, s)| holds(s, report)) {
        let n = index + 1;
        if let Some(signer) = &signature.signer {
            let mut facts = certificate(signer, lang);
            let standard = standard(signature);
            if !standard.is_empty() {
                facts.push(Field::new(lang.t("签章格式", "Form of the stamp"), standard));
            }
            all.push(Certificate {
                title: numbered(n, lang.t("签章者证书", "signer's certificate"), lang),
                fields: facts,
            });
        }
        if let Some(maker) = signature.seal.as_ref().and_then(|s| s.maker.as_ref()) {
            let title = numbered(n, lang.t("制章者证书", "maker's certificate"), lang);
            all.push(Certificate { title, fields: certificate(maker, lang) });
        }
    }
    all
}

fn numbered(n: usize, what: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("第 {n} 个签章：{what}"),
        Lang::En => format!("Stamp {n}: {what}"),
    }
}

fn certificate(facts: &CertificateFacts, lang: Lang) -> Vec<Field> {
    vec![
        Field::new(lang.t("主体", "Subject"), shown_subject(facts)),
        Field::new(lang.t("签发者", "Issuer"), facts.issuer.clone()),
        Field::new(lang.t("序列号", "Serial number"), facts.serial.clone()),
        Field::new(
            lang.t("有效期（北京时间）", "Period (Beijing time)"),
            format!("{} – {}", time::exact(facts.not_before), time::exact(facts.not_after)),
        ),
        Field::new("SM3", facts.sm3.clone()),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::{samples, state::state};
    use super::*;

    #[test]
    fn a_claimed_time_is_called_claimed() {
        let report = samples::licence();
        let all = stamps(&report, state(&report), Lang::Zh);
        assert_eq!(all[0].title, "演示市市场监督管理局电子证照专用章");
        let at = all[0].fields.iter().find(|f| f.name == "签章时间").expect("a time");
        assert_eq!(at.value.replace('\u{a0}', " "), "2026 年 11 月 20 日 09:41");
        assert!(at.remark.contains("没有时间戳证明"));
    }

    #[test]
    fn a_natural_person_is_called_one_and_their_name_is_covered() {
        let mut report = samples::licence();
        report.document.licence = false;
        let signature = &mut report.signatures[0];
        (signature.seal, signature.kind) = (None, SignatureKind::Sign);
        let signer = signature.signer.as_mut().expect("a signer");
        signer.name = "李守国".to_owned();
        signer.subject = "C=CN, CN=李守国, serialNumber=0f".to_owned();
        signer.natural_person = true;
        for lang in [Lang::Zh, Lang::En] {
            let all = stamps(&report, state(&report), lang);
            assert!(all[0].is_person && all[0].title.contains("**国"), "{}", all[0].title);
            let certificates = certificates(&report, lang);
            let told = format!("{all:?}{certificates:?}");
            assert!(told.contains("CN=**国, serialNumber=0f") && !told.contains("李守国"), "{told}");
        }
        let words = crate::web::pages::words::words(state(&report), &report, Lang::Zh);
        assert_eq!(words.title, "是本人签的名，这不是证照");
    }

    #[test]
    fn names_are_facts_only_where_somebody_vouches() {
        let report = samples::untrusted();
        assert!(stamps(&report, state(&report), Lang::Zh).iter().all(|s| !s.vouched));
        let report = samples::tampered();
        assert!(stamps(&report, state(&report), Lang::Zh).is_empty());
        assert!(certificates(&report, Lang::Zh).is_empty());
        let report = samples::seal_bad();
        assert!(stamps(&report, state(&report), Lang::Zh).is_empty());
    }
}

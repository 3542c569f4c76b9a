//! The forms of the office.

use super::{
    ACT, EDIT, HOME, NEW_OF_TYPE, PREVIEW, SEALS, Visit,
    input::{NO_PHOTO, sent_name},
    path_of,
    views::{Html, StepView, remark, steps},
    words,
};
use crate::{
    config::Site,
    flow::{
        applications::{
            ACTS, ActEntry, Choice, DecisionEntry, Entered, Fault, FieldKind, Form, FormField, LicenceEntry, Whole,
        },
        issue::PHOTO_BYTES,
        standing::PublicStanding,
    },
    web::pages::{mark::Mark, prefs::Lang, render::Shell},
};
use askama::Template;
use serde_json::Value;

/// From so many characters a field takes the whole width.
const WIDE: u64 = 200;

/// One field as it stands in a form.
struct FieldView {
    id: String,
    name: String,
    title: String,
    value: String,
    /// `line`, `long`, `day`, `number`, `choice`, `radio`, or `photo` with the name of
    /// the box that takes it away as its value.
    kind: &'static str,
    longest: u64,
    rows: u64,
    choices: Vec<ChoiceView>,
    wide: bool,
    needed: bool,
    hint: String,
    error: Option<String>,
}

struct ChoiceView {
    value: String,
    label: String,
    hint: &'static str,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "office-form.html")]
struct FormPage<'a> {
    shell: Shell<'a>,
    v: &'a Visit,
    lang: Lang,
    title: String,
    aside: String,
    steps: Vec<StepView>,
    action: String,
    fields: Vec<FieldView>,
    decision: Vec<FieldView>,
    /// Whether a file goes with it.
    with_file: bool,
    filled: String,
    checked: bool,
    faults: Vec<(String, String)>,
    other_faults: Vec<String>,
    remark: Option<(String, String)>,
    /// Where the picture is; none while there is none.
    preview: Option<String>,
    is_act: bool,
}

pub(super) fn blank(visit: &Visit, site: &Site, form: &Form) -> Html {
    let action = visit.to(&path_of(NEW_OF_TYPE, &form.type_code));
    form_page(visit, site, form, &LicenceEntry::default(), action).render()
}

pub(super) fn edit(visit: &Visit, site: &Site, whole: &Whole, checked: bool) -> Html {
    let lang = visit.lang;
    let action = visit.to(&path_of(EDIT, &whole.card.id));
    let mut page = match &whole.entered {
        Entered::Licence(entry) => form_page(visit, site, &whole.form, entry, action),
        Entered::Act(entry) => {
            act_page(visit, site, lang.of(&whole.card.type_title), &whole.card.subject, entry, action)
        }
    };
    let faults = whole.faults.as_deref().unwrap_or_default();
    let of_fields = faults.iter().any(|fault| !fault.field.starts_with("decision."));
    if matches!(whole.entered, Entered::Licence(_)) && !of_fields && checked {
        page.preview = Some(path_of(PREVIEW, &whole.card.id));
    }
    if checked {
        show_faults(&mut page, faults);
    }
    page.checked = checked;
    page.remark = remark(&whole.card, lang);
    page.render()
}

pub(super) fn act_form(visit: &Visit, site: &Site, standing: &PublicStanding) -> Html {
    let action = visit.to(&path_of(ACT, &standing.identifier));
    act_page(visit, site, &standing.type_name, &standing.identifier, &ActEntry::default(), action).render()
}

fn form_page<'a>(visit: &'a Visit, site: &'a Site, form: &Form, entry: &LicenceEntry, action: String) -> FormPage<'a> {
    let lang = visit.lang;
    let name = lang.of(&form.title);
    let title = lang.t("制发", "Issue: ").to_owned() + name;
    let mut fields: Vec<FieldView> =
        form.fields.iter().enumerate().map(|(n, field)| field_view(n, field, entry, lang)).collect();
    fields.extend(form.photo.map(|needed| photo_field(needed, entry, lang)));
    FormPage {
        shell: Shell::new(lang, title.clone(), site),
        v: visit,
        lang,
        aside: match lang {
            Lang::Zh => format!("目录项 第 {} 版", form.revision),
            Lang::En => format!("Catalogue entry, revision {}", form.revision),
        },
        title,
        steps: steps(lang, 0, visit.name.clone(), String::new(), false),
        action,
        fields,
        decision: decision_fields(&entry.decision, lang),
        with_file: form.photo.is_some(),
        filled: form.filled.join(lang.t("、", ", ")),
        checked: false,
        faults: vec![],
        other_faults: vec![],
        remark: None,
        preview: None,
        is_act: false,
    }
}

fn act_page<'a>(
    visit: &'a Visit,
    site: &'a Site,
    type_name: &str,
    subject: &str,
    entry: &ActEntry,
    action: String,
) -> FormPage<'a> {
    let lang = visit.lang;
    let title = lang.t("变动：", "Act upon: ").to_owned() + type_name;
    let choices = ACTS.map(|word| ChoiceView {
        value: word.to_owned(),
        label: words::act(word, lang).to_owned(),
        hint: words::act_hint(word, lang),
        chosen: entry.kind == word,
    });
    let kind = FieldView { choices: choices.into(), kind: "radio", wide: true, ..plain("kind", "", lang) };
    let hint = lang.t(
        "不填就从复核同意当天起。撤销自始生效，不用填。",
        "Left out: the day of approval. A withdrawal works from the beginning.",
    );
    let from = FieldView {
        kind: "day",
        needed: false,
        hint: hint.to_owned(),
        ..plain("effective_from", &entry.effective_from, lang)
    };
    FormPage {
        shell: Shell::new(lang, title.clone(), site),
        v: visit,
        lang,
        title,
        aside: subject.to_owned(),
        steps: steps(lang, 0, visit.name.clone(), String::new(), true),
        action,
        fields: vec![kind, from],
        decision: decision_fields(&entry.decision, lang),
        with_file: false,
        filled: String::new(),
        checked: false,
        faults: vec![],
        other_faults: vec![],
        remark: None,
        preview: None,
        is_act: true,
    }
}

fn plain(name: &'static str, value: &str, lang: Lang) -> FieldView {
    FieldView {
        id: name.replace('.', "-"),
        name: name.to_owned(),
        title: words::title(name, name, lang).to_owned(),
        value: value.to_owned(),
        kind: "line",
        longest: 300,
        rows: 1,
        choices: vec![],
        wide: false,
        needed: true,
        hint: String::new(),
        error: None,
    }
}

fn photo_field(needed: bool, entry: &LicenceEntry, lang: Lang) -> FieldView {
    let largest = PHOTO_BYTES >> 10;
    let bounds = match lang {
        Lang::Zh => format!("JPEG 或 PNG，最大 {largest} KB，宽和高 50 至 2500 像素。"),
        Lang::En => format!("JPEG or PNG, at most {largest} KB, 50 to 2500 pixels wide and high."),
    };
    let kept = lang.t("已有照片，不选新的就用它。", "There is one; it stays unless you choose another. ");
    let (hint, value) = match &entry.photo {
        Some(_) => (format!("{kept}{bounds}"), NO_PHOTO),
        None => (bounds, ""),
    };
    FieldView { kind: "photo", hint, needed, wide: true, ..plain("photo", value, lang) }
}

fn decision_fields(decision: &DecisionEntry, lang: Lang) -> Vec<FieldView> {
    vec![
        plain("decision.document_number", &decision.document_number, lang),
        FieldView { kind: "day", ..plain("decision.decided_on", &decision.decided_on, lang) },
        FieldView { wide: true, ..plain("decision.legal_basis", &decision.legal_basis, lang) },
    ]
}

fn field_view(n: usize, field: &FormField, entry: &LicenceEntry, lang: Lang) -> FieldView {
    let value = match field.name.strip_prefix("choices.") {
        Some(choice) => entry.choices.get(choice).cloned(),
        None if field.name == "holder_code_type" => entry.holder_code_type.clone(),
        None => entry.data.get(&field.name).map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }),
    }
    .unwrap_or_default();
    let choice = |choice: &Choice| ChoiceView {
        chosen: choice.value == value,
        value: choice.value.clone(),
        label: choice.label.clone(),
        hint: "",
    };
    let (kind, longest, choices) = match &field.kind {
        FieldKind::Line(longest) => ("line", *longest, vec![]),
        FieldKind::Long(longest) => ("long", *longest, vec![]),
        FieldKind::Day => ("day", 10, vec![]),
        FieldKind::Number => ("number", 30, vec![]),
        FieldKind::YesNo => {
            let both = [("true", lang.t("是", "Yes")), ("false", lang.t("否", "No"))];
            let both = both.map(|(value, label)| Choice { value: value.to_owned(), label: label.to_owned() });
            ("choice", 5, both.iter().map(choice).collect())
        }
        FieldKind::Choice(all) => ("choice", 0, all.iter().map(choice).collect()),
    };
    FieldView {
        id: format!("f{n}"),
        name: sent_name(&field.name),
        title: words::title(&field.name, &field.title, lang).to_owned(),
        value,
        kind,
        longest,
        rows: 3,
        choices,
        wide: kind == "long" || (kind == "line" && longest >= WIDE),
        needed: field.needed,
        hint: String::new(),
        error: None,
    }
}

/// Puts each fault to its field, and names all of them at the head.
fn show_faults(page: &mut FormPage<'_>, faults: &[Fault]) {
    let lang = page.lang;
    for fault in faults {
        let text = lang.of(&fault.sentence).to_owned();
        let wanted = sent_name(&fault.field);
        let mut fields = page.fields.iter_mut().chain(page.decision.iter_mut());
        match fields.find(|field| field.name == wanted || field.name == fault.field) {
            Some(field) if field.error.is_none() => {
                page.faults.push((field.id.clone(), field.title.clone()));
                field.error = Some(text);
            }
            // the first offence of a field is enough
            Some(_) => {}
            None => page.other_faults.push(text),
        }
    }
}

//! From what was filled in to the page that is shown, and to what would be signed.

use super::{LetterError, Table, Template, key::certificate};
use crate::{
    flow::access::Holder,
    random,
    store::{StoreError, letters, letters::Letter, personal_keys, personal_keys::PersonalKey},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use yinxin_face::Paper;
use yinxin_trust::{
    base::{Day, Moment},
    licence::codes::CitizenNumber,
    ofd::write::{Signing, SigningPlan},
};

/// A draft may be signed so long, milliseconds: its time of signing is that of the draft.
pub(super) const LIFETIME_MILLISECONDS: i64 = 10 * 60_000;

/// The provider in Signature.xml.
const PROVIDER: &str = "yinxin";

/// Where the list of signatures lies.
const LIST: &str = "Doc_0/Signs/Signatures.xml";

/// Name of what is attached.
const ATTACHMENT: &str = "letter.json";

const DOTS_PER_INCH: u16 = 110;

/// What was filled in and by whom, as it is kept and attached.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) letter: String,
    /// Of the one who signs.
    pub(super) name: String,
    /// Kind of their code, and the code with its middle covered.
    pub(super) code_kind: String,
    pub(super) code: String,
    pub(super) fields: BTreeMap<String, String>,
    /// Unix milliseconds.
    pub(super) at: i64,
}

/// A letter that waits for its code.
#[derive(Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: String,
    /// Which kind.
    pub template: &'static Template,
    /// SM3 of what is signed, hexadecimal: shown, and sent back with the code.
    pub digest: String,
    /// When it can be signed no more.
    pub until: Moment,
}

/// Draws what was filled in, and keeps it until it is signed.
///
/// # Errors
/// [`LetterError`].
pub fn draft(
    table: &Table<'_>,
    holder: &Holder,
    kind: &str,
    given: &BTreeMap<String, String>,
) -> Result<String, LetterError> {
    let template = Template::of_name(kind).ok_or(LetterError::NotFound)?;
    let issuer = table.issuer;
    // a time in whole seconds, as it stands in what is signed
    let now = issuer.clock.now()?;
    let now = Moment::from_unix_seconds(now.unix_seconds()).unwrap_or(now);
    let today = Day::in_beijing_at(now).map_err(|_| LetterError::Clock(crate::clock::ClockError))?;
    let fields = template.read(given, today).map_err(|names| {
        let titled = names.into_iter().filter_map(|name| {
            let field = template.fields.iter().find(|field| field.name == name)?;
            Some((name, field.title.clone()))
        });
        LetterError::fields(titled.collect())
    })?;
    let key = issuer.store.read(|conn| personal_keys::running(conn, holder.id()))?.ok_or(LetterError::NoKey)?;
    let admitted = table.letters.drafts.admit(holder.id(), now);
    admitted.map_err(|retry_after_seconds| LetterError::TooMany { retry_after_seconds })?;
    let (code_kind, code) = holder.code();
    let content = Content {
        letter: template.name.clone(),
        name: holder.name().to_owned(),
        code_kind: code_kind.to_owned(),
        code: covered(code),
        fields,
        at: now.unix_milliseconds(),
    };
    let octets = serde_json::to_vec(&content).map_err(|error| LetterError::Package(error.to_string()))?;
    let digest = *planned(table, &octets)?.digest();
    let id = random::id()?;
    let row = Letter {
        id: id.clone(),
        holder_id: holder.id().to_owned(),
        key_id: key.id,
        template: template.name.clone(),
        content: octets,
        digest: digest.to_vec(),
        drafted_at: now.unix_milliseconds(),
        confirmed_at: None,
        signed: None,
        signed_at: None,
    };
    issuer.store.write(move |conn| {
        letters::delete_drafts_before(conn, now.unix_milliseconds() - LIFETIME_MILLISECONDS)?;
        letters::insert(conn, &row)
    })?;
    Ok(id)
}

/// A draft of a holder that can still be signed.
///
/// # Errors
/// [`LetterError::NotFound`], [`LetterError::SignedAlready`], [`LetterError::Expired`].
pub fn look(table: &Table<'_>, holder: &Holder, id: &str) -> Result<Draft, LetterError> {
    let row = open(table, holder, id)?.0;
    let until = moment(row.drafted_at + LIFETIME_MILLISECONDS)?;
    let template = Template::of_name(&row.template).ok_or(LetterError::NotFound)?;
    Ok(Draft { id: row.id, template, digest: hex::encode(&row.digest), until })
}

/// The page of a draft or of a signed letter, as a picture.
///
/// # Errors
/// [`LetterError::NotFound`], [`LetterError::Drawing`].
pub fn page_png(table: &Table<'_>, holder: &Holder, id: &str) -> Result<Vec<u8>, LetterError> {
    let row = table.issuer.store.read(|conn| letters::find(conn, holder.id(), id))?.ok_or(LetterError::NotFound)?;
    let template = Template::of_name(&row.template).ok_or(LetterError::NotFound)?;
    let content = content(&row.content)?;
    let fonts = table.issuer.fonts();
    with_paper(template, &content, &row.content, moment(row.drafted_at)?, |paper| paper.png(&fonts, DOTS_PER_INCH))
}

/// A letter that is not signed and not too old, with the key that it was drafted for, which runs.
pub(super) fn open(table: &Table<'_>, holder: &Holder, id: &str) -> Result<(Letter, PersonalKey), LetterError> {
    let now = table.issuer.clock.now()?;
    let (row, key) = table.issuer.store.read(|conn| {
        Ok::<_, StoreError>((letters::find(conn, holder.id(), id)?, personal_keys::running(conn, holder.id())?))
    })?;
    let row = row.ok_or(LetterError::NotFound)?;
    if row.signed_at.is_some() {
        return Err(LetterError::SignedAlready);
    }
    let age = now.unix_milliseconds() - row.drafted_at;
    if !(0..=LIFETIME_MILLISECONDS).contains(&age) {
        return Err(LetterError::Expired);
    }
    let key = key.filter(|key| key.id == row.key_id).ok_or(LetterError::NoKey)?;
    if !certificate(&key)?.is_valid_at(now) {
        return Err(LetterError::NoKey);
    }
    Ok((row, key))
}

/// What would be signed: the same content gives the same each time.
pub(super) fn planned(table: &Table<'_>, octets: &[u8]) -> Result<SigningPlan, LetterError> {
    let content = content(octets)?;
    let (template, at) = (Template::of_name(&content.letter).ok_or(LetterError::NotFound)?, moment(content.at)?);
    let package = with_paper(template, &content, octets, at, |paper| paper.package(&table.issuer.fonts()))?;
    let signing = Signing { at, provider: PROVIDER.to_owned() };
    package.sign_first(&signing, LIST).map_err(|fault| LetterError::Package(fault.to_string()))
}

pub(super) fn content(octets: &[u8]) -> Result<Content, LetterError> {
    serde_json::from_slice(octets).map_err(|error| LetterError::Package(error.to_string()))
}

pub(super) fn moment(milliseconds: i64) -> Result<Moment, LetterError> {
    Moment::from_unix_milliseconds(milliseconds).map_err(|error| LetterError::Package(error.to_string()))
}

/// The sheet of a letter.
fn with_paper<T>(
    template: &Template,
    content: &Content,
    octets: &[u8],
    at: Moment,
    draw: impl FnOnce(&Paper<'_>) -> Result<T, yinxin_face::PaperError>,
) -> Result<T, LetterError> {
    let missing = || LetterError::Drawing("a field is missing".to_owned());
    let both = |title: &yinxin_trust::base::Sentence| format!("{} {}", title.zh, title.en);
    let mut rows = vec![("本人 Signed by".to_owned(), format!("{}（{}）", content.name, content.code))];
    for field in &template.fields {
        rows.push((both(&field.title), content.fields.get(&field.name).ok_or_else(missing)?.clone()));
    }
    let statement = template.filled_statement(&content.fields).ok_or_else(missing)?;
    rows.push(("声明 Statement".to_owned(), statement));
    rows.push(("时间 Time".to_owned(), format!("{}（北京时间 Beijing time）", at.at_offset_hours(8))));
    let paper = Paper {
        title: &template.title.zh,
        subtitle: &template.title.en,
        rows: &rows,
        note: NOTE,
        attachment: (ATTACHMENT, octets),
        at,
    };
    draw(&paper).map_err(|error| LetterError::Drawing(error.to_string()))
}

const NOTE: &str = "本人用自己的签名密钥签名，签名在文件里，以签名为准；打印件没有签名。核验：yinxin verify，或任何互认机构的核验页。这是自然人的签名，不是单位的印章，也不是证照。\
\nSigned in the file with the signer's own key; a printout carries no signature. A natural person's signature: neither the seal of a body nor a licence.";

/// A code over which somebody may look: that of a citizen as elsewhere, any other to its last two characters.
fn covered(code: &str) -> String {
    if let Ok(number) = code.parse::<CitizenNumber>() {
        return number.masked();
    }
    let count = code.chars().count();
    code.chars().enumerate().map(|(at, c)| if at + 2 >= count && count > 4 { c } else { '*' }).collect()
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft").field("id", &self.id).field("digest", &self.digest).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_covered() {
        assert_eq!(covered("11010519491231002X"), "110***********002X");
        assert_eq!(covered("E12345678"), "*******78");
        assert_eq!(covered("E123"), "****");
    }
}

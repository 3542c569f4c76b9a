//! What a copy shall state, and between what a holder may choose.

use super::CopyError;
use crate::flow::{access::Holder, holders::holdings, issuer::Issuer, kind::FieldOffence, text};
use serde::{Deserialize, Serialize};
use yinxin_trust::{
    base::{Day, Moment, Sentence},
    licence::{Expiry, identifier::LicenceIdentifier, state::Standing},
    sm::sm3,
};

/// Most characters of a purpose (用证事由), and of a user.
const LONGEST_PURPOSE: usize = 200;
const LONGEST_RECIPIENT: usize = 100;

/// A copy that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyOrder {
    /// 加注件制作事由, 1 to 200 characters on one line: for this and nothing else.
    pub purpose: String,
    /// 加注件使用单位, 1 to 100 characters on one line: whoever is shown it, by name or credit code.
    pub recipient: String,
    /// The last day of use, of Asia/Shanghai: today at the earliest, at the latest the last day of the licence,
    /// and no later than `[access] copy_days` allow.
    #[schema(value_type = String, format = Date)]
    pub until: Day,
}

/// A licence of which a copy may be asked for, and until when at most.
#[derive(Clone, Debug)]
pub struct CopyOffer {
    /// 电子证照标识 of the version that counts.
    pub identifier: String,
    /// What the type is called.
    pub type_title: Sentence,
    /// 证照颁发机构, as on the face.
    pub issuing_body: String,
    /// What it is today.
    pub standing: Standing,
    /// Today.
    pub today: Day,
    /// The last day that may be stated.
    pub latest: Day,
}

/// What a holder may have a copy made of.
///
/// # Errors
/// [`CopyError::NotHeld`], also for a licence of another holder.
pub fn offer(
    issuer: &Issuer,
    holder: &Holder,
    identifier: &LicenceIdentifier,
    most_days: u32,
) -> Result<CopyOffer, CopyError> {
    let now = issuer.clock.now()?;
    issuer.store.read(|conn| {
        let held = holdings::find(conn, issuer, holder.code(), identifier)?.ok_or(CopyError::NotHeld)?;
        let today = Day::in_beijing_at(now)?;
        let standing = held.life.on(today);
        Ok(CopyOffer {
            identifier: held.version.identifier,
            type_title: held.kind.title(),
            issuing_body: held.issuing_body,
            latest: latest(now, most_days, standing.until)?,
            standing,
            today,
        })
    })
}

/// The last day that a copy made now may state.
pub(super) fn latest(now: Moment, most_days: u32, of_licence: Expiry) -> Result<Day, CopyError> {
    let most = now.unix_milliseconds().saturating_add(i64::from(most_days) * 86_400_000);
    let most = Moment::from_unix_milliseconds(most).map_err(|cause| CopyError::record(&cause))?;
    let most = Day::in_beijing_at(most)?;
    Ok(match of_licence {
        Expiry::Never => most,
        Expiry::After(last) => most.min(last),
    })
}

impl CopyOrder {
    /// What is said of a day that is none.
    pub fn no_day() -> FieldOffence {
        let sentence = Sentence::new("请选一个日期。", "choose a day");
        FieldOffence { field: "until".to_owned(), code: "wanted", sentence }
    }

    /// The last second of use, once everything that is stated holds.
    ///
    /// # Errors
    /// [`CopyError::Order`] with every offence.
    pub(super) fn checked(
        &self,
        now: Moment,
        most_days: u32,
        (of_licence, of_delegation): (Expiry, Option<Day>),
    ) -> Result<Moment, CopyError> {
        let mut offences = Vec::new();
        let mut wrong = |field: &str, code, zh: &str, en: &str| {
            offences.push(FieldOffence { field: field.to_owned(), code, sentence: Sentence::new(zh, en) });
        };
        if text::line(&self.purpose, LONGEST_PURPOSE).is_none() {
            wrong(
                "purpose",
                "wanted",
                "请写明用途，最多 200 个字。",
                "say what it is for, in 1 to 200 characters on one line",
            );
        }
        if text::line(&self.recipient, LONGEST_RECIPIENT).is_none() {
            wrong(
                "recipient",
                "wanted",
                "请写明给谁用，最多 100 个字。",
                "say who will use it, in 1 to 100 characters on one line",
            );
        }
        let today = Day::in_beijing_at(now)?;
        if self.until < today {
            wrong("until", "past", "截止日期已经过了。", "the last day is past");
        } else if matches!(of_licence, Expiry::After(last) if self.until > last) {
            wrong(
                "until",
                "beyond_licence",
                "截止日期晚于证照自己的有效期。",
                "the licence itself ends before that day",
            );
        } else if of_delegation.is_some_and(|last| self.until > last) {
            wrong("until", "beyond_delegation", "截止日期晚于授权的最后一天。", "the delegation ends before that day");
        } else if self.until > latest(now, most_days, of_licence)? {
            let (zh, en) = (format!("最长只能用 {most_days} 天。"), format!("a copy lasts {most_days} days at most"));
            wrong("until", "too_late", &zh, &en);
        }
        let last = self.until.at_beijing_time(23, 59, 59);
        match last {
            Some(last) if offences.is_empty() => Ok(last),
            _ => Err(CopyError::Order(offences)),
        }
    }

    /// As it is printed.
    pub(super) fn stated(&self) -> (String, String) {
        (self.purpose.trim().to_owned(), self.recipient.trim().to_owned())
    }

    /// What makes two orders with one key the same.
    pub(super) fn digest(&self, licence_id: &str) -> Result<sm3::Digest, CopyError> {
        let (purpose, recipient) = self.stated();
        let octets = serde_json::to_vec(&("copy", licence_id, purpose, recipient, self.until));
        Ok(sm3::digest(&octets.map_err(|cause| CopyError::record(&cause))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offence_at_once_and_the_last_second_of_the_day() {
        let now = Moment::parse("2026-11-30T06:00:00Z").unwrap();
        let day = |text: &str| Day::parse(text).unwrap();
        let order = |purpose: &str, recipient: &str, until| CopyOrder {
            purpose: purpose.to_owned(),
            recipient: recipient.to_owned(),
            until: day(until),
        };
        let of = |order: CopyOrder, licence| match order.checked(now, 90, (licence, None)) {
            Ok(at) => Ok(at),
            Err(CopyError::Order(all)) => Err(all.iter().map(|one| (one.field.clone(), one.code)).collect::<Vec<_>>()),
            Err(other) => panic!("{other}"),
        };
        let licence = Expiry::After(day("2026-12-31"));
        let last = of(order("投标", "某中心", "2026-12-31"), licence).unwrap();
        assert_eq!(last.at_offset_hours(8), "2026-12-31 23:59:59");
        assert!(of(order("投标", "某中心", "2026-11-30"), licence).is_ok());
        let code = |of: &str, code| Err(vec![(of.to_owned(), code)]);
        assert_eq!(of(order("投标", "某中心", "2027-01-01"), licence), code("until", "beyond_licence"));
        assert_eq!(of(order("投标", "某中心", "2027-03-01"), Expiry::Never), code("until", "too_late"));
        assert_eq!(of(order("投标", "某中心", "2026-11-29"), licence), code("until", "past"));
        assert_eq!(of(order(" ", "某\n中心", "2026-11-29"), licence).unwrap_err().len(), 3);
        assert_eq!(of(order(&"长".repeat(201), "某中心", "2026-12-01"), licence), code("purpose", "wanted"));
    }
}

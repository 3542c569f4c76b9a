//! A printed code at the window (`yinxin_trust::code::print`).
//!
//! Of ours, the register is asked as ever; what stands behind the `#` only refuses a code that somebody
//! altered. Of another locality: 1 what is signed, by the keys of its list · 2 its register is asked by the
//! code, and answers signed · 3 where no answer comes, the clerk reads name, number and last day off the
//! paper, and these are held against what was signed. Then it is known what was issued, whether its last day is
//! over, and not what happened since.

use super::{Brought, Counter, Seen, Told, scanned::plain};
use crate::flow::{
    issue::IssueError,
    register::ByCode,
    shown::{self, Shown},
    trust::Whose,
};
use yinxin_trust::{
    base::{Day, Moment},
    code::{
        Payload, ShortCode,
        offline::OfflinePolicy,
        print::{GenuinePrint, NumberOffence, PrintedFacts, PrintedNumber, check},
    },
    licence::{
        Expiry,
        name::{HolderName, NameOffence},
    },
    verify::{StandingState, standing_by_identifier},
};

/// A printed code of another locality.
#[derive(Clone, Debug, PartialEq)]
pub struct PrintSeen {
    /// The operator whose site it names.
    pub locality: String,
    /// When its register signed what is printed; none where nothing is signed, or nobody vouches for the key.
    pub signed_at: Option<Moment>,
    /// What its register says now, or said lately.
    pub told: Option<ByCode>,
    /// Whether the paper was held against what was signed.
    pub is_compared: bool,
}

/// What a clerk read off the paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    holder: HolderName,
    number: PrintedNumber,
    until: Expiry,
}

/// Why something that was read is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaperFault {
    /// The holder.
    #[error("the holder: {0}")]
    Holder(#[from] NameOffence),
    /// The number.
    #[error("the number: {0}")]
    Number(#[from] NumberOffence),
    /// The last day.
    #[error("the last day is a date, or 长期")]
    Until,
}

impl Paper {
    /// As somebody types it: the last day with any signs between year, month and day.
    ///
    /// # Errors
    /// [`PaperFault`].
    pub fn read(holder: &str, number: &str, until: &str) -> Result<Self, PaperFault> {
        let until = last_day(until).ok_or(PaperFault::Until)?;
        Ok(Self { holder: holder.trim().parse()?, number: number.parse()?, until })
    }

    /// What is held against what was signed.
    pub fn facts(&self) -> PrintedFacts<'_> {
        PrintedFacts { holder: &self.holder, number: &self.number, until: self.until }
    }

    fn is_over(&self, today: Day) -> bool {
        matches!(self.until, Expiry::After(last) if last < today)
    }
}

fn last_day(text: &str) -> Option<Expiry> {
    if plain(text) == "长期" { Some(Expiry::Never) } else { day_as_written(text).map(Expiry::After) }
}

/// A day as somebody writes it: `2026-12-31`, `2026年12月31日`, `2026/12/31`, `20261231`, in wide figures too.
pub fn day_as_written(text: &str) -> Option<Day> {
    let text = plain(text);
    let mut numbers = text.split(|sign: char| !sign.is_ascii_digit()).filter(|part| !part.is_empty());
    let (year, month, day) = match (numbers.next()?, numbers.next()) {
        (whole, None) if whole.len() == 8 => (whole.get(..4)?, whole.get(4..6)?, whole.get(6..)?),
        (year, month) => (year, month?, numbers.next()?),
    };
    let date = format!("{year:0>4}-{month:0>2}-{day:0>2}");
    Day::parse(&date).ok().filter(|_| numbers.next().is_none())
}

/// What stands behind the `#`, by the keys of its locality.
fn signed(
    counter: &Counter<'_>,
    (code, payload): (&ShortCode, &Payload),
    whose: &Whose,
    at: Moment,
) -> Result<Option<GenuinePrint>, Shown> {
    let keys = counter.keys(at);
    let skew = OfflinePolicy::default().clock_skew_seconds;
    match check(code, payload, &keys, at, skew) {
        Ok(genuine) if keys.sign_prints_of(genuine.key, whose, Day::in_beijing_at(at).ok()) => Ok(Some(genuine)),
        // nothing can be said of it: its register may say more
        Ok(_) => Ok(None),
        Err(fault) => Shown::of_print_fault(&fault).map_or(Ok(None), Err),
    }
}

/// Why a printed code of ours is not looked up.
pub(super) fn refused(counter: &Counter<'_>, code: &str, payload: Option<&Payload>, at: Moment) -> Option<Shown> {
    let (code, payload) = (code.parse().ok()?, payload?);
    signed(counter, (&code, payload), &Whose::Ours, at).err()
}

/// Of another locality.
pub(super) fn of_others(
    counter: &Counter<'_>,
    (locality, code, payload): (String, &ShortCode, Option<&Payload>),
    paper: Option<&Paper>,
    at: Moment,
) -> Result<Seen, IssueError> {
    let brought = Brought::OfOthers(locality.clone());
    let whose = Whose::Of(locality.clone());
    let genuine = match payload.map_or(Ok(None), |payload| signed(counter, (code, payload), &whose, at)) {
        Ok(genuine) => genuine,
        Err(shown) => return Seen::new(shown, brought, at),
    };
    let told = counter.verifier.by_code(&locality, code);
    let compared = genuine.as_ref().zip(paper).map(|(genuine, paper)| genuine.compare(&paper.facts()).is_ok());
    let standing = told.as_ref().map(|told| {
        let registered = &told.registered;
        let answer = yinxin_trust::verify::RegisterAnswer::Known(Box::new(registered.clone()));
        standing_by_identifier(&registered.identifier, &answer).state
    });
    let today = Day::in_beijing_at(at)?;
    let shown = match (compared, standing) {
        (Some(false), _) => Shown::PrintDiffers,
        (_, Some(state)) => shown::of_standing(state),
        (Some(true), None) if paper.is_some_and(|paper| paper.is_over(today)) => {
            Shown::NotInForce(StandingState::Expired)
        }
        (Some(true), None) => Shown::ValidOffline,
        (None, None) => Shown::CodeOfOthers,
    };
    let signed_at = genuine.map(|genuine| genuine.signed_at);
    let seen = PrintSeen { locality, signed_at, told, is_compared: compared.is_some() };
    Ok(Seen { told: Some(Told::Print(Box::new(seen))), ..Seen::new(shown, brought, at)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_days_as_they_are_typed() {
        let day = Some(Expiry::After(Day::new(2029, 1, 4).unwrap()));
        for text in ["2029-01-04", "2029年1月4日", "2029.1.4", " ２０２９／０１／０４ ", "20290104"] {
            assert_eq!(last_day(text), day, "{text}");
        }
        assert_eq!(last_day(" 长期 "), Some(Expiry::Never));
        for text in ["", "2029-01", "2029-13-01", "2029-01-04-05", "永久", "2029010", "20291304"] {
            assert_eq!(last_day(text), None, "{text}");
        }
    }
}

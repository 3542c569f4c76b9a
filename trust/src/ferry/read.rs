//! Taking the lines as they come.

use super::{Counts, Entry, FORMAT, FerryFault, Header, Kind, LINE, LONG_LINE, Registration, budget};
use crate::{
    base::{Day, Moment},
    licence::{codes::RegionCode, identifier::LicenceIdentifier, name::HolderName},
    sm::{
        Signature,
        sm3::{self, Sm3},
    },
    trust_list::{
        Operator,
        canonical::{self, Value},
    },
    verify::SealName,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Reads a file line by line and keeps none of it. What it gives is of the form; whether it is believed, the signature
/// over [`Item::End`] says.
pub struct FerryReader {
    hash: Sm3,
    line: u64,
    stage: Stage,
    counts: Counts,
    last: Option<(Kind, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Format,
    Header,
    Entries,
    Signature,
    Done,
}

/// What a line is.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// The first line.
    Format,
    /// The second.
    Header(Header),
    /// One of those that follow.
    Entry(Entry),
    /// The one before the last: how many entries there were, and SM3 of the file, which is signed.
    End(Counts, sm3::Digest),
    /// The last.
    Signature(Signature),
}

impl Default for FerryReader {
    fn default() -> Self {
        Self { hash: Sm3::new(), line: 0, stage: Stage::Format, counts: Counts::default(), last: None }
    }
}

impl FerryReader {
    /// Octets of the next line at most, without its line feed.
    pub fn line_limit(&self) -> usize {
        let is_short = self.last.as_ref().is_some_and(|(kind, _)| *kind > Kind::RevocationList);
        if self.stage == Stage::Entries && !is_short { LONG_LINE } else { LINE }
    }

    /// The next line, without its line feed.
    ///
    /// # Errors
    /// [`FerryFault`].
    pub fn line(&mut self, octets: &[u8]) -> Result<Item, FerryFault> {
        self.line += 1;
        let (line, limit) = (self.line, self.line_limit());
        if octets.len() > limit {
            return Err(FerryFault::LongLine { line, limit });
        }
        if matches!(self.stage, Stage::Format | Stage::Header | Stage::Entries) {
            self.hash.update(octets);
            self.hash.update(b"\n");
        }
        match self.stage {
            Stage::Format if octets == FORMAT.as_bytes() => {
                self.stage = Stage::Header;
                Ok(Item::Format)
            }
            Stage::Format => Err(FerryFault::Format),
            Stage::Header => {
                self.stage = Stage::Entries;
                header(&Line::read(octets, line, limit)?).map(Item::Header)
            }
            Stage::Entries => self.entry(&Line::read(octets, line, limit)?),
            Stage::Signature => {
                self.stage = Stage::Done;
                let der = STANDARD.decode(octets).map_err(|_| FerryFault::Base64)?;
                Signature::from_der(&der).map(Item::Signature).map_err(FerryFault::Signature)
            }
            Stage::Done => Err(FerryFault::AfterTheEnd { line }),
        }
    }

    /// Once there are no more lines.
    ///
    /// # Errors
    /// [`FerryFault::Truncated`].
    pub fn finish(self) -> Result<(), FerryFault> {
        if self.stage == Stage::Done { Ok(()) } else { Err(FerryFault::Truncated) }
    }

    fn entry(&mut self, line: &Line<'_>) -> Result<Item, FerryFault> {
        if let [(name, Value::Object(counts))] = &line.members[..]
            && name == "end"
        {
            let said = |kind: Kind| {
                let found = counts.iter().find(|(name, _)| name == kind.as_str()).map(|(_, value)| value);
                matches!(found, Some(Value::Integer(number)) if u64::try_from(*number) == Ok(self.counts.of(kind)))
            };
            if counts.len() != Kind::ALL.len() || !Kind::ALL.into_iter().all(said) {
                return Err(FerryFault::Counts { line: self.line });
            }
            self.stage = Stage::Signature;
            return Ok(Item::End(self.counts, self.hash.clone().finish()));
        }
        let entry = entry(line)?;
        let place = (entry.kind(), entry.name());
        if self.last.as_ref().is_some_and(|last| *last >= place) {
            return Err(FerryFault::Order { line: self.line });
        }
        if line.octets > LINE && place.0 > Kind::RevocationList {
            return Err(FerryFault::LongLine { line: self.line, limit: LINE });
        }
        self.last = Some(place);
        self.counts.one_more(entry.kind());
        Ok(Item::Entry(entry))
    }
}

/// The members of a line.
struct Line<'a> {
    line: u64,
    octets: usize,
    members: Vec<(std::borrow::Cow<'a, str>, Value<'a>)>,
}

impl<'a> Line<'a> {
    fn read(octets: &'a [u8], line: u64, limit: usize) -> Result<Self, FerryFault> {
        match canonical::read(octets, &budget(limit)).map_err(|fault| FerryFault::Form { line, fault })? {
            Value::Object(members) => Ok(Self { line, octets: octets.len(), members }),
            _ => Err(FerryFault::Member { line, what: "not an object" }),
        }
    }

    const fn wrong(&self, what: &'static str) -> FerryFault {
        FerryFault::Member { line: self.line, what }
    }

    fn only(&self, names: &[&str]) -> Result<(), FerryFault> {
        let unknown = self.members.iter().any(|(name, _)| !names.contains(&name.as_ref()));
        if unknown { Err(self.wrong("a member that does not belong here")) } else { Ok(()) }
    }

    fn value(&self, name: &str) -> Option<&Value<'a>> {
        self.members.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    fn text(&self, name: &'static str) -> Result<&str, FerryFault> {
        match self.value(name) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(self.wrong(name)),
        }
    }

    fn base64(&self, name: &'static str) -> Result<Vec<u8>, FerryFault> {
        STANDARD.decode(self.text(name)?).map_err(|_| self.wrong(name))
    }

    fn parsed<T: core::str::FromStr>(&self, name: &'static str) -> Result<T, FerryFault> {
        self.text(name)?.parse().map_err(|_| self.wrong(name))
    }

    fn digest(&self, name: &'static str) -> Result<sm3::Digest, FerryFault> {
        let text = self.text(name)?;
        let octets = hex::decode(text).ok().filter(|_| !text.bytes().any(|octet| octet.is_ascii_uppercase()));
        octets.and_then(|octets| octets.try_into().ok()).ok_or_else(|| self.wrong(name))
    }

    /// `2026-11-21T08:30:00Z` and no other form.
    fn moment(&self, name: &'static str) -> Result<Moment, FerryFault> {
        let text = self.text(name)?;
        let read = Moment::parse(text).ok().filter(|read| read.to_string() == text);
        read.filter(|read| read.unix_milliseconds() % 1000 == 0).ok_or_else(|| self.wrong(name))
    }

    /// `2026-11-21` and no other form.
    fn day(&self, name: &'static str) -> Result<Day, FerryFault> {
        let text = self.text(name)?;
        Day::parse(text).ok().filter(|day| day.to_string() == text).ok_or_else(|| self.wrong(name))
    }

    /// 1 to 512 visible characters.
    fn name(&self, name: &'static str) -> Result<String, FerryFault> {
        let read: HolderName = self.parsed(name)?;
        Ok(read.as_str().to_owned())
    }
}

fn header(line: &Line<'_>) -> Result<Header, FerryFault> {
    line.only(&["made", "operator", "previous", "sequence"])?;
    let sequence = match line.value("sequence") {
        Some(Value::Integer(number)) => u64::try_from(*number).ok().filter(|number| *number > 0),
        _ => None,
    };
    let Some(Value::Object(members)) = line.value("operator") else { return Err(line.wrong("operator")) };
    let inner = Line { line: line.line, octets: 0, members: members.clone() };
    inner.only(&["key", "name", "territory"])?;
    let territory: RegionCode = inner.parsed("territory")?;
    Ok(Header {
        operator: Operator { name: inner.name("name")?, territory },
        key_sm3: inner.digest("key")?,
        sequence: sequence.ok_or_else(|| line.wrong("sequence"))?,
        previous: line.digest("previous")?,
        made: line.moment("made")?,
    })
}

fn entry(line: &Line<'_>) -> Result<Entry, FerryFault> {
    let kind = line.text("kind")?;
    let kind = Kind::ALL.into_iter().find(|one| one.as_str() == kind);
    Ok(match kind.ok_or_else(|| line.wrong("a kind that is not known"))? {
        Kind::TrustList => {
            line.only(&["kind", "octets", "signature"])?;
            Entry::TrustList { octets: line.base64("octets")?, signature: line.base64("signature")? }
        }
        Kind::RevocationList => {
            line.only(&["kind", "der"])?;
            Entry::RevocationList(line.base64("der")?)
        }
        Kind::Standing => {
            line.only(&["kind", "licence", "octets", "signature"])?;
            let licence = licence(line)?;
            Entry::Standing { licence, octets: line.base64("octets")?, signature: line.base64("signature")? }
        }
        Kind::Seal => {
            line.only(&["kind", "es_id", "seal_sm3", "octets", "signature"])?;
            let es_id = line.text("es_id")?.to_owned();
            if !(1..=64).contains(&es_id.len()) || !es_id.bytes().all(|octet| octet.is_ascii_graphic()) {
                return Err(line.wrong("es_id"));
            }
            let seal = SealName { es_id, sm3: line.digest("seal_sm3")? };
            Entry::Seal { seal, octets: line.base64("octets")?, signature: line.base64("signature")? }
        }
        Kind::Registration => {
            line.only(&["kind", "licence", "number", "document_sm3", "stamped", "valid_from", "valid_until"])?;
            let valid_until = line.value("valid_until").map(|_| line.day("valid_until")).transpose()?;
            Entry::Registration(Registration {
                licence: licence(line)?,
                number: line.name("number")?,
                document_sm3: line.digest("document_sm3")?,
                stamped: line.moment("stamped")?,
                valid_from: line.day("valid_from")?,
                valid_until,
            })
        }
    })
}

/// In its one form: the register looks for it by these characters.
fn licence(line: &Line<'_>) -> Result<LicenceIdentifier, FerryFault> {
    let read: LicenceIdentifier = line.parsed("licence")?;
    if read.as_str() == line.text("licence")? { Ok(read) } else { Err(line.wrong("licence")) }
}

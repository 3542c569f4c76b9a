//! Making the lines.

use super::{Counts, Entry, FORMAT, FerryFault, Header, Kind, LINE, LONG_LINE, budget};
use crate::{
    sm::{
        Signature,
        sm3::{self, Sm3},
    },
    trust_list::canonical::{self, Value},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// Makes a file line by line. Each line that it gives ends with a line feed.
pub struct FerryWriter {
    hash: Sm3,
    line: u64,
    counts: Counts,
    last: Option<(Kind, String)>,
}

impl FerryWriter {
    /// A file of this header, and its first lines.
    ///
    /// # Errors
    /// [`FerryFault::Form`].
    pub fn new(header: &Header) -> Result<(Self, Vec<u8>), FerryFault> {
        let mut writer = Self { hash: Sm3::new(), line: 1, counts: Counts::default(), last: None };
        let first = format!("{FORMAT}\n").into_bytes();
        writer.hash.update(&first);
        let operator = object([
            ("key", text(hex::encode(header.key_sm3))),
            ("name", text(&header.operator.name)),
            ("territory", text(header.operator.territory)),
        ]);
        let head = object([
            ("made", text(header.made)),
            ("operator", operator),
            ("previous", text(hex::encode(header.previous))),
            // past i64 no integer is canonical either
            ("sequence", Value::Integer(i64::try_from(header.sequence).unwrap_or(i64::MAX))),
        ]);
        let head = writer.written(&head, LINE)?;
        Ok((writer, [first, head].concat()))
    }

    /// The line of the next entry.
    ///
    /// # Errors
    /// [`FerryFault::Order`] where it belongs before the one before it, or is the same; [`FerryFault::Form`] where it is
    /// too long.
    pub fn entry(&mut self, entry: &Entry) -> Result<Vec<u8>, FerryFault> {
        let place = (entry.kind(), entry.name());
        if self.last.as_ref().is_some_and(|last| *last >= place) {
            return Err(FerryFault::Order { line: self.line + 1 });
        }
        self.last = Some(place);
        self.counts.one_more(entry.kind());
        let limit = if entry.kind() <= Kind::RevocationList { LONG_LINE } else { LINE };
        self.written(&value(entry), limit)
    }

    /// The line of the counts, the counts, and SM3 of the file, which is to be signed.
    ///
    /// # Errors
    /// [`FerryFault::Form`].
    pub fn end(mut self) -> Result<(Vec<u8>, Counts, sm3::Digest), FerryFault> {
        let counts = self.counts;
        let line = self.written(&end(&counts), LINE)?;
        Ok((line, counts, self.hash.finish()))
    }

    fn written(&mut self, value: &Value<'_>, limit: usize) -> Result<Vec<u8>, FerryFault> {
        self.line += 1;
        let line = canonical::write(value, &budget(limit));
        let mut line = line.map_err(|fault| FerryFault::Form { line: self.line, fault })?;
        line.push(b'\n');
        self.hash.update(&line);
        Ok(line)
    }
}

/// The last line.
pub fn signature_line(signature: &Signature) -> Vec<u8> {
    format!("{}\n", STANDARD.encode(signature.to_der())).into_bytes()
}

fn end(counts: &Counts) -> Value<'static> {
    // no file has as many as integers go
    let of = |kind| (Kind::as_str(kind), Value::Integer(i64::try_from(counts.of(kind)).unwrap_or(i64::MAX)));
    object([("end", object(Kind::ALL.map(of)))])
}

fn value(entry: &Entry) -> Value<'static> {
    let kind = ("kind", text(entry.kind().as_str()));
    match entry {
        Entry::TrustList { octets, signature } => {
            object([kind, base64("octets", octets), base64("signature", signature)])
        }
        Entry::RevocationList(der) => object([kind, base64("der", der)]),
        Entry::Standing { licence, octets, signature } => object([
            kind,
            ("licence", text(licence.as_str())),
            base64("octets", octets),
            base64("signature", signature),
        ]),
        Entry::Seal { seal, octets, signature } => object([
            kind,
            ("es_id", text(&seal.es_id)),
            ("seal_sm3", text(hex::encode(seal.sm3))),
            base64("octets", octets),
            base64("signature", signature),
        ]),
        Entry::Registration(one) => {
            let members = [
                kind,
                ("licence", text(one.licence.as_str())),
                ("number", text(&one.number)),
                ("document_sm3", text(hex::encode(one.document_sm3))),
                ("stamped", text(one.stamped)),
                ("valid_from", text(one.valid_from)),
            ];
            object(members.into_iter().chain(one.valid_until.map(|until| ("valid_until", text(until)))))
        }
    }
}

fn base64(name: &'static str, octets: &[u8]) -> (&'static str, Value<'static>) {
    (name, text(STANDARD.encode(octets)))
}

fn text(shown: impl core::fmt::Display) -> Value<'static> {
    Value::Text(shown.to_string().into())
}

fn object(members: impl IntoIterator<Item = (&'static str, Value<'static>)>) -> Value<'static> {
    Value::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

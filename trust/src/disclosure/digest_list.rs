//! The list of digests that stands in the package.

use super::DisclosureFault;
use crate::sm::sm3;

/// First line of the list.
const HEAD: &str = "yinxin-field-digests/1\n";

/// Most digests of one licence: more fields than a type may have, twice.
const MOST: usize = 512;

/// A line: the digest in hexadecimal and a line feed.
const LINE: usize = 65;

/// Digests of the fields of one licence, ascending: their order tells nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestList(Vec<sm3::Digest>);

impl DigestList {
    /// Octets of the longest list.
    pub const MOST_BYTES: u64 = (HEAD.len() + LINE * MOST) as u64;

    /// Of digests in any order.
    ///
    /// # Errors
    /// [`DisclosureFault::ListCount`], [`DisclosureFault::ListOrder`] where one stands twice.
    pub fn new(digests: impl IntoIterator<Item = sm3::Digest>) -> Result<Self, DisclosureFault> {
        let mut all: Vec<_> = digests.into_iter().collect();
        all.sort_unstable();
        Self::checked(all)
    }

    fn checked(all: Vec<sm3::Digest>) -> Result<Self, DisclosureFault> {
        if all.is_empty() || all.len() > MOST {
            return Err(DisclosureFault::ListCount { limit: MOST });
        }
        let ascending = all.windows(2).all(|pair| pair.first() < pair.last());
        if ascending { Ok(Self(all)) } else { Err(DisclosureFault::ListOrder) }
    }

    /// The file: its first line, then a line of 64 lower-case hexadecimal digits for each digest.
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(HEAD.len() + LINE * self.0.len());
        text.push_str(HEAD);
        for digest in &self.0 {
            text.push_str(&hex::encode(digest));
            text.push('\n');
        }
        text
    }

    /// Reads the file; there is one form only.
    ///
    /// # Errors
    /// [`DisclosureFault`].
    pub fn read(text: &str) -> Result<Self, DisclosureFault> {
        let lines = text.strip_prefix(HEAD).ok_or(DisclosureFault::ListForm)?;
        let lines = lines.strip_suffix('\n').ok_or(DisclosureFault::ListForm)?;
        if lines.len() >= LINE * MOST {
            return Err(DisclosureFault::ListCount { limit: MOST });
        }
        let digests = lines.split('\n').map(|line| {
            let mut digest = sm3::Digest::default();
            hex::decode_to_slice(line, &mut digest).map_err(|_| DisclosureFault::ListForm)?;
            if hex::encode(digest) == line { Ok(digest) } else { Err(DisclosureFault::ListForm) }
        });
        Self::checked(digests.collect::<Result<_, _>>()?)
    }

    /// Whether a digest is there.
    pub fn contains(&self, digest: &sm3::Digest) -> bool {
        self.0.binary_search(digest).is_ok()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// Whether a file says of itself that it is such a list. Nobody but the issuer of a licence
/// may have one stamped.
pub fn carries_digests(octets: &[u8]) -> bool {
    octets.starts_with(HEAD.trim_end().as_bytes())
}

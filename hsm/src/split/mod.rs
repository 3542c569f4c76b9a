//! A secret split among people: any m of n shares give it back, fewer tell nothing
//! (Shamir, over GF(256)).
//!
//! The polynomial arithmetic is the crate `blahaj`'s; here are the shares as people keep them.
//! Its tables are read at places that depend on the secret, so splitting and combining belong
//! on a machine where nobody else runs anything: the machine of the ceremony.
//!
//! # Share, version 1
//!
//! 47 octets, written as hexadecimal digits in groups of four after `yinxin-share`:
//!
//! | octets | what |
//! |---|---|
//! | 1 | version: 1 |
//! | 8 | set: random, the same for all shares of one splitting |
//! | 1 | threshold m, 2 to 16 |
//! | 1 | index, 1 to n |
//! | 32 | value |
//! | 4 | checksum: the first octets of SM3 of everything before |
//!
//! The checksum finds slips of the hand. It does not keep a holder from handing in another
//! value on purpose: what was sealed under the secret finds that.

use crate::{KeyError, random};
use blahaj::Sharks;
use core::{fmt, str::FromStr};
use yinxin_trust::{base::Secret, sm::sm3};
use zeroize::{Zeroize as _, Zeroizing};

/// Most shares that are needed.
pub const MOST_NEEDED: u8 = 16;

/// Most shares of one set.
pub const MOST_SHARES: u8 = 32;

/// Octets of a secret that is split.
pub(crate) const SECRET: usize = 32;

/// Octets of a set's id.
pub(crate) const SET: usize = 8;

const VERSION: u8 = 1;
const LENGTH: usize = 1 + SET + 1 + 1 + SECRET + CHECKSUM;
const CHECKSUM: usize = 4;
const PREFIX: &str = "yinxin-share";

/// Why shares were not made, read or put together. No value is repeated in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SplitFault {
    /// Numbers that make no sense.
    #[error("cannot split {needed} of {shares}: 2 to {MOST_NEEDED} must be needed, of at most {MOST_SHARES} shares")]
    Numbers {
        /// Shares needed.
        needed: u8,
        /// Shares there are.
        shares: u8,
    },
    /// Not of the form of a share.
    #[error("share {place}: is no share: yinxin-share and {} hexadecimal digits are wanted", LENGTH * 2)]
    Form {
        /// Which of those handed in, from 1.
        place: usize,
    },
    /// Of a version that this program does not read.
    #[error("share {place}: version {version} is not known")]
    Version {
        /// Which of those handed in, from 1.
        place: usize,
        /// Its version.
        version: u8,
    },
    /// A slip of the hand.
    #[error("share {place}: the checksum is wrong: something was mistyped")]
    Checksum {
        /// Which of those handed in, from 1.
        place: usize,
    },
    /// Values that no share has.
    #[error("share {place}: index {index} or threshold {needed} is out of range")]
    Range {
        /// Which of those handed in, from 1.
        place: usize,
        /// Its index.
        index: u8,
        /// Its threshold.
        needed: u8,
    },
    /// Of another splitting.
    #[error("share {place} is of set {found}, not of {wanted}")]
    OtherSet {
        /// Which of those handed in, from 1.
        place: usize,
        /// Its set.
        found: String,
        /// The set that is wanted.
        wanted: String,
    },
    /// The same share again.
    #[error("share with index {index} was handed in twice")]
    Twice {
        /// Its index.
        index: u8,
    },
    /// Not enough.
    #[error("{have} shares are too few: {needed} of the set are needed")]
    TooFew {
        /// How many there are.
        have: usize,
        /// How many are needed.
        needed: u8,
    },
    /// Sound in form, and yet they give another secret.
    #[error("the shares do not give the secret of this backup: one of them is not what was handed out")]
    Wrong,
}

/// How many shares there shall be, and how many are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    needed: u8,
    shares: u8,
}

impl Split {
    /// `needed` of `shares`.
    ///
    /// # Errors
    /// [`SplitFault::Numbers`]: one alone is no splitting.
    pub const fn new(needed: u8, shares: u8) -> Result<Self, SplitFault> {
        if needed < 2 || needed > MOST_NEEDED || shares < needed || shares > MOST_SHARES {
            return Err(SplitFault::Numbers { needed, shares });
        }
        Ok(Self { needed, shares })
    }

    /// Shares needed.
    pub const fn needed(self) -> u8 {
        self.needed
    }

    /// Shares there are.
    pub const fn shares(self) -> u8 {
        self.shares
    }
}

/// One person's share of a secret: hidden from `Debug`, wiped on drop. Its only way out is
/// [`Share::to_text`], for the holder.
pub struct Share {
    set: [u8; SET],
    needed: u8,
    index: u8,
    value: Secret<[u8; SECRET]>,
}

/// A fresh secret, the id of its set, and its shares.
pub(crate) type Dealt = (Zeroizing<[u8; SECRET]>, [u8; SET], Vec<Share>);

/// Draws a secret and splits it.
pub(crate) fn deal(split: Split) -> Result<Dealt, KeyError> {
    let (secret, set) = (random::octets::<SECRET>()?, *random::octets::<SET>()?);
    let mut generator = random::generator()?;
    let dealt = Sharks(split.needed).dealer_rng(secret.as_slice(), &mut generator);
    let mut shares = Vec::with_capacity(split.shares.into());
    for share in dealt.take(split.shares.into()) {
        let octets = Zeroizing::new(Vec::from(&share));
        if let Some((index, value)) = octets.split_first()
            && let Ok(value) = value.try_into()
        {
            shares.push(Share { set, needed: split.needed, index: *index, value: Secret::new(value) });
        }
    }
    Ok((secret, set, shares))
}

/// The secret of a set, from the shares that were handed in.
pub(crate) fn combine(set: &[u8; SET], shares: &[Share]) -> Result<Zeroizing<[u8; SECRET]>, SplitFault> {
    let mut handed: Vec<blahaj::Share> = Vec::new();
    let mut seen = [false; 256];
    let mut needed = 2;
    for (place, share) in shares.iter().enumerate() {
        let place = place + 1;
        if share.set != *set {
            let (found, wanted) = (hex::encode(share.set), hex::encode(set));
            return Err(SplitFault::OtherSet { place, found, wanted });
        }
        // all shares of a set say the same; the largest wins, so that none can lower it
        needed = needed.max(share.needed);
        if core::mem::replace(&mut seen[usize::from(share.index)], true) {
            return Err(SplitFault::Twice { index: share.index });
        }
        let octets = Zeroizing::new([&[share.index], share.value.expose().as_slice()].concat());
        handed.push(octets.as_slice().try_into().map_err(|_| SplitFault::Form { place })?);
    }
    if handed.len() < usize::from(needed) {
        return Err(SplitFault::TooFew { have: handed.len(), needed });
    }
    let whole = Zeroizing::new(Sharks(needed).recover(&handed).map_err(|_| SplitFault::Wrong)?);
    let mut secret = Zeroizing::new([0; SECRET]);
    if whole.len() != SECRET {
        return Err(SplitFault::Wrong);
    }
    secret.copy_from_slice(&whole);
    Ok(secret)
}

impl Share {
    /// Which share of its set it is, from 1.
    pub const fn index(&self) -> u8 {
        self.index
    }

    /// How many of its set are needed.
    pub const fn needed(&self) -> u8 {
        self.needed
    }

    /// The set, as backups name it.
    pub fn set(&self) -> String {
        hex::encode(self.set)
    }

    /// What its holder keeps.
    pub fn to_text(&self) -> Zeroizing<String> {
        let octets = self.octets();
        let digits = Zeroizing::new(hex::encode(octets.as_slice()));
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + digits.len() * 5 / 4 + 1));
        text.push_str(PREFIX);
        for (place, digit) in digits.chars().enumerate() {
            if place % 4 == 0 {
                text.push('-');
            }
            text.push(digit);
        }
        text
    }

    fn octets(&self) -> Zeroizing<[u8; LENGTH]> {
        let mut out = Zeroizing::new([0; LENGTH]);
        let fields: [&[u8]; 5] = [&[VERSION], &self.set, &[self.needed], &[self.index], self.value.expose().as_slice()];
        let mut filled = 0;
        for octet in fields.into_iter().flatten() {
            out[filled] = *octet;
            filled += 1;
        }
        let sum = sm3::digest(&out[..filled]);
        out[filled..].iter_mut().zip(sum).for_each(|(to, from)| *to = from);
        out
    }

    /// Reads what its holder handed in; blanks, dashes and capitals do not matter. `place` is
    /// the how-manieth it is, from 1, for messages.
    ///
    /// # Errors
    /// [`SplitFault`], naming the place.
    pub fn read(text: &str, place: usize) -> Result<Self, SplitFault> {
        let form = || SplitFault::Form { place };
        let folded = Zeroizing::new(text.trim().to_ascii_lowercase());
        let digits = folded.strip_prefix(PREFIX).ok_or_else(form)?;
        let digits: Zeroizing<String> =
            Zeroizing::new(digits.chars().filter(|c| !c.is_whitespace() && *c != '-').collect());
        let mut octets = Zeroizing::new([0; LENGTH]);
        hex::decode_to_slice(digits.as_bytes(), octets.as_mut_slice()).map_err(|_| form())?;
        let (body, sum) = octets.split_at(LENGTH - CHECKSUM);
        if !sm3::digest(body).starts_with(sum) {
            return Err(SplitFault::Checksum { place });
        }
        let [version, rest @ ..] = body else { return Err(form()) };
        if *version != VERSION {
            return Err(SplitFault::Version { place, version: *version });
        }
        let (set, rest) = rest.split_first_chunk::<SET>().ok_or_else(form)?;
        let [needed, index, value @ ..] = rest else { return Err(form()) };
        let (needed, index) = (*needed, *index);
        if !(2..=MOST_NEEDED).contains(&needed) || !(1..=MOST_SHARES).contains(&index) {
            return Err(SplitFault::Range { place, index, needed });
        }
        let mut kept = [0; SECRET];
        kept.copy_from_slice(value.get(..SECRET).ok_or_else(form)?);
        let share = Self { set: *set, needed, index, value: Secret::new(kept) };
        kept.zeroize();
        Ok(share)
    }
}

impl FromStr for Share {
    type Err = SplitFault;

    /// As [`Share::read`], of a single share.
    fn from_str(text: &str) -> Result<Self, SplitFault> {
        Self::read(text, 1)
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({} of set {}, {} needed)", self.index, self.set(), self.needed)
    }
}

#[cfg(test)]
mod tests;

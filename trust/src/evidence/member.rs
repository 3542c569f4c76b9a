//! That one trust list counts because another one names it, as a piece.
//!
//! Four lines: `yinxin-member/1`, SM3 of the list, SM3 of the one that names it (hexadecimal), and the address by which
//! it is named. Each ends with a line feed. The scope stands in the naming list, which is a piece too.

use super::fault::EvidenceFault;
use crate::{
    sm::sm3,
    trust_list::{Address, Membership, SignedList},
};
use std::collections::HashMap;

/// The first line.
const FORMAT: &str = "yinxin-member/1";

/// As one piece.
pub(super) fn write(list: &sm3::Digest, member: &Membership) -> Vec<u8> {
    let (list, naming) = (hex::encode(list), hex::encode(member.naming()));
    format!("{FORMAT}\n{list}\n{naming}\n{}\n", member.address()).into_bytes()
}

/// By whose membership each list counts, by SM3 of the list, hexadecimal.
pub(super) fn read<'a>(
    pieces: impl Iterator<Item = &'a [u8]>,
    lists: &[SignedList],
) -> Result<HashMap<String, Membership>, EvidenceFault> {
    let bad = EvidenceFault::Membership;
    let by_digest = |digest: &str| lists.iter().find(|list| hex::encode(list.sm3()) == digest);
    let mut members = HashMap::new();
    for octets in pieces {
        let text = core::str::from_utf8(octets).map_err(|_| bad("not UTF-8"))?;
        let lines: Vec<&str> = text.strip_suffix('\n').ok_or(bad("no last line feed"))?.split('\n').collect();
        let [FORMAT, list, naming, address] = lines[..] else { return Err(bad("another format")) };
        let member = by_digest(list).ok_or(bad("the list is not among the pieces"))?;
        let naming = by_digest(naming).ok_or(bad("the naming list is not among the pieces"))?;
        let address: Address = address.parse().map_err(|_| bad("the address is none"))?;
        let membership = Membership::of(naming, &address, member.key())?;
        if members.insert(list.to_owned(), membership).is_some() {
            return Err(bad("a list counts twice"));
        }
    }
    Ok(members)
}

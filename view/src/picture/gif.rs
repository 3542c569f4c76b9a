//! GIF: one picture, no animation.

use super::{Refused, le_u16};

/// Width and height of the screen or of the picture, whichever is larger; every block is walked.
pub(super) fn sides(octets: &[u8]) -> Result<Option<(u32, u32)>, Refused> {
    let mut pictures = 0;
    let found = walk(octets, &mut pictures);
    if pictures > 1 {
        return Err(Refused::Kind("GIF (animated)"));
    }
    Ok(found.filter(|_| pictures == 1))
}

fn walk(octets: &[u8], pictures: &mut usize) -> Option<(u32, u32)> {
    let side = |at: usize| le_u16(octets, at).map(u32::from);
    let (mut width, mut height) = (side(6)?, side(8)?);
    let mut at = 13 + palette(*octets.get(10)?);
    loop {
        match *octets.get(at)? {
            0x21 => at = blocks(octets, at + 2)?,
            0x2c => {
                *pictures += 1;
                width = width.max(side(at + 1)? + side(at + 5)?);
                height = height.max(side(at + 3)? + side(at + 7)?);
                // descriptor, colours, the size of the first code
                at = blocks(octets, at + 10 + palette(*octets.get(at + 9)?) + 1)?;
            }
            0x3b => return Some((width, height)),
            _ => return None,
        }
    }
}

/// Octets of the colours that a field of flags announces.
const fn palette(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// The end of a row of sub-blocks.
fn blocks(octets: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*octets.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

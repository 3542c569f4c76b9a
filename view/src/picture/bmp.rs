//! BMP without compression, written as PNG.

use super::{Refused, le_u16, le_u32, png};

struct Header {
    width: u32,
    height: u32,
    /// Rows from the top down.
    is_top_down: bool,
    bits: u16,
    /// Where the rows begin.
    data: usize,
    /// Where the colours begin, four octets each.
    colours: usize,
    count: usize,
}

fn header(octets: &[u8]) -> Option<Header> {
    let size = usize::try_from(le_u32(octets, 14)?).ok()?;
    if size < 40 {
        return None;
    }
    let height = i32::from_le_bytes(*octets.get(22..)?.first_chunk()?);
    let bits = le_u16(octets, 28)?;
    let used = usize::try_from(le_u32(octets, 46)?).ok()?;
    let most = 1_usize << bits.min(8);
    Some(Header {
        width: le_u32(octets, 18)?,
        height: height.unsigned_abs(),
        is_top_down: height < 0,
        bits,
        data: usize::try_from(le_u32(octets, 10)?).ok()?,
        colours: 14_usize.checked_add(size)?,
        count: if used == 0 { most } else { used.min(most) },
    })
}

pub(super) fn sides(octets: &[u8]) -> Result<Option<(u32, u32)>, Refused> {
    let Some(header) = header(octets) else { return Ok(None) };
    // BI_RGB alone
    if le_u32(octets, 30) != Some(0) || !matches!(header.bits, 1 | 4 | 8 | 24 | 32) {
        return Err(Refused::Kind("BMP (compressed)"));
    }
    Ok(Some((header.width, header.height)))
}

/// `on_white`: what white paper shows through, by how little colour there is.
pub(super) fn as_png(octets: &[u8], on_white: bool) -> Option<Vec<u8>> {
    let header = header(octets)?;
    let (width, height) = (usize::try_from(header.width).ok()?, usize::try_from(header.height).ok()?);
    let bits = usize::from(header.bits);
    let stride = width.checked_mul(bits)?.checked_add(31)? / 32 * 4;
    let rows = octets.get(header.data..)?;
    // all rows must be there before their pixels are made
    rows.get(..stride.checked_mul(height)?)?;
    let mut pixels = Vec::with_capacity(width.checked_mul(height)?.checked_mul(4)?);
    for row in 0..height {
        let from = if header.is_top_down { row } else { height - 1 - row };
        let row = rows.get(from * stride..(from + 1) * stride)?;
        for column in 0..width {
            let [b, g, r] = match bits {
                24 | 32 => *row.get(column * (bits / 8)..)?.first_chunk()?,
                _ => {
                    let octet = *row.get(column * bits / 8)?;
                    let shift = 8 - bits - column * bits % 8;
                    let index = usize::from(octet >> shift) & ((1 << bits) - 1);
                    let index = index.min(header.count.saturating_sub(1));
                    *octets.get(header.colours + 4 * index..)?.first_chunk()?
                }
            };
            pixels.extend(if on_white { through_white([r, g, b]) } else { [r, g, b, 255] });
        }
    }
    png::write(header.width, header.height, &pixels)
}

/// The colour and opacity that look like `rgb` on white, and let through what is not.
fn through_white(rgb: [u8; 3]) -> [u8; 4] {
    let opacity = 255 - rgb.iter().copied().min().unwrap_or(255);
    if opacity == 0 {
        return [255, 255, 255, 0];
    }
    let pure = |colour: u8| {
        let above = u32::from(255 - colour) * 255 / u32::from(opacity);
        255 - u8::try_from(above.min(255)).unwrap_or(255)
    };
    [pure(rgb[0]), pure(rgb[1]), pure(rgb[2]), opacity]
}

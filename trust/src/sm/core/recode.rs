//! Signed digits of public scalars: fewer additions, because -P costs no more
//! than P.

use super::limbs::Limbs;

/// The digit of window `i` of `width` bits (1 to 16), from -2^(width-1) to
/// 2^(width-1): the sum of digit_i * 2^(width * i) is the scalar, once the
/// windows cover 257 bits.
#[inline(always)]
pub(crate) fn window(k: &Limbs, i: usize, width: usize) -> i32 {
    // the window and the top bit of the one below it
    let bits = if i == 0 { bits_at(k, 0) << 1 } else { bits_at(k, i * width - 1) };
    let bits = bits & ((1 << (width + 1)) - 1);
    let digit = ((bits + 1) >> 1) as i32;
    if bits >> width == 1 { digit - (1 << width) } else { digit }
}

/// At least 17 bits of k from bit `at` on.
#[inline(always)]
fn bits_at(k: &Limbs, at: usize) -> u64 {
    let (limb, shift) = (at / 64, at % 64);
    let low = k.get(limb).copied().unwrap_or(0);
    let high = k.get(limb + 1).copied().unwrap_or(0);
    if shift == 0 { low } else { low >> shift | high << (64 - shift) }
}

/// The non-adjacent form of width 5: odd digits from -15 to 15, at least four
/// zeros between two of them. Returns the digits, lowest first, and how many.
pub(crate) fn sparse(k: &Limbs) -> ([i8; 257], usize) {
    let mut digits = [0; 257];
    let mut length = 0;
    let mut at = 0;
    let mut carry = 0;
    while at < 257 {
        let bits = (bits_at(k, at) & 31) + carry;
        if bits & 1 == 0 {
            at += 1; // 0 + 0 carries nothing and 1 + 1 carries on: the carry stays
            continue;
        }
        let digit = bits as i8; // 1 to 31
        digits[at] = if digit >= 16 { digit - 32 } else { digit };
        carry = u64::from(digit >= 16);
        length = at + 1;
        at += 5;
    }
    (digits, length)
}

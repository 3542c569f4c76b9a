//! A-labels of host names: Punycode (RFC 3492), to be compared and shown instead of the
//! characters that look like others.

use std::borrow::Cow;

/// Longest label that is encoded, in characters: one of more is no label in any form.
const LONGEST: usize = 63;
/// RFC 3492 5.
const BASE: u32 = 36;
const THRESHOLD_LEAST: u32 = 1;
const THRESHOLD_MOST: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const FIRST_BIAS: u32 = 72;
const FIRST_CODE_POINT: u32 = 128;

/// The label, `xn--…` where it has other characters than ASCII. What is too long stays
/// as it is, and is no host name then.
pub(super) fn label(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || text.chars().nth(LONGEST).is_some() {
        return text.into();
    }
    encode(text).map_or(text.into(), |encoded| format!("xn--{encoded}").into())
}

/// RFC 3492 6.3; `None` where a delta would overflow.
fn encode(text: &str) -> Option<String> {
    let basic: String = text.chars().filter(char::is_ascii).collect();
    let basic_count = u32::try_from(basic.len()).ok()?;
    let mut out = if basic.is_empty() { String::new() } else { format!("{basic}-") };
    let (mut next, mut delta, mut bias, mut handled) = (FIRST_CODE_POINT, 0_u32, FIRST_BIAS, basic_count);
    loop {
        let Some(least) = text.chars().map(u32::from).filter(|found| *found >= next).min() else { return Some(out) };
        delta = delta.checked_add((least - next).checked_mul(handled + 1)?)?;
        next = least;
        for found in text.chars().map(u32::from) {
            if found < next {
                delta = delta.checked_add(1)?;
            } else if found == next {
                digits(delta, bias, &mut out)?;
                bias = adapted(delta, handled + 1, handled == basic_count);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        next += 1;
    }
}

/// A delta as a variable-length integer.
fn digits(delta: u32, bias: u32, out: &mut String) -> Option<()> {
    let mut rest = delta;
    for k in (BASE..).step_by(BASE as usize) {
        let threshold = k.saturating_sub(bias).clamp(THRESHOLD_LEAST, THRESHOLD_MOST);
        if rest < threshold {
            break;
        }
        out.push(digit(threshold + (rest - threshold) % (BASE - threshold))?);
        rest = (rest - threshold) / (BASE - threshold);
    }
    out.push(digit(rest)?);
    Some(())
}

/// a to z, then 0 to 9.
fn digit(value: u32) -> Option<char> {
    b"abcdefghijklmnopqrstuvwxyz0123456789".get(usize::try_from(value).ok()?).map(|octet| char::from(*octet))
}

/// RFC 3492 6.1.
fn adapted(delta: u32, handled: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta += delta / handled;
    let mut k = 0;
    while delta > (BASE - THRESHOLD_LEAST) * THRESHOLD_MOST / 2 {
        delta /= BASE - THRESHOLD_LEAST;
        k += BASE;
    }
    k + (BASE - THRESHOLD_LEAST + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        // RFC 3492 7.1 (B), (C) and (L), registered names, and a look-alike
        for (text, encoded) in [
            ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
            ("他們爲什麽不說中文", "xn--ihqwctvzc91f659drss3x8bo0yb"),
            ("3年b組金八先生", "xn--3b-ww4c5e180e575a65lsy2b"),
            ("政务", "xn--zfr164b"),
            ("münchen", "xn--mnchen-3ya"),
            ("уinxin", "xn--inxin-dze"),
            ("gov", "gov"),
        ] {
            assert_eq!(label(text), encoded);
        }
        let long = "政".repeat(64);
        assert_eq!(label(&long), long);
    }
}

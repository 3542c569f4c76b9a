//! Millimetres as text: three decimals at most, without trailing zeros.

/// Appends a length, rounded to a thousandth.
pub(crate) fn push(out: &mut String, value: f64) {
    // a page is a metre at most: far inside the range
    let thousandths = (value * 1000.0).round() as i64;
    if thousandths < 0 {
        out.push('-');
    }
    let (whole, part) = (thousandths.unsigned_abs() / 1000, thousandths.unsigned_abs() % 1000);
    push_integer(out, whole);
    if part > 0 {
        let digits = [part / 100, part / 10 % 10, part % 10].map(|digit| char::from(b'0' + digit as u8));
        let length = if part % 10 > 0 {
            3
        } else if part % 100 > 0 {
            2
        } else {
            1
        };
        out.push('.');
        out.extend(&digits[..length]);
    }
}

/// Appends an integer.
pub(crate) fn push_integer(out: &mut String, mut value: u64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|digit| char::from(*digit)));
}

/// Several lengths with a space between.
pub(crate) fn join<const N: usize>(values: [f64; N]) -> String {
    let mut out = String::new();
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        push(&mut out, value);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        for (value, text) in
            [(0.0, "0"), (-0.0001, "0"), (1.5, "1.5"), (-0.25, "-0.25"), (12.0006, "12.001"), (1000.1, "1000.1")]
        {
            assert_eq!(join([value]), text);
        }
        assert_eq!(join([1.0, 2.25, 10.0]), "1 2.25 10");
    }
}

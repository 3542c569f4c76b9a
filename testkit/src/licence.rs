//! Codes and identifiers on licences, with right check characters.

/// Unified social credit code (GB 32100-2015) from its first 8 characters and
/// the 8 of the organisation code; both check characters are added.
///
/// # Panics
/// On characters that the codes do not have.
pub fn credit_code(head: &str, organisation: &str) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    // GB 11714: weights over base-36 values, modulo 11
    let sum: u32 = organisation.chars().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(c, weight)| base36(c) * weight).sum();
    let organisation_check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from(b'0' + digit as u8),
    };
    let code = format!("{head}{organisation}{organisation_check}");
    let value = |c: u8| ALPHABET.iter().position(|&a| a == c).expect("a character of the alphabet");
    let (sum, _) = code.bytes().fold((0, 1), |(sum, weight), c| (sum + value(c) * weight, weight * 3 % 31));
    let check = (31 - sum % 31) % 31;
    format!("{code}{}", char::from(ALPHABET[check]))
}

/// Licence identifier (GB/T 36904-2018): type code, code of the issuing body,
/// serial, version; the check character (ISO/IEC 7064 MOD 37,36) is added.
///
/// # Panics
/// On characters outside 0-9 and A-Z.
pub fn identifier(kind: &str, body: &str, serial: &str, version: &str) -> String {
    let text = format!("{kind}{body}{serial}{version}");
    let product = text.chars().fold(36, |product, c| {
        let sum = match (product + base36(c)) % 36 {
            0 => 36,
            sum => sum,
        };
        sum * 2 % 37
    });
    let check = char::from_digit((37 - product) % 36, 36).expect("below 36").to_ascii_uppercase();
    format!("1.2.156.3005.2.{kind}.{body}.{serial}.{version}.{check}")
}

fn base36(c: char) -> u32 {
    c.to_digit(36).expect("0-9 or A-Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_codes() {
        assert_eq!(credit_code("91320115", "MA202UKD"), "91320115MA202UKD7X");
        assert_eq!(
            identifier("11100000000013338W011", "11430000006122244L", "20230000403", "001"),
            "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"
        );
        assert!(identifier("11100000000013338W002", "11320482014138860P", "201807250201", "001").ends_with(".M"));
    }
}

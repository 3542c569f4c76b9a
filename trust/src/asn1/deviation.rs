//! Encodings that break the standard and stand in genuine files all the same.

use crate::base::Sentence;

/// One way in which a genuine signer departs from DER or from its structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deviation {
    /// A signature value as 64 octets r || s instead of DER.
    RawSignature,
    /// An INTEGER with a zero octet too many.
    IntegerSuperfluousZero,
    /// A positive INTEGER without the zero octet that keeps it positive.
    IntegerMissingZero,
    /// A BIT STRING that declares its last zero bits unused.
    BitStringUnusedBits,
    /// A BIT STRING whose trailing zero octets were dropped.
    BitStringShort,
    /// A time with a two-digit year where four are due.
    TimeTwoDigitYear,
    /// A time without a zone; read as UTC.
    TimeWithoutZone,
    /// A certListType that the standard does not define; read by the shape of the entries.
    ListType,
    /// A string, or a time, of another ASN.1 type than the standard names.
    StringType,
}

impl Deviation {
    /// The stable code of the warning.
    pub const fn code(self) -> &'static str {
        match self {
            Self::RawSignature => "encoding.raw_signature",
            Self::IntegerSuperfluousZero => "encoding.integer_superfluous_zero",
            Self::IntegerMissingZero => "encoding.integer_missing_zero",
            Self::BitStringUnusedBits => "encoding.bit_string_unused_bits",
            Self::BitStringShort => "encoding.bit_string_short",
            Self::TimeTwoDigitYear => "encoding.time_two_digit_year",
            Self::TimeWithoutZone => "encoding.time_without_zone",
            Self::ListType => "seal.list_type",
            Self::StringType => "encoding.string_type",
        }
    }

    /// What it means, for people.
    pub fn sentence(self) -> Sentence {
        let (zh, en) = match self {
            Self::RawSignature => (
                "签名值没有按标准编码，直接写成 64 字节；内容不受影响。",
                "The signature value is written as 64 plain octets instead of DER; the content is not affected.",
            ),
            Self::IntegerSuperfluousZero => (
                "签名值中的整数多写了一个零字节；内容不受影响。",
                "An integer of the signature value has a zero octet too many; the content is not affected.",
            ),
            Self::IntegerMissingZero => (
                "签名值中的整数少写了一个零字节；内容不受影响。",
                "An integer of the signature value lacks its leading zero octet; the content is not affected.",
            ),
            Self::BitStringUnusedBits => (
                "比特串把末尾的零比特标为未用；内容不受影响。",
                "A bit string declares its last zero bits unused; the content is not affected.",
            ),
            Self::BitStringShort => (
                "比特串省略了末尾的零字节；内容不受影响。",
                "A bit string leaves out its last zero octets; the content is not affected.",
            ),
            Self::TimeTwoDigitYear => {
                ("时间只写了两位年份。", "A time has a two-digit year where four digits are due.")
            }
            Self::TimeWithoutZone => ("时间没有写时区，按世界协调时读取。", "A time has no zone; it was read as UTC."),
            Self::ListType => (
                "印章的证书列表类型不是标准值，已按列表内容读取。",
                "The seal's certificate list type is not one of the standard; the list was read by its entries.",
            ),
            Self::StringType => (
                "某个字段的数据类型与标准不同；内容不受影响。",
                "A field has another ASN.1 type than the standard names; the content is not affected.",
            ),
        };
        Sentence::new(zh, en)
    }
}

/// The deviations met while reading one object, each once, in the order met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deviations(Vec<Deviation>);

impl Deviations {
    /// Notes a deviation.
    pub fn note(&mut self, deviation: Deviation) {
        if !self.0.contains(&deviation) {
            self.0.push(deviation);
        }
    }

    /// Takes over those of `other`.
    pub fn extend(&mut self, other: &Self) {
        for &deviation in &other.0 {
            self.note(deviation);
        }
    }

    /// The first one met.
    pub fn first(&self) -> Option<Deviation> {
        self.0.first().copied()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Deviation> + '_ {
        self.0.iter().copied()
    }
}

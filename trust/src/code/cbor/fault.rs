//! What keeps octets from being read.

/// One offence, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("octet {octet}: {offence}")]
pub struct Fault {
    /// Octets before the item.
    pub octet: usize,
    /// What is wrong.
    pub offence: Offence,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Offence {
    /// Larger than the budget.
    #[error("more than {limit} octets")]
    TooLong {
        /// Octets.
        limit: usize,
    },
    /// More items than the budget allows.
    #[error("more than {limit} items")]
    TooManyItems {
        /// Items.
        limit: usize,
    },
    /// The octets end within an item: cut short.
    #[error("the octets end within an item")]
    Ends,
    /// Additional information 28 to 30 (RFC 8949 3).
    #[error("a head of a reserved form")]
    Reserved,
    /// Additional information 31 (RFC 8949 3.2).
    #[error("an indefinite length")]
    Indefinite,
    /// A head that has a shorter form (RFC 8949 4.2.1).
    #[error("a head that is not in its shortest form")]
    NotShortest,
    /// Another kind of item belongs there.
    #[error("{found} where {expected} belongs")]
    Kind {
        /// What belongs there.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A text that is no UTF-8.
    #[error("a text that is not UTF-8")]
    NotUtf8,
    /// A key that stands twice in its map.
    #[error("key {0} stands twice")]
    KeyTwice(u64),
    /// A key that belongs before the one before it (RFC 8949 4.2.1).
    #[error("key {0} is out of order")]
    KeyOrder(u64),
    /// Something after the last item.
    #[error("something follows the last item")]
    Trailing,
}

impl Offence {
    /// A stable word for interfaces and records.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "too_long",
            Self::TooManyItems { .. } => "too_many_items",
            Self::Ends => "cut_short",
            Self::Reserved => "reserved_head",
            Self::Indefinite => "indefinite_length",
            Self::NotShortest => "not_shortest",
            Self::Kind { .. } => "other_kind",
            Self::NotUtf8 => "not_utf8",
            Self::KeyTwice(_) => "key_twice",
            Self::KeyOrder(_) => "key_order",
            Self::Trailing => "trailing",
        }
    }
}

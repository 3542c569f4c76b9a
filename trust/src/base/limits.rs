//! Budgets that bound what hostile input can cost. The unit is in each name.

/// Budgets for reading one document. Going over any of them is a named
/// finding, never an allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries in the package's central directory.
    pub package_entries: usize,
    /// Inflated octets of one entry.
    pub entry_inflated_bytes: u64,
    /// Inflated octets of all entries together.
    pub total_inflated_bytes: u64,
    /// Inflated octets for each compressed one, once an entry is larger than
    /// [`Limits::ratio_floor_bytes`].
    pub inflate_ratio: u64,
    /// Entries up to this inflated size are not held to the ratio.
    pub ratio_floor_bytes: u64,
    /// Octets of one XML file that is parsed (not only digested).
    pub xml_bytes: u64,
    /// Elements, attributes and texts of all XML files that are parsed.
    pub xml_nodes: usize,
    /// Nesting of XML elements.
    pub xml_depth: usize,
    /// Nesting of DER values.
    pub der_depth: usize,
    /// Octets of one seal or signature value.
    pub der_bytes: u64,
    /// Octets of one revocation list: some millions of entries.
    pub list_bytes: u64,
    /// Signatures in one document.
    pub signatures: usize,
    /// References of all signatures of one document together.
    pub references: usize,
    /// Signature values tried while looking for a certification path.
    pub path_signatures: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            package_entries: 20_000,
            entry_inflated_bytes: 128 << 20,
            total_inflated_bytes: 256 << 20,
            inflate_ratio: 200,
            ratio_floor_bytes: 4 << 20,
            xml_bytes: 16 << 20,
            xml_nodes: 2_000_000,
            xml_depth: 200,
            der_depth: 32,
            der_bytes: 16 << 20,
            list_bytes: 192 << 20,
            signatures: 1_000,
            references: 200_000,
            path_signatures: 32,
        }
    }
}
